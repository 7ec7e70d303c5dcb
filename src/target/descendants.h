#pragma once

#include <cstddef>

namespace mlpipe {

/// While it lives, what this process's children leave behind becomes this process's own child, so
/// that nothing that begins below it gets lost: not by setsid, not by a double fork.
class DescendantsHeld {
 public:
  DescendantsHeld();
  ~DescendantsHeld();
  DescendantsHeld(const DescendantsHeld&) = delete;
  DescendantsHeld& operator=(const DescendantsHeld&) = delete;

  /// End every process below this one: TERM, two seconds later KILL. Gives how many there were.
  /// Returns all the same when one hangs in the kernel.
  [[nodiscard]] std::size_t end_all() const;  // NOLINT(*-static): all is below only while held

 private:
  int before_ = 0;
};

}  // namespace mlpipe
