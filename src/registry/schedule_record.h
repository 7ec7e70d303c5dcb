#pragma once

#include <cstdint>

namespace mlpipe {

/// A schedule's row.
struct ScheduleKey {
  std::int64_t value = 0;
  auto operator<=>(const ScheduleKey&) const = default;
};

}  // namespace mlpipe
