#pragma once

#include <optional>
#include <string_view>

#include "core/trigger.h"
#include "spec/problems.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// A trigger as Azure's files have it: `type: cron` with an `expression`, or `type: recurrence`
/// with `frequency`, `interval` and a `schedule` (or `pattern`) of `hours`, `minutes`, `week_days`
/// (or `weekdays`) and `month_days`; SDK v1's form too, where those stand beside the frequency,
/// with `time_of_day`. Nothing after a problem was reported.
///
/// `what` it is ("the trigger") is for messages.
[[nodiscard]] std::optional<Trigger> read_trigger(const YamlValue& value, std::string_view what,
                                                  Problems& problems);

/// Whether a map has what only a trigger has: `frequency` or `expression`.
[[nodiscard]] bool looks_like_trigger(const YamlValue& value);

}  // namespace mlpipe
