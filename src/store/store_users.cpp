#include "store/store_users.h"

#include "base/clock.h"

namespace mlpipe {

std::int64_t StoreUsers::join() {
  auto micros = to_micros(now());
  // Two may begin in the same microsecond.
  while (!locks_.try_lock(static_cast<std::uint64_t>(micros))) ++micros;
  return micros * 1000;
}

std::optional<std::int64_t> StoreUsers::earliest_ns() const {
  const auto lowest = locks_.lowest_held_elsewhere();
  return lowest ? std::optional(static_cast<std::int64_t>(*lowest) * 1000) : std::nullopt;
}

}  // namespace mlpipe
