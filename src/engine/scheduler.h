#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/event_queue.h"
#include "base/worker_pool.h"
#include "core/graph.h"
#include "engine/collect_step.h"
#include "engine/local_site.h"
#include "engine/plan.h"
#include "engine/prepare_step.h"
#include "engine/remote_machines.h"
#include "engine/reporter.h"
#include "engine/start_gate.h"
#include "engine/state_directory.h"
#include "engine/trace_report.h"
#include "engine/write_back.h"
#include "history/history.h"
#include "target/target.h"

namespace mlpipe {

/// Background work on a step that ended with an exception: the machine said no.
struct StepBroke {
  StepId step;
  std::string message;
  bool is_elsewhere = false;  ///< Another machine could not be reached.
};
struct StepPrepared {
  StepId step;
  Preparation preparation;
};
/// What strace wrote about an attempt that has ended was read.
struct StepTraced {
  StepId step;
  JobFinished job;
  StepTrace trace;
};
struct StepCollected {
  StepId step;
  Collection collection;
};
/// Everything stored so far is on disk; or `error` says why it is not.
struct StoreFlushed {
  std::string error;
};
struct OutputsWrittenBack {
  StepId step;
  std::vector<WriteBackOutcome> outcomes;
};
/// Ctrl-C, SIGTERM, `mlpipe cancel`. The second one kills at once.
struct CancelRequested {
  int signal = 0;
};

using RunEvent = std::variant<JobStarted, JobWaits, JobFinished, StepBroke, StepPrepared,
                              StepTraced, StepCollected, StoreFlushed, OutputsWrittenBack,
                              MachineNews, TransferNews, CancelRequested>;

/// Runs a piece of work soon, on another thread. It does not throw.
using RunInBackground = std::function<void(std::function<void()>)>;

/// The outside world as one run sees it. Everything outlives the Scheduler.
struct SchedulerWorld {
  Pipeline& pipeline;  ///< A step loses an optional input if nobody made that.
  const Graph& graph;
  const Places& places;
  const StateDirectory& state;
  const Variables& caller;
  StepFactReader& facts;
  StepResolver& resolver;
  ObjectStore& store;
  History& history;
  StartGate& gate;
  ComputeTarget& target;
  StatCache& cache;
  WorkerPool& pool;
  RunInBackground run_in_background;
  Reporter& reporter;
  EventQueue<RunEvent>& events;
  Clock clock;
  /// Where a step runs, if it is not this machine; null for one that runs here.
  std::function<StepSite*(StepId)> elsewhere = [](StepId) { return nullptr; };
  RemoteMachines* machines = nullptr;
  ObjectFetcher* fetcher = nullptr;  ///< Null where nothing can lie on another machine.
};

struct SchedulerOptions {
  bool continue_on_step_failure = false;
  bool keep_directories = false;
  std::filesystem::path traced_by;  ///< strace, to trace what steps read; empty: they are not.
  std::filesystem::path workspace;  ///< Where it lies, for what is said of a trace.
};

/// How a run ended.
struct RunOutcome {
  Status status = Status::completed;
  bool system_failed = false;  ///< Not a step's fault: exit code 3.
  int signal = 0;              ///< The first signal that cancelled it.
  RunCounts counts;
  std::vector<FailedStep> failures;
  std::vector<LeftRunning> left_running;
  std::vector<KeptDirectory> kept;
  std::vector<NotCopied> not_copied;
  std::vector<StepTrace> traces;
};

/// Drives one run: decides what happens next, and does nothing itself.
///
/// Single-threaded. All slow work (hashing, copying, jobs) happens elsewhere and comes back as an
/// event; one event, one `on()` function. A step's way:
///
///   NotStarted -> Queued -> Preparing -> Running -> Finalizing -> Completed
///   on another machine: Preparing -> (Queued over there, with what it waits for) -> Running
///        \-> Completed (reused)   \-> Queued again (an input moved or was lost; a retry)
///   unfinished -> Failed | Canceled | Skipped
class Scheduler {
 public:
  Scheduler(SchedulerWorld world, RunRecord run, std::vector<StepRule> rules,
            std::vector<PlannedStep> plan, SchedulerOptions options);

  /// Handle events until every step is final and nothing is outstanding, so that no callback can
  /// reach this object afterwards. Throws Error(system) if the record cannot be written; what ran
  /// was ended.
  RunOutcome run_to_end();

