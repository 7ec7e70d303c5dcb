#pragma once

#include <string>

#include "cli/terminal.h"
#include "engine/fetch_inputs.h"

namespace mlpipe {

/// Tells a person, on stderr, how far the fetching of inputs is. On a terminal one line each, drawn
/// over until it is done: name, bytes, speed, share; elsewhere a line at its start and one at its
/// end.
class FetchProgress {
 public:
  FetchProgress() : terminal_(2) {}
  /// Leaves no half-drawn line.
  ~FetchProgress();
  FetchProgress(const FetchProgress&) = delete;
  FetchProgress& operator=(const FetchProgress&) = delete;

  void show(const FetchNews& news);
  /// For FetchSettings; this object outlives it.
  [[nodiscard]] FetchTold told() {
    return [this](const FetchNews& news) { show(news); };
  }

 private:
  void print(const std::string& text);
  void draw(const FetchNews& news);
  void erase();

  Terminal terminal_;
  bool drawn_ = false;
  std::chrono::milliseconds last_draw_{-1000};
};

}  // namespace mlpipe
