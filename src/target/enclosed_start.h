#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "target/target.h"

namespace mlpipe {

/// Starts a job inside its enclosure so that, in the end, its main process is a child of this one
/// as if there were no enclosure: exit status, signals and usage are its own.
///
/// The enclosing program (bubblewrap) stays behind as the parent of what it starts, knows signals
/// only as exit codes, and ends by the TERM that is meant for the job. So it starts this executable
/// once more ("launch"), which says its process id over a socket and waits; then the enclosing
/// program is killed, the waiting process falls to the nearest subreaper, this one, is told to go
/// on, and turns into the job's program.
class EnclosedStart {
 public:
  /// Throws Error(system).
  explicit EnclosedStart(const Job& job);

  /// What the enclosing process is to be started with; `program` is the job's, absolute.
  [[nodiscard]] std::vector<std::string> argv(const std::string& program) const;
  /// The descriptors that it must get, as 3 and 4. Both lie above these, and are closed by exec.
  [[nodiscard]] int channel() const { return theirs_.get(); }
  [[nodiscard]] int executable() const { return executable_.get(); }

  struct Outcome {
    pid_t pid = 0;        ///< The job's main process; 0: it was not started.
    std::string problem;  ///< Why not, for people.
  };
  /// `outer`: the enclosing process, a child of this one, gone afterwards. Waits while the
  /// enclosure is made: milliseconds.
  [[nodiscard]] Outcome finish(pid_t outer, const std::string& program);

 private:
  [[nodiscard]] Outcome not_enclosed(pid_t outer);

  const Job& job_;
  Fd ours_;
  Fd theirs_;
  Fd executable_;
};

/// To be called first of all in main(): if this process was started inside an enclosure
/// ("launch 3 PROGRAM ARGV…"), turn into the program; gives an exit code only if that failed.
[[nodiscard]] std::optional<int> run_as_launcher(int argc, char** argv);

}  // namespace mlpipe
