#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "remote/object_transfer.h"
#include "remote/ssh_link.h"
#include "remote/transfer.h"
#include "target/target.h"

namespace mlpipe {

/// A job for another machine. Its paths are over there, but for stdout_file and stderr_file: what
/// it writes comes back into these.
struct RemoteJob {
  Job job;
  std::string name;                     ///< Under which it is found again; see is_job_name().
  std::optional<DirectoryToMake> make;  ///< Without: its directory is there.
  SlotRequest slots;
  SlotCapacity capacity;
};

/// What people should know of a machine: of lost and new connections, of a clock that is wrong, of
/// a full disk.
struct MachineNews {
  enum class Connection : std::uint8_t {
    as_it_was,
    lost,      ///< And tried again: something waits for it.
    there,     ///< Again.
    given_up,  ///< What waited for it says why.
  };

  std::string text;  ///< May be empty.
  std::string compute_target;
  Connection connection = Connection::as_it_was;
  std::string why;  ///< A lost one's, in short.
};

/// What becomes of a transfer when the run is canceled.
enum class WhenCanceled : std::uint8_t { finish, give_up };

/// A machine that one has a login for: a compute target. Everything goes over one connection, which
/// is made when it is first needed and again when it was lost; jobs go on without it. Any thread.
///
/// What is asked waits for the connection. If it cannot be made at first, or not again within the
/// patience, everything that waits or is asked later throws NoConnection, and jobs are lost.
///
/// The machine's clock may be wrong: all times that are told from here are by ours.
class RemoteHost : public ComputeTarget {
 public:
  struct Options {
    SshSettings ssh;
    HelperImage helper;
    std::string workspace;  ///< Names the place of this workspace over there: a file's name.
    std::chrono::milliseconds patience{std::chrono::minutes(10)};
    std::chrono::milliseconds orphan_timeout{std::chrono::hours(7 * 24)};
    std::string platform;  ///< platform_name() that the machine must have; empty: any.
    /// On another thread.
    std::function<void(const MachineNews&)> told = [](const MachineNews&) {};
    TransferTold transferred;  ///< Of what is sent and fetched. May be empty.
  };

  RemoteHost(Options options, JobEventSink sink);
  ~RemoteHost() override;

  /// What the machine said of itself when it was reached last; reaches it if it was not yet.
  [[nodiscard]] Greeting greeting();

  /// Those of them that are not there. What was there before on this connection is not asked for
  /// again: run() looks. This and put() are given up when the run is canceled.
  [[nodiscard]] std::vector<Hash> missing(const std::vector<Hash>& objects);
  void put(const ObjectToSend& object);
  /// Fetch an object into a store of ours. Throws Error(not_found) if it is not there (any more).
  StoredObject get(const Hash& object, ObjectStore& into, const std::filesystem::path& scratch,
                   WhenCanceled when_canceled = WhenCanceled::finish);
  /// Wait for an answer of the helper's.
  void ping();
  [[nodiscard]] JobState find_job(const std::string& name);
  /// Ask a job to end that an earlier driver began. Does not wait for its end.
  void end_job_called(const std::string& name, bool at_once);
  /// `request` of this and the following is filled in.
  [[nodiscard]] TakenAnswer take_outputs(TakeOutputs command);
  /// Tried once, over a connection that is there; nobody waits for the answer but the destructor.
  void release(ReleaseJob command);
  [[nodiscard]] InterpreterAnswer identify(IdentifyInterpreter command);
  [[nodiscard]] PlaceAnswer look(LookAtPlace command);
  [[nodiscard]] CollectedAnswer collect(CollectObjects command);
  /// Whether the helper had to be brought when the machine was reached last.
  [[nodiscard]] bool has_brought_helper() {
    const std::lock_guard lock(mutex_);
    return has_brought_helper_;
  }

  /// From now on a lost connection is not tried again.
  void stop_trying();
  /// The same, and what is given up when a run is canceled throws Error(system) from now on. If
  /// there was no connection yet, none is made any more.
  void cancel_run();
  /// Cut the connection and make no other: what waits throws, and jobs are lost. They go on over
  /// there.
  void give_up_at_once();

  /// Like submit(), for a job that has a name. It ends as `unprepared` if something that it needs
  /// is lost over there; missing() is asked anew then.
  void run(RemoteJob job);
  /// The same without waiting for the network: gives what is left to be done where it may be
  /// waited for, if anything is. It must be done before the job is cancelled.
  [[nodiscard]] std::function<void()> run_without_waiting(RemoteJob job);
  void submit(const Job& job) override;
  void cancel(JobId job, bool at_once) override { end_job(job, at_once); }

 private:
  void end_job(JobId job, bool at_once);

