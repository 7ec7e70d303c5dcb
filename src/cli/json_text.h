#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.h"

namespace mlpipe {

/// JSON on one line; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] inline std::string json_line(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}
/// JSON for people to read as well.
[[nodiscard]] inline std::string json_document(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}
/// A time as ISO 8601, null if it has not come.
[[nodiscard]] inline nlohmann::json json_time(TimePoint time) {
  return time == TimePoint{} ? nlohmann::json() : nlohmann::json(iso_utc(time));
}
[[nodiscard]] inline double json_seconds(Duration duration) {
  return static_cast<double>(std::max<Duration::rep>(duration.count(), 0)) / 1e6;
}

}  // namespace mlpipe
