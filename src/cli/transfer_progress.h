#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "remote/transfer.h"

namespace mlpipe {

/// How far what is sent to and fetched from other machines is, for people.
class TransferProgress {
 public:
  /// `is_live`: lines() are drawn over and over. What is to be printed now for good: that one has
  /// ended, or, where nothing is drawn, now and then how far it is. Lines, or "".
  [[nodiscard]] std::string take(const TransferNews& news, bool is_live);

  /// One line for each that goes on, without its end.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// How long what goes on now still takes at its rate so far: the longest of it.
  [[nodiscard]] std::chrono::milliseconds to_go() const;
  [[nodiscard]] bool empty() const { return going_on_.empty(); }

 private:
  struct GoingOn {
    TransferNews news;
    std::chrono::milliseconds next_line{0};  ///< When it has taken so long, another line is due.
  };

  std::map<std::uint64_t, GoingOn> going_on_;
};

/// The same on stderr, for a command that does nothing else meanwhile.
class TransferLine {
 public:
  TransferLine() : terminal_(2) {}
  /// Leaves no half-drawn line.
  ~TransferLine();
  TransferLine(const TransferLine&) = delete;
  TransferLine& operator=(const TransferLine&) = delete;

  /// Where news go; this object outlives it.
  [[nodiscard]] TransferTold told() {
    return [this](const TransferNews& news) { show(news); };
  }

 private:
  void show(const TransferNews& news);
  void erase();

  Terminal terminal_;
  TransferProgress progress_;
  bool drawn_ = false;
};

}  // namespace mlpipe
