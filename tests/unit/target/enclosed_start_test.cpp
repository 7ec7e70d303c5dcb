// Jobs in an enclosure: a shell takes bubblewrap's place, since it too stays the parent of what it
// starts.
#include "target/enclosed_start.h"

#include <csignal>

#include "contract/job_watch.h"
#include "support/catch.h"
#include "support/eventually.h"
#include "target/local_target.h"

namespace mlpipe {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Outcome = JobFinished::Outcome;

namespace {

struct Enclosed {
  TemporaryFolder folder;
  test::JobWatch watch;
  LocalTarget target{watch.sink()};
  std::uint64_t last = 0;

  /// `enclosing` is a script that gets "--" and a command line.
  JobFinished run(std::vector<std::string> argv, const std::string& enclosing,
                  std::chrono::milliseconds timeout = 0ms) {
    target.submit({.id = {++last},
                   .name = "job",
                   .argv = std::move(argv),
                   .enclosure = {"/bin/sh", "-c", enclosing, "sh"},
                   .environment = {"PATH=/usr/bin:/bin", "A=1"},
                   .work_directory = folder.path(),
                   .stdout_file = folder.path() / "out",
                   .stderr_file = folder.path() / "err",
                   .timeout = timeout});
    return watch.finished({last});
  }
  JobFinished run_shell(const std::string& script, std::chrono::milliseconds timeout = 0ms) {
    return run({"bash", "-c", script}, R"(shift; "$@"; exit 99)", timeout);
  }
  [[nodiscard]] std::string out() const { return read_file(folder.path() / "out"); }
};

}  // namespace

TEST_CASE("a job in an enclosure ends with its own exit code or signal") {
  Enclosed jobs;
  CHECK(jobs.run_shell("exit 0").exit_code == 0);
  CHECK(jobs.run_shell("exit 137").exit_code == 137);
  const auto killed = jobs.run_shell("kill -KILL $$");
  CHECK(killed.outcome == Outcome::signalled);
  CHECK(killed.signal == SIGKILL);
}

TEST_CASE("a job in an enclosure leads its session, has its variables and no descriptor of ours") {
  Enclosed jobs;
  const auto end = jobs.run_shell(
      "[ $(ps -o sid= -p $$) = $$ ] && [ $(ps -o pgid= -p $$) = $$ ] && env | sort | "
      "grep -vE '^(_|SHLVL|PWD)=' && "
      // By the shell alone: a pipe of its own would be one more.
      "for n in $(seq 0 300); do [ ! -e /proc/$$/fd/$n ] || echo $n; done");
  CHECK(end.exit_code == 0);
  CHECK(jobs.out() == "A=1\nPATH=/usr/bin:/bin\n0\n1\n2\n");
  CHECK(end.at >= jobs.watch.started({jobs.last}).at);
}

TEST_CASE("a job in an enclosure hears TERM itself, and what it leaves running is ended") {
  Enclosed jobs;
  const auto asked = jobs.run_shell("trap 'echo asked; exit 3' TERM; sleep 1000 & wait", 300ms);
  CHECK(asked.outcome == Outcome::timed_out);
  CHECK(jobs.out() == "asked\n");
  const auto left = jobs.run_shell("setsid sleep 1000 & echo $!; exit 4");
  CHECK(left.exit_code == 4);
  CHECK(left.lingering == 1);
  CHECK_FALSE(test::is_running(std::stoi(jobs.out())));
}

TEST_CASE("an enclosure that cannot be made is told, and is not the job's failure") {
  Enclosed jobs;
  const auto refused = jobs.run({"true"}, "echo 'enclose: not allowed' >&2; exit 1");
  CHECK(refused.outcome == Outcome::not_started);
  CHECK(refused.message == "it cannot be isolated: enclose: not allowed");
  const auto silent = jobs.run({"true"}, "exit 0");
  CHECK(silent.outcome == Outcome::not_started);
  CHECK(silent.message.find("gave no answer") != std::string::npos);
  CHECK(jobs.run_shell("exit 5").exit_code == 5);  // the next one is not disturbed
}

TEST_CASE("a program that cannot be started in the enclosure is told as without one") {
  Enclosed jobs;
  write_file_atomically(jobs.folder.path() / "text", "no program\n");
  const auto text = (jobs.folder.path() / "text").string();
  const auto denied = jobs.run({text}, R"(shift; "$@"; exit 99)");
  CHECK(denied.outcome == Outcome::not_started);
  CHECK(denied.message == "cannot run '" + text + "': Permission denied");
  const auto absent = jobs.run({"no-such-program"}, R"(shift; "$@"; exit 99)");
  CHECK(absent.outcome == Outcome::not_started);
  CHECK(absent.message.find("no program 'no-such-program'") != std::string::npos);
  const auto gone = jobs.run({text}, "rm " + text + R"(; shift; "$@"; exit 99)");
  CHECK(gone.message == "cannot run '" + text + "': No such file or directory");
}

TEST_CASE("an enclosing program that turns into what it starts does no harm") {
  Enclosed jobs;
  CHECK(jobs.run({"bash", "-c", "exit 6"}, R"(shift; exec "$@")").exit_code == 6);
}

}  // namespace mlpipe