  /// The parts of run_to_end(), for tests that play the world themselves.
  void start();
  void handle(const RunEvent& event);
  /// Look at what only time changes: retries, slots and work of other drivers.
  void tick();
  [[nodiscard]] bool finished() const {
    return unfinished_ == 0 && background_ == 0 && jobs_.empty();
  }
  [[nodiscard]] const StepRunRecord& record(StepId step) const {
    return steps_.at(step.index).record;
  }
  [[nodiscard]] RunOutcome outcome() const;

 private:
  /// What of a step is to be written with the next transaction, within 0.1 s at most.
  struct Unsaved {
    bool step = false;
    bool attempt = false;
  };

  /// A step that failed and is tried again.
  struct WaitingRetry {
    StepId step;
    TimePoint asked;
    Duration wait;

    /// A clock that is set back, by more than a clock is corrected, makes nobody wait.
    [[nodiscard]] bool is_due(TimePoint moment) const {
      return moment >= asked + wait || moment + std::chrono::minutes(1) < asked;
    }
  };

  /// What only a step has that is executed: few of a large pipeline are at once.
  struct Executed {
    Attempt attempt;
    StepExecution execution;
    Collection collection;
    std::vector<Metric> metrics;  ///< Of an attempt on another machine that failed.
  };

  struct StepState {
    StepRunRecord record;
    Unsaved unsaved;
    StepRule rule;
    Resolution resolution;
    bool resolved = false;
    std::size_t facts_seen = 0;  ///< StepFactReader::changes() when it was resolved.
    std::size_t missing = 0;     ///< What it needs and is not there yet.
    std::optional<Hash> work;    ///< What it holds the right to do.
    bool has_slots = false;
    bool outputs_are_there = false;      ///< `outputs` may be used.
    int prepared_again = 0;              ///< Since what was sent was lost over there.
    int attempts = 0;                    ///< Given to the compute target so far.
    int earlier_attempts = 0;            ///< Of these, before it had to run again.
    std::unique_ptr<Executed> executed;  ///< From its first attempt until its result is recorded.
    std::optional<ResultKey> withdrawn;  ///< Its result whose outputs were lost in this run.
    std::vector<OutputRecord> outputs;

    [[nodiscard]] bool is_recorded() const { return record.key.value != 0; }
    /// Once it is completed and its outputs are taken over: there may be many steps.
    void forget_what_led_to_it() { resolution = {.fingerprint = resolution.fingerprint}; }
  };

  void abandon();
  void on_event(const RunEvent& event);
  [[nodiscard]] bool time_to_look() const;

  void on(const JobStarted& event);
  void on(const JobWaits& event);
  void on(const JobFinished& event);
  void on(const StepBroke& event);
  void on(const StepPrepared& event);
  void on(const StepTraced& event);
  void on(const StepCollected& event);
  void on(const StoreFlushed& event);
  void on(const OutputsWrittenBack& event);
  void on(const MachineNews& event);
  void on(const TransferNews& event) { world_.reporter.transfer_changed(event); }
  void on(const CancelRequested& event);

  // What follows from one step's news.
  void consider_settled();
  void consider(StepId step);
  [[nodiscard]] bool was_collected(StepId step);
  void plan_again(StepId step);
  void note_kind_of(const Error& error);
  void resolve(StepId step);
  void complete_reused(StepId step);
  void enqueue(StepId step);
  void attempt_ended(StepId step, const JobFinished& event);
  enum class Retries { allowed, in_vain };
  void attempt_failed(StepId step, Status status, const std::string& message,
                      Retries retries = Retries::allowed);
  void keep_metrics(StepId step);
  void fail_step(StepId step, const std::string& message);
  void finish_unsuccessfully(StepId step, Status status, const std::string& message);
  void settle_dependents(StepId step);
  void skip_dependents(StepId step, const std::string& why);
  /// Whether a step goes on though one that it depends on did not succeed: all that it would have
  /// got from that one is optional (azureml.md 3.6). The inputs are dropped then.
  [[nodiscard]] bool goes_on_without(StepId step, StepId failed);
  void rerun_lost_inputs(StepId step, const InputsLost& lost);
  void run_again(StepId step, StepId asker);
  void record_result(StepId step);
  [[nodiscard]] bool varies(StepId step, const ResultRecord& result);
  void wake_followers(const Hash& work);

