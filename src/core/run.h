#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "core/notification.h"

namespace mlpipe {

/// A run's id: so many of these letters and digits, without look-alikes. Short prefixes are unique,
/// and none begins "latest".
inline constexpr std::string_view run_id_letters = "abcdefghjkmnpqrstuvwxyz23456789";
inline constexpr std::size_t run_id_length = 10;

/// Where a run or a step run stands: Azure ML's words (semantics.md 4).
enum class Status {
  not_started,
  queued,     ///< Waits for a slot, or for another run that executes the same work.
  preparing,  ///< Its private directory is being made.
  running,
  finalizing,  ///< Its outputs are being hashed and stored.
  completed,   ///< Also when reused.
  failed,
  cancel_requested,
  canceled,
  not_responding,  ///< Its driver died.
  skipped,         ///< Something it needs failed, or nothing new was to start after a failure.
};

inline constexpr std::array<Status, 11> all_statuses = {
    Status::not_started, Status::queued,         Status::preparing, Status::running,
    Status::finalizing,  Status::completed,      Status::failed,    Status::cancel_requested,
    Status::canceled,    Status::not_responding, Status::skipped};

/// "NotStarted", "Queued" …
[[nodiscard]] std::string_view to_text(Status status);
[[nodiscard]] std::optional<Status> parse_status(std::string_view text);
[[nodiscard]] bool is_final(Status status);
/// What a run that ended so counts as for those who are told: also a canceled one failed.
[[nodiscard]] Notification::When outcome_of(Status status);
/// The beginning of a step's message, for where it stands among other things: its first line, and
/// of a long one not what a colon introduces.
[[nodiscard]] std::string short_message(std::string_view message);

/// A run's row in the history; only History makes them.
struct RunKey {
  std::int64_t value = 0;
  auto operator<=>(const RunKey&) const = default;
};
/// A step run's row.
struct StepRunKey {
  std::int64_t value = 0;
  auto operator<=>(const StepRunKey&) const = default;
};
/// A result's row.
struct ResultKey {
  std::int64_t value = 0;
  auto operator<=>(const ResultKey&) const = default;
};

/// A job that was given to another machine.
struct JobElsewhere {
  std::string machine;  ///< machine_name()
  std::string job;      ///< Its name over there.
  StepRunKey step_run;  ///< That began it, or took it up.
  std::string step;     ///< Its name; this and the following are not stored with it.
  RunKey run;
  std::string run_id;
  Status run_status = Status::running;
};

/// One try of a step on a compute target.
struct Attempt {
  int number = 1;
  Status status = Status::running;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string message;
  std::int64_t pid = 0;
  TimePoint started{};
  TimePoint finished{};
  Duration user_time{};
  Duration system_time{};
  std::uint64_t peak_memory_bytes = 0;  ///< Of the largest single process.
  int lingering = 0;                    ///< Processes that had to be ended after the main one.
  std::string stdout_file;              ///< Relative to the state directory.
  std::string stderr_file;              ///< Relative to the state directory.
  std::string compute_target;           ///< Where it ran; empty: not recorded (schema 12).
};

/// The name of the compute target that is this machine.
inline constexpr std::string_view local_target_name = "local";

/// Where it ran, for people: the compute target, if that says more than that it ran here.
[[nodiscard]] inline std::string_view place_of(const Attempt& attempt) {
  return attempt.compute_target == local_target_name ? std::string_view() : attempt.compute_target;
}

/// One value a step wrote to $MLPIPE_METRICS.
struct Metric {
  std::string name;
  /// As JSON: a number, a text, true …
  std::string value;
  std::optional<std::int64_t> step;
  TimePoint time{};
};

/// What came out under one of a step's output names.
struct OutputRecord {
  std::string name;
  Hash object;        ///< Its id in the store.
  Hash content_hash;  ///< What a consumer's fingerprint holds.
  bool is_file = false;
  bool executable = false;
  std::string file_name;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
};

/// Names of the outputs that every step has without declaring them: what it left in `./outputs`
/// and `./logs` of its working directory.
inline constexpr std::string_view artifacts_output = "artifacts:outputs";
inline constexpr std::string_view logs_output = "artifacts:logs";

/// A finished execution that later runs may reuse.
struct ResultRecord {
  ResultKey key;
  Hash fingerprint;
  std::string manifest;   ///< Encoded (core/manifest.h).
  StepRunKey producer;    ///< The step run that made it.
  std::string run_id;     ///< … in this run
  std::string step;       ///< … under this name.
  bool offered = true;    ///< False: kept for history, never reused.
  bool varying = false;   ///< The same work has made other bytes at another time.
  TimePoint collected{};  ///< When gc gave its outputs up; unset: it has them.
  TimePoint made{};
  Duration duration{};  ///< Of the successful attempt.
  std::vector<OutputRecord> outputs;
};

/// The newest result of a database. Where it is the same one, so are all that came before: rows of
/// results are never removed, and none has the key of another one.
struct NewestResult {
  ResultKey key;
  Hash fingerprint;
  std::int64_t made = 0;  ///< In microseconds since 1970.

  bool operator==(const NewestResult&) const = default;
};

/// One step within one run.
struct StepRunRecord {
  StepRunKey key;
  RunKey run;
  std::string step;
  Status status = Status::not_started;
  bool reused = false;
  std::string reason;   ///< Why it ran or was reused, for people; lines.
  std::string message;  ///< Why it failed.
  std::optional<Hash> fingerprint;
  std::string manifest;  ///< Encoded; empty if it never came so far.
  std::optional<ResultKey> result;
  TimePoint started{};
  TimePoint finished{};
};

/// One invocation of `mlpipe run`.
struct RunRecord {
  RunKey key;
  std::string id;  ///< What people and scripts name it by.
  std::string pipeline;
  std::string experiment;
  std::string spec_file;
  std::string resolved_spec;  ///< JSON: the pipeline with every override applied.
  /// Of a new run whose spec is recorded already (History::has_text), instead of it.
  std::optional<Hash> known_spec;
  /// The fully reused run whose steps and resolved spec are also this one's; none (0): it has its
  /// own. Only for History::begin_run().
  RunKey steps_of;
  std::string command_line;
  Status status = Status::running;
  std::string message;
  std::string host;
  std::string user;
  std::string version;  ///< Of mlpipe.
  std::int64_t pid = 0;
  TimePoint started{};
  TimePoint finished{};
  bool pinned = false;  ///< Its results are kept by gc, and it is not to be deleted.
  /// When it was deleted; its row stays, hidden from lists. Unset: it was not.
  TimePoint deleted{};
  std::map<std::string, std::string> parameters;  ///< The values of this run.
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> properties;  ///< git and the like, by Azure ML's names.
  /// The sources of steps that were to be executed, kept for a repetition also where the step
  /// never began: objects. Only for History::begin_run().
  std::vector<Hash> sources;
  /// Whom its end is told. Only for History::begin_run(); kept as NotificationRecord.
  std::vector<Notification> notifications;
};

}  // namespace mlpipe
