#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "history/notification_record.h"

namespace mlpipe {

/// What a receiver gets to know of a run's end, as JSON: schemas/notification.schema.json. Its id
/// is the same at each attempt, so that who is told twice can know it. `steps` are all of the
/// run's.
[[nodiscard]] std::string notification_event(const NotificationRecord& notification,
                                             const RunRecord& run,
                                             const std::vector<StepRunRecord>& steps,
                                             const std::filesystem::path& workspace);

}  // namespace mlpipe
