#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "cli/terminal.h"
#include "history/notification_record.h"

namespace mlpipe {

/// Who is or was told of the run's end, as `show --json` has it. Of an address the host alone.
[[nodiscard]] nlohmann::json notifications_json(const RunRecord& run,
                                                const std::vector<NotificationRecord>& records);

/// The same for people: a table, or nothing if nobody is told.
void print_notifications(const std::vector<NotificationRecord>& records, const Terminal& out);

}  // namespace mlpipe
