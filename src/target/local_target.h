#pragma once

#include <sys/types.h>

#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

#include "base/file.h"
#include "target/send_queue.h"
#include "target/supervisor_protocol.h"
#include "target/target.h"

namespace mlpipe {

/// Runs jobs on this machine, through a supervisor process that is started with the first job.
/// main() must call run_as_supervisor() first of all.
///
/// Also makes this process a subreaper, so that what a killed supervisor leaves comes here to be
/// ended. After the loss of the supervisor every further job is `lost` too.
class LocalTarget : public ComputeTarget {
 public:
  /// The sink is called from this object's own thread. Throws Error(system).
  explicit LocalTarget(JobEventSink sink);
  ~LocalTarget() override;

  void submit(const Job& job) override;
  void cancel(JobId job, bool at_once) override;

  /// The supervisor's process id; 0 before the first job.
  [[nodiscard]] pid_t supervisor() const;

 private:
  void start();
  void start_supervisor();
  void send(std::string_view frame);
  void wake();

  void converse();
  [[nodiscard]] bool read_events(FrameReader& frames);
  void deliver(const JobEvent& event);
  void deliver_refused();
  void finish_unfinished();

  JobEventSink sink_;
  Fd wake_;                   ///< Tells the conversation's thread to look at what follows.
  mutable std::mutex mutex_;  ///< For all below.
  Fd socket_;
  pid_t supervisor_ = 0;
  bool closing_ = false;
  bool gone_ = false;  ///< No supervisor (any more).
  SendQueue unsent_;
  std::deque<JobFinished> refused_;    ///< Jobs that never got to the supervisor.
  std::map<JobId, pid_t> unfinished_;  ///< With the main process, 0 if not started yet.
  std::jthread conversation_;
};

}  // namespace mlpipe
