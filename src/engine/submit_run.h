#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/workspace.h"
#include "engine/run_request.h"
#include "engine/state_directory.h"
#include "registry/submissions.h"

namespace mlpipe {

/// What `mlpipe submit` asks for.
struct SubmitRequest {
  Submission submission;
  std::string idempotency_key;                    ///< May be empty.
  std::string command_line;                       ///< For the record.
  std::map<std::string, std::string> properties;  ///< Of the run, besides what the endpoint says.
  std::optional<ScheduleKey> schedule;            ///< That is due.
  std::vector<Notification> notifications;        ///< Besides those of pipeline and endpoint.
};

/// A submit that was checked, and only has to be promised.
struct PreparedSubmit {
  RunRecord run;
  SubmissionRecord submission;
  std::optional<AcceptedRun> earlier;  ///< Its idempotency key was used: nothing is to be promised.
};

/// `submission`, to an endpoint, with the values that files of `--params` give, as they are now;
/// its own parameters win. Throws as submit_run().
[[nodiscard]] Submission with_parameter_files(Submission submission,
                                              const std::vector<std::filesystem::path>& files,
                                              const Workspace& workspace, History& history);

/// Check a submit as a run would check it now. Throws as submit_run().
[[nodiscard]] PreparedSubmit prepare_submit(const SubmitRequest& request,
                                            const Workspace& workspace, History& history);

/// Promise a run: checked as a run would check it now, on disk, and in the queue. Nothing is
/// started (engine/run_queue.h). Throws Error(usage) for a disabled or archived endpoint, values
/// that the pipeline does not take and a key that was used otherwise; Error(invalid_file),
/// Error(not_found).
[[nodiscard]] AcceptedRun submit_run(const SubmitRequest& request, const Workspace& workspace);

/// What a driver runs for a promised run. Throws as submit_run(), since files may have changed.
[[nodiscard]] RunRequest request_of_submission(const SubmissionRecord& submission,
                                               const Workspace& workspace, History& history);

}  // namespace mlpipe