  // Starting.
  void start_what_may();
  [[nodiscard]] bool try_start(StepId step);
  [[nodiscard]] bool interpreter_changed(StepId step);
  [[nodiscard]] bool may_execute(StepId step);
  void wait_for_other_run(StepId step);
  [[nodiscard]] std::string directory_name(StepId step) const;
  [[nodiscard]] std::optional<ResultRecord> done_meanwhile(StepId step);
  void begin_attempt(StepId step);
  [[nodiscard]] bool is_elsewhere(StepId step) const {
    return world_.places.of(step).target->ssh.has_value();
  }
  [[nodiscard]] TimePoint end_of_attempt(StepId step) const;
  void prepare(StepId step);
  /// What was sent is lost again. False once that is of no use.
  [[nodiscard]] bool prepare_again(StepId step, const JobFinished& event);
  void note_job_ended(StepId step, const JobFinished& event);
  void go_on_with(StepId step, const JobElsewhere& job);
  /// What a step's job is called on another machine; nothing if it runs here.
  [[nodiscard]] std::optional<JobElsewhere> job_elsewhere(StepId step) const;
  /// What is to be said of a step that nobody hears of any more.
  void note_lost(StepId step, const JobFinished& event, bool cancelled);
  [[nodiscard]] StepExecution describe_execution(StepId id);
  /// Where else an object lies that is not in the store here: machine_name() of those we know.
  [[nodiscard]] std::vector<std::string> machines_with(const Hash& object);
  [[nodiscard]] StepSite& site_of(StepId step);
  [[nodiscard]] bool should_flush() const;
  void flush_store();
  void write_back(StepId step);
  void register_named_outputs(StepId step);
  void release(StepId step);
  void stop_starting(const std::string& why);

  // Telling.
  [[nodiscard]] bool commit_is_due() const;
  void commit();
  void enter(StepId step, Status status);
  void save(StepId step);
  void save_attempt(StepId step);
  /// While steps are short their ways are many, and only the last place of each is worth writing.
  void save_soon(StepId step, bool Unsaved::*what);
  void write_unsaved(StepId step);
  void write_unsaved();
  void note(StepId step, std::string_view text);
  void tell_connections();
  void say_meanwhile(StepId step, const std::string& message);
  void in_background(StepId step, std::function<RunEvent()> work);
  /// On the threads that wait for the network.
  void in_background_fetching(StepId step, std::function<RunEvent()> work);
  [[nodiscard]] AttemptNews attempt_news(StepId step, Status status) const;
  [[nodiscard]] std::string directory_for_people(StepId step) const;
  [[nodiscard]] std::string kept_directory_text(StepId step) const;
  [[nodiscard]] FailedStep describe_failure(StepId step, const std::string& message) const;

  SchedulerWorld world_;
  LocalSite here_;
  RunRecord run_;
  SchedulerOptions options_;
  std::vector<StepState> steps_;
  std::deque<StepId> settled_;  ///< Everything they need is there: to be considered.
  std::map<const ComputeTargetConfig*, std::set<StepId>> ready_;  ///< Queued, by target.
  std::set<StepId> waiting_for_other_run_;
  std::vector<WaitingRetry> retries_;
  std::unordered_map<Hash, StepId, HashOfHash> executing_;  ///< By work, as followers_.
  std::unordered_map<Hash, std::vector<StepId>, HashOfHash> followers_;
  std::unordered_map<Hash, ResultKey, HashOfHash> made_here_;
  std::map<std::uint64_t, StepId> jobs_;
  std::map<std::string, std::string> lost_connections_;  ///< What is said of each, by target.
  std::vector<StepId> unsaved_;   ///< Those with something unsaved; others may be among them.
  std::vector<StepId> stored_;    ///< Their outputs are in the store, not yet flushed.
  std::vector<StepId> flushing_;  ///< Are being flushed now.
  TimePoint flushed_{};           ///< When the last flush began.
  /// In the batch that is not committed yet, with their directories.
  std::vector<std::pair<StepId, std::filesystem::path>> recorded_;
  std::vector<FailedStep> failures_;
  std::vector<LeftRunning> left_running_;
  std::vector<KeptDirectory> kept_;
  std::vector<NotCopied> not_copied_;
  std::map<StepId, StepTrace> traces_;  ///< Of each step's newest attempt.
  std::size_t unfinished_ = 0;          ///< Steps not yet final.
  std::size_t background_ = 0;          ///< Background work whose event has not come.
  TimePoint committed_{};
  TimePoint looked_{};  ///< When tick() was called last.
  std::uint64_t last_job_ = 0;
  std::string stopped_because_;  ///< Nothing new starts any more.
  bool system_failed_ = false;
  bool machine_failed_ = false;  ///< Another machine: steps elsewhere need not care.
  int signal_ = 0;
  bool killed_ = false;  ///< It was cancelled twice.
};

}  // namespace mlpipe
