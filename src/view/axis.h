#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"

namespace mlpipe {

/// A round number on an axis, and what stands beside it.
struct Tick {
  double value = 0;
  std::string label;

  bool operator==(const Tick&) const = default;
};

/// A range of values with round numbers in it: what every plot and timeline is drawn by.
struct Axis {
  double low = 0;
  double high = 1;
  std::vector<Tick> ticks;  ///< Ascending, all within low … high.

  /// Where a value lies: 0 at `low`, 1 at `high`; outside of it beyond those.
  [[nodiscard]] double position(double value) const { return (value - low) / (high - low); }
};

/// An axis that holds both values, widened to round numbers at both ends, with `most` ticks or
/// fewer (at least 2). Steps are 1, 2 or 5 times a power of ten. Any finite values will do.
[[nodiscard]] Axis value_axis(double least, double greatest, std::size_t most);

/// The same for whole numbers (epochs), not widened: it ends where they end.
[[nodiscard]] Axis count_axis(double least, double greatest, std::size_t most);

/// From 0 to `length` in seconds, not widened; steps that people count time in: 1 s, 5 s, 15 min …
[[nodiscard]] Axis time_axis(Duration length, std::size_t most);

/// A number as people read it: six digits at most, no more than it has. "nan" and "inf" as words.
[[nodiscard]] std::string number_text(double value);

}  // namespace mlpipe
