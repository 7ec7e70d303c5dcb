#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/sqlite.h"
#include "core/run.h"
#include "history/download.h"
#include "history/known_object.h"
#include "history/notification_record.h"
#include "history/object_holders.h"
#include "history/run_query.h"

namespace mlpipe {

/// What happened, and what may be reused: the one database of a workspace (schema_migrations.cpp).
///
/// Use from one thread. Any number of processes may open the same file: readers never block, and
/// each writing call is short. Writes between begin_batch() and commit_batch() are one transaction;
/// a call outside of a batch is one by itself.
class History {
 public:
  /// read_write creates and migrates; read_only throws Error(not_found) if there is no such file,
  /// and migrates what an earlier version wrote, where it may write.
  History(const std::filesystem::path& file, Database::Mode mode);

  void begin_batch();
  void commit_batch();
  void abandon_batch();
  [[nodiscard]] bool in_batch() const { return in_batch_; }
  /// For what has tables of its own in this database (registry/registry.h): one transaction then
  /// holds both.
  [[nodiscard]] Database& database() { return database_; }

  // --- Writing a run ---------------------------------------------------------------------------

  /// A new run under a fresh id, which is put into `run` with its key. A run that has a key was
  /// promised before (Submissions): it goes on in its row. Throws Error(usage) if it is not queued
  /// any more.
  void begin_run(RunRecord& run);
  /// End a run that is queued; false if it is not, or not any more.
  bool cancel_queued(RunKey run, TimePoint at);
  /// Makes those of its notifications due that fit the outcome, and drops the others.
  void finish_run(RunKey run, Status status, std::string_view message, TimePoint at);
  void set_run_status(RunKey run, Status status);
  /// Of a run that goes on: what there is to know of it just now. Its end replaces it.
  void set_run_message(RunKey run, std::string_view message);
  void set_property(RunKey run, std::string_view name, std::string_view value);

  /// A new row; its key is put into `step`.
  void add_step(StepRunRecord& step);
  void update_step(const StepRunRecord& step);
  /// Insert or replace by (step run, number).
  void save_attempt(StepRunKey step, const Attempt& attempt);

  /// A finished execution and its outputs; sets the key. If it is offered, earlier results of the
  /// same fingerprint no longer are. The outputs' objects must be durable.
  void add_result(ResultRecord& result);
  /// What a step run wrote to its metrics file, in that order; replaces an earlier attempt's.
  void add_metrics(StepRunKey step, const std::vector<Metric>& metrics);
  void mark_varying(const Hash& fingerprint);
  /// Never offer this result again (its outputs are gone or damaged).
  void withdraw_result(ResultKey result);

  /// The stat of an object's content folder, which a hit compares.
  void remember_object(const Hash& object, const FileStat& stat);
  void remember_text(const Hash& hash, std::string_view text);
  void remember_published(const std::filesystem::path& path, const Hash& content, RunKey run,
                          TimePoint at);

  // --- What was fetched (history_downloads.cpp) ------------------------------------------------

  /// `url` without its secrets.
  [[nodiscard]] std::optional<Download> find_download(std::string_view url);
  /// Replaces what was fetched from there before. Its object must be durable.
  void save_download(const Download& download);
  /// A run uses it.
  void use_download(std::string_view url, TimePoint at);
  /// False if it is not as it was seen: it was used, or fetched again, meanwhile.
  bool forget_download(const HeldDownload& seen);

  // --- What lies on other machines (history_elsewhere.cpp) -------------------------------------

  /// The object lies in the store of this machine, durable. Machines go by machine_name().
  void remember_elsewhere(const Hash& object, std::string_view machine);
  /// It was looked for there, and is not.
  void forget_elsewhere(const Hash& object, std::string_view machine);
  /// Sorted.
  [[nodiscard]] std::vector<std::string> machines_with(const Hash& object);
  [[nodiscard]] std::vector<Hash> objects_on(std::string_view machine);
  /// That have objects; sorted.
  [[nodiscard]] std::vector<std::string> machines_with_objects();

