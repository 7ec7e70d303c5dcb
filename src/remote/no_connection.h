#pragma once

#include "base/error.h"

namespace mlpipe {

/// A machine cannot be reached, or cannot be worked with as things are: an Error(system).
class NoConnection : public Error {
 public:
  NoConnection(const std::string& message, bool may_be_another)
      : Error(ErrorKind::system, message), may_be_another_(may_be_another) {}

  /// What answers there may be another machine than before, or one that was set up anew: what was
  /// known of it does not hold.
  [[nodiscard]] bool may_be_another() const noexcept { return may_be_another_; }

 private:
  bool may_be_another_;
};

}  // namespace mlpipe
