#pragma once

#include <string>

#include "base/error.h"

namespace mlpipe {

/// A machine cannot be reached, or cannot be worked with as things are: an Error(system).
class NoConnection : public Error {
 public:
  /// `brief`: what failed, without where and what to do.
  NoConnection(const std::string& message, bool may_be_another, const std::string& brief = {})
      : Error(ErrorKind::system, message),
        may_be_another_(may_be_another),
        brief_(brief.empty() ? message : brief) {}

  /// For where it stands in a sentence of its own.
  [[nodiscard]] const std::string& brief() const noexcept { return brief_; }

  /// What answers there may be another machine than before, or one that was set up anew: what was
  /// known of it does not hold.
  [[nodiscard]] bool may_be_another() const noexcept { return may_be_another_; }

 private:
  bool may_be_another_;
  std::string brief_;
};

}  // namespace mlpipe