  /// A job is given to this machine; one that an earlier step left under this name stays that
  /// step's.
  void job_sent(const JobElsewhere& job);
  /// It has begun, or the earlier one is gone on with: from now on it is this step's.
  void job_begun(const JobElsewhere& job);
  /// The same, told to whom it was until then: in the message of that step run. Its run's id; "" if
  /// no other step run has it.
  [[nodiscard]] std::string take_up_job(const JobElsewhere& job, std::string_view by_run);
  /// It has ended. Does nothing if another step has taken it up meanwhile.
  void job_ended(const JobElsewhere& job);
  /// Those not known to have ended.
  [[nodiscard]] std::vector<JobElsewhere> jobs_elsewhere();
  /// Whether one is this step's.
  [[nodiscard]] bool has_job_elsewhere(StepRunKey step);

  // --- Who is told of a run's end (history_notifications.cpp) ----------------------------------

  [[nodiscard]] std::vector<NotificationRecord> notifications_of(RunKey run);
  /// Of all runs, those that are to be sent, the earliest attempt first.
  [[nodiscard]] std::vector<NotificationRecord> due_notifications();
  /// What became of an attempt.
  void save_delivery(const NotificationRecord& record);

  // --- Changing what people say about a run ----------------------------------------------------

  void set_tag(RunKey run, std::string_view name, std::string_view value);
  /// False if it had no such tag.
  bool remove_tag(RunKey run, std::string_view name);
  void set_pinned(RunKey run, bool pinned);
  /// Hide the runs from lists. Their results that no other run uses are no longer offered; gives
  /// how many. What such a result had replaced is offered again if another run holds it. The rows
  /// stay. To be called in a batch, in which the caller has looked at the runs.
  std::size_t delete_runs(const std::vector<RunKey>& runs, TimePoint at);

  // --- Garbage collection (history_collect.cpp) ------------------------------------------------

  /// What holds objects. `live`: the unfinished runs that have a living driver.
  [[nodiscard]] ObjectHolders object_holders(const std::set<RunKey>& live);
  /// Give the outputs of these results up, in one short transaction: they are not offered any more.
  /// One that a run was given since `holder` was read, that a pinned run shows, or that belongs to
  /// an unfinished run, stays. Tells which were given up.
  [[nodiscard]] std::vector<ResultKey> collect_results(const std::vector<const HeldResult*>& given,
                                                       TimePoint at);
  /// Also of a result that this database has not.
  [[nodiscard]] bool is_collected(ResultKey key);
  /// The work that runs which are not deleted have executed since then, done or not: what private
  /// directories may be kept for.
  [[nodiscard]] std::set<Hash> work_executed_since(TimePoint moment);
  /// Logs that nobody can ask for any more: those of deleted runs, but of results that others show.
  [[nodiscard]] std::vector<std::string> logs_of_deleted_runs();
  /// What the steps of runs that are not deleted have on disk. A reused step has no logs of its
  /// own.
  [[nodiscard]] std::vector<StepRunFiles> files_of_step_runs();

  // --- Looking up ------------------------------------------------------------------------------

