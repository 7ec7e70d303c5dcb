#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/opened_endpoints.h"
#include "registry/schedules.h"

namespace mlpipe {

/// The schedules of the workspace that a command is about. Throws Error(not_found) if nothing was
/// ever run in it.
struct OpenedSchedules {
  OpenedSchedules(const Arguments& arguments, Database::Mode mode);
  /// Throws likewise.
  OpenedSchedules(Workspace used, Database::Mode mode);
  /// To be changed; its state is made if there is none.
  explicit OpenedSchedules(Workspace used);

  Workspace workspace;
  StateDirectory state;
  History history;
  Schedules schedules;
};

/// The workspace of -C, of MLPIPE_WORKSPACE, of the file of --spec, else of the current directory.
[[nodiscard]] Workspace open_workspace_of(const Arguments& arguments);

/// What `schedule create` or `schedule update` asks for, from its options and its file.
struct ScheduleRequest {
  ScheduleRecord schedule;
  std::vector<std::string> warnings;
};

/// Throws Error(usage) for options that do not go together or make no sense, Error(invalid_file)
/// for the file.
[[nodiscard]] ScheduleRequest read_schedule_request(const Arguments& arguments,
                                                    const Workspace& workspace);

/// `before` with what the options and the file say in the place of what it says. If that changes
/// the trigger, all that was due until now is settled. Throws as read_schedule_request().
[[nodiscard]] ScheduleRequest changed_schedule(const Arguments& arguments,
                                               const ScheduleRecord& before,
                                               const Workspace& workspace);

/// The trigger of --cron, --every or --file, with --timezone, --start and --end.
[[nodiscard]] Trigger trigger_of(const Arguments& arguments);

/// `trigger` with what the same options say in the place of what it says.
[[nodiscard]] Trigger changed_trigger(const Arguments& arguments, Trigger trigger);

/// A moment of --start, --end, --from, --to: in `zone`, if it says no other one.
[[nodiscard]] TimePoint moment_of_option(const std::string& text, const char* option,
                                         const std::string& zone);

}  // namespace mlpipe