  struct Pending {
    bool done = false;
    bool gone = false;       ///< The connection, before the answer came.
    bool in_stream = false;  ///< `stream` is at work.
    std::string answer;
    std::optional<Refusal> refusal;
    std::optional<ObjectHead> offered;                 ///< Of an object that asks.
    std::optional<std::vector<std::uint32_t>> wanted;  ///< Files of one.
    std::function<void(const HelperNews&)> stream;
    std::exception_ptr problem;  ///< Of `stream`.
  };
  struct Running {
    RemoteJob job;
    RequestId request;
    bool start_told = false;
    Fd out;
    Fd err;
    std::uint64_t out_bytes = 0;
    std::uint64_t err_bytes = 0;
    std::optional<bool> end_asked;  ///< With `at_once`.
  };
  using Lock = std::unique_lock<std::mutex>;

  [[nodiscard]] RequestId next_request() { return {++last_request_}; }
  /// What goes with a request.
  struct Exchange {
    std::function<void(Pending&, RequestId)> more;  ///< Sends what follows it.
    std::function<void(const HelperNews&)> stream;  ///< Takes what comes before its answer.
    WhenCanceled when_canceled = WhenCanceled::finish;
  };

  void wait_for_link(Lock& lock, WhenCanceled when_canceled = WhenCanceled::finish);
  [[nodiscard]] bool is_given_up(WhenCanceled when_canceled) const {
    return is_canceled_ && when_canceled == WhenCanceled::give_up;
  }
  [[nodiscard]] std::shared_ptr<SshLink> current_link();
  /// The bytes of the answer.
  [[nodiscard]] std::string ask(HelperCommand command, const Exchange& exchange);
  [[nodiscard]] std::string ask(HelperCommand command) {
    return ask(std::move(command), Exchange{});
  }
  void go_on(Pending& pending, RequestId request, const Exchange& exchange);
  void wait_for_word(Lock& lock, const Pending& pending, WhenCanceled when_canceled);
  /// An object on its way there, and how far it is.
  struct Sending {
    const ObjectToSend& object;
    TransferWatch& watch;
  };
  void send_wanted(const Sending& sending, Pending& pending, RequestId request);
  void send_bytes(const ObjectToSend& object, TransferWatch& watch, Pending& pending,
                  RequestId request);
  [[nodiscard]] bool is_waited_for(const Pending& pending, WhenCanceled when_canceled);

  // The thread that makes connections.
  void keep_connected();
  [[nodiscard]] std::string unfit(const SshLink& link) const;
  void connect(Lock& lock);
  void connected(Lock& lock, std::shared_ptr<SshLink> link, std::shared_ptr<bool> is_gone);
  [[nodiscard]] TimePoint by_our_clock(TimePoint there);
  void give_up(Lock& lock, const std::string& why);
  void tell_ends(const std::vector<JobFinished>& ends);
  /// `text` follows the name of the target.
  void tell_people(const std::string& text,
                   MachineNews::Connection connection = MachineNews::Connection::as_it_was,
                   const std::string& why = {}) const;
  void open_logs(Running& running) const;
  [[nodiscard]] RunJob command_for(const Running& running) const;

  // On the connection's own thread.
  void take(const HelperNews& news);
  void take_stream(RequestId request, const HelperNews& news);
  void take_word(RequestId request, const HelperNews& news);
  void take_log(const JobLog& news);
  void take_job_news(const JobNews& news);
  void take_event(RequestId request, JobEvent event);
  void take_job_refusal(const Refusal& refusal);
  void link_gone(const std::shared_ptr<bool>& is_gone, const std::string& why);

  Options options_;
  JobEventSink sink_;
  std::string token_;  ///< Of this driver's jobs.
  std::mutex mutex_;   ///< For all below.
  std::condition_variable changed_;
  std::shared_ptr<SshLink> link_;
  std::shared_ptr<bool> link_is_gone_;
  std::shared_ptr<SshLink> lost_link_;  ///< To be destroyed by the thread that connects.
  bool wanted_ = false;
  bool was_connected_ = false;
  bool is_canceled_ = false;               ///< By cancel_run().
  bool is_cut_ = false;                    ///< By give_up_at_once().
  std::atomic<bool> stop_opening_{false};  ///< A connection that is being made.
  bool closing_ = false;
  std::chrono::steady_clock::time_point connected_at_{};   ///< The last time.
  std::chrono::steady_clock::time_point trouble_since_{};  ///< No connection lasted since then.
  std::chrono::milliseconds pause_{};                      ///< Before the next try.
  std::string given_up_;                                   ///< Why nothing works any more.
  bool may_be_another_ = false;                            ///< NoConnection::may_be_another().
  std::string brief_;                                      ///< NoConnection::brief().
  Greeting greeting_;
  Duration clock_ahead_{};  ///< Of ours; as it was at the first greeting, so that all agree.
  bool has_brought_helper_ = false;
  std::uint64_t last_request_ = 0;
  std::map<RequestId, Pending*> pending_;
  std::set<RequestId> releasing_;  ///< On this connection.
  std::map<JobId, Running> jobs_;
  std::map<RequestId, JobId> job_of_;
  std::vector<JobFinished> refused_;  ///< Their ends are to be told.
  std::jthread connector_;
};

}  // namespace mlpipe