  /// The result that may be reused for this fingerprint, with its outputs.
  [[nodiscard]] std::optional<ResultRecord> find_offered(const Hash& fingerprint);
  [[nodiscard]] std::optional<ResultRecord> find_result(ResultKey key);
  [[nodiscard]] bool is_offered(ResultKey key);
  /// The newest result; all zero if there is none.
  [[nodiscard]] NewestResult newest_result();
  /// Whether this database has that result, and so is the one that it was the newest of, later on.
  [[nodiscard]] bool goes_on_from(const NewestResult& newest);
  /// How often a result was withdrawn or replaced. As long as that stays the same, every result
  /// that could be reused still can.
  [[nodiscard]] std::int64_t withdrawn_results();
  /// Whether a new run of `pipeline` may show the steps of `run` (RunRecord::steps_of): the newest
  /// one of that name is it, or shows them too. So a step's rows stay in the order of their runs.
  /// By its id too: in a database that was begun anew another run has the key.
  [[nodiscard]] bool may_show_steps_of(RunKey run, std::string_view run_id,
                                       std::string_view pipeline);
  [[nodiscard]] std::optional<FileStat> object_stat(const Hash& object);
  [[nodiscard]] std::string text_of(const Hash& hash);
  [[nodiscard]] bool has_text(const Hash& hash);
  [[nodiscard]] std::optional<Hash> published_content(const std::filesystem::path& path);
  /// The newest step run of this name in runs of this pipeline that has a manifest and ran or was
  /// reused to its end: what "why" compares with. Not of deleted runs.
  [[nodiscard]] std::optional<StepRunRecord> last_completed(std::string_view pipeline,
                                                            std::string_view step);
  /// The newest step run of this name in runs of this pipeline that was started and did not get to
  /// its end.
  [[nodiscard]] std::optional<StepRunRecord> last_in_vain(std::string_view pipeline,
                                                          std::string_view step);
  /// A run's id; "" if there is no such run.
  [[nodiscard]] std::string run_id(RunKey run);
  /// The id of the run that is executing this fingerprint now, or "".
  [[nodiscard]] std::string executing_run(const Hash& fingerprint);

  /// Without deleted ones, newest first.
  [[nodiscard]] std::vector<RunRecord> newest_runs(std::size_t limit);
  /// Newest first.
  [[nodiscard]] std::vector<RunRecord> find_runs(const RunQuery& query);
  /// The names of a kind that runs have, deleted ones too; sorted.
  [[nodiscard]] std::vector<std::string> known_names(NameKind kind);
  /// Whether some run has a value of this metric or parameter that is no number.
  [[nodiscard]] bool has_texts(NameKind kind, std::string_view name);
  /// The last value of every metric of a run's steps, of reused ones too; in the order of the
  /// steps.
  [[nodiscard]] std::vector<StepMetric> last_metrics(RunKey run);
  /// That have begun: not those that are queued.
  [[nodiscard]] std::vector<RunRecord> unfinished_runs();
  /// The id of the newest run, not deleted, that has a step of this name.
  [[nodiscard]] std::optional<std::string> newest_run_with_step(std::string_view step);
  /// By "latest" or a unique prefix of an id. A deleted run is found if the text fits no other one.
  /// Throws Error(not_found), for an ambiguous prefix with the candidates.
  [[nodiscard]] RunRecord find_run(std::string_view id);
  [[nodiscard]] std::vector<StepRunRecord> steps_of(RunKey run);
  [[nodiscard]] std::optional<StepRunRecord> step_run(StepRunKey key);
  [[nodiscard]] std::vector<Attempt> attempts_of(StepRunKey step);
  [[nodiscard]] std::vector<Metric> metrics_of(StepRunKey step);

  // --- Doubt (history_audit.cpp) ---------------------------------------------------------------

  /// As database_problems() (history_health.h).
  [[nodiscard]] std::vector<std::string> integrity_problems();
  /// Of the results that may be asked for.
  [[nodiscard]] std::vector<UnsoundResult> unsound_results();
  /// Whether this result may still be asked for: it was not withdrawn, deleted or collected.
  [[nodiscard]] bool is_kept(ResultKey key);
  /// Every output of every result, every snapshot of sources that a step ran with, and every
  /// download.
  [[nodiscard]] std::vector<KnownObject> known_objects();

 private:
  void insert_row(RunRecord& run);
  void take_queued_row(const RunRecord& run);
  void bind_spec(Statement& row, const RunRecord& run);
  void load_details(RunRecord& run);
  void add_notifications(RunKey run, const std::vector<Notification>& notifications);
  void make_notifications_due(RunKey run, Status status, TimePoint at);
  void offer_replaced_again(const Hash& fingerprint);
  [[nodiscard]] std::vector<RunRecord> runs_beginning(std::string_view id, bool deleted,
                                                      std::size_t limit);

  Database database_;
  std::optional<Transaction> batch_;
  bool in_batch_ = false;
};

}  // namespace mlpipe
