#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/history.h"
#include "registry/endpoint_record.h"
#include "registry/schedule_record.h"
#include "registry/submission.h"

namespace mlpipe {

/// A run that was promised, as it is recorded.
struct SubmissionRecord {
  RunKey run;
  std::string run_id;
  std::optional<EndpointKey> endpoint;        ///< Nothing: it runs a pipeline file.
  std::optional<EndpointVersionKey> version;  ///< What the default was then, if none was given.
  std::optional<ScheduleKey> schedule;        ///< Which promised it.
  std::string idempotency_key;                ///< May be empty.
  Submission request;
  TimePoint accepted{};
  int starts = 0;  ///< Drivers that were started for it and did not get to begin it.
};

/// A run that was promised, and has not ended.
struct QueuedRun {
  RunKey run;
  std::string run_id;
  std::optional<EndpointKey> endpoint;
  std::optional<ScheduleKey> schedule;
  int starts = 0;
};

/// What came of a submit.
struct AcceptedRun {
  std::string run_id;
  Status status = Status::queued;
  bool made = true;  ///< False: the same idempotency key was used before, and this is its run.
};

/// The runs that were promised before they began: the queue, in the history's database. Each has a
/// row among the runs, Queued until a driver begins it.
class Submissions {
 public:
  /// `history` outlives this object. What is promised is on disk before a call returns.
  explicit Submissions(History& history);

  /// Promise a run. Of `run` name, experiment, tags, parameters and properties count; id and key
  /// are put in. With an idempotency key that was used for this endpoint before, no second run is
  /// made; throws Error(usage) if that one was asked for otherwise.
  AcceptedRun accept(RunRecord& run, const SubmissionRecord& submission);

  /// The run of the same endpoint and idempotency key, if there is one. Throws Error(usage) if it
  /// was asked for otherwise.
  [[nodiscard]] std::optional<AcceptedRun> accepted_before(const SubmissionRecord& submission);

  [[nodiscard]] std::optional<SubmissionRecord> find(RunKey run);
  /// In the order in which they were promised.
  [[nodiscard]] std::vector<QueuedRun> queued();
  /// Those that were begun and have not ended.
  [[nodiscard]] std::vector<QueuedRun> begun();
  /// The runs of a schedule that were begun and have not ended, or are queued.
  [[nodiscard]] std::vector<RunKey> unfinished_of(ScheduleKey schedule);
  /// A driver ended without having begun it. Gives how often that was so.
  int count_start(RunKey run);

 private:
  History& history_;
};

}  // namespace mlpipe
