#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "core/notification.h"

namespace mlpipe {

/// An endpoint's row; only Endpoints makes them.
struct EndpointKey {
  std::int64_t value = 0;
  auto operator<=>(const EndpointKey&) const = default;
};
/// The row of one version of an endpoint.
struct EndpointVersionKey {
  std::int64_t value = 0;
  auto operator<=>(const EndpointVersionKey&) const = default;
};

/// A name under which pipelines are published, one version after the other.
struct EndpointRecord {
  EndpointKey key;
  std::string name;
  std::string description;
  TimePoint created{};
  int default_version = 0;  ///< What a submit without a version runs; 0: none is left.
  TimePoint disabled{};     ///< Since when it takes no submits; unset: it does.
  TimePoint archived{};     ///< Since when it is hidden, and takes none; unset: it is not.
  std::optional<int> max_concurrent_runs;   ///< Nothing: as many as the workspace allows.
  std::vector<Notification> notifications;  ///< Who is told of its runs' ends, too.

  [[nodiscard]] bool is_disabled() const { return disabled != TimePoint{}; }
  [[nodiscard]] bool is_archived() const { return archived != TimePoint{}; }
};

/// A pipeline as it was when it was published. What it is never changes; only `deleted` does.
struct EndpointVersion {
  EndpointVersionKey key;
  EndpointKey endpoint;
  int number = 0;  ///< 1, 2 …; 0 before it is published: the next one.
  std::string description;
  TimePoint created{};
  TimePoint deleted{};   ///< Unset: it was not.
  std::string pipeline;  ///< Its name.
  Hash spec;  ///< Of the text that says what a run of it is asked for (History::text_of).
  std::string from_run;  ///< The run whose pipeline it is; empty: it comes from files.
  std::map<std::string, std::string> properties;  ///< What git said of its sources.
  /// What gc leaves in the store for it. Only for Endpoints::publish().
  std::vector<Hash> objects;
};

}  // namespace mlpipe
