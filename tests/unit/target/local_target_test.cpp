// What LocalTarget promises beyond the contract: the deaths of driver and supervisor.
#include "target/local_target.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <set>

#include "contract/job_watch.h"
#include "contract/stray_script.h"
#include "support/catch.h"
#include "support/eventually.h"

namespace mlpipe {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

Job shell_job(const fs::path& folder, std::uint64_t id, const std::string& script) {
  return {.id = {id},
          .name = "job",
          .argv = {"bash", "-c", script},
          .environment = {"PATH=/usr/bin:/bin"},
          .work_directory = folder,
          .stdout_file = folder / "out",
          .stderr_file = folder / "err"};
}

pid_t spawn_driver(const fs::path& folder) {
  std::array<std::string, 3> words{"driver", "hold-target", folder.string()};
  std::array<char*, 4> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t pid = 0;
  REQUIRE(::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, argv.data(), environ) == 0);
  return pid;
}

}  // namespace

TEST_CASE("kill -9 of a driver leaves no process of its jobs") {
  const TemporaryFolder folder;
  const pid_t driver = spawn_driver(folder.path());
  REQUIRE(test::eventually(
      [&] { return fs::exists(folder.path() / "driver") && fs::exists(folder.path() / "job"); }));
  auto pids = test::read_pids(folder.path() / "driver");
  REQUIRE(pids.size() == 2);
  REQUIRE(pids[0] == driver);
  const auto of_job = test::read_pids(folder.path() / "job");
  REQUIRE(of_job.size() == 5);
  pids.insert(pids.end(), of_job.begin(), of_job.end());
  REQUIRE(test::running_of(pids) == pids);

  ::kill(driver, SIGKILL);
  ::waitpid(driver, nullptr, 0);
  CHECK(test::eventually([&] { return test::running_of(pids).empty(); }, 2s));
}

TEST_CASE("kill -9 of the supervisor loses its jobs and leaves no process of them") {
  const TemporaryFolder folder;
  test::JobWatch watch;
  LocalTarget target(watch.sink());
  target.submit(shell_job(folder.path(), 1, test::stray_script(folder.path() / "job") + "wait"));
  REQUIRE(test::eventually([&] { return fs::exists(folder.path() / "job"); }));
  const auto pids = test::read_pids(folder.path() / "job");
  REQUIRE(test::running_of(pids) == pids);

  ::kill(target.supervisor(), SIGKILL);
  CHECK(watch.finished({1}).outcome == JobFinished::Outcome::lost);
  CHECK(test::running_of(pids).empty());
  for (const pid_t pid : pids) CHECK_FALSE(look_at_process(pid));  // not even a zombie

  target.submit(shell_job(folder.path(), 2, "true"));
  CHECK(watch.finished({2}).outcome == JobFinished::Outcome::lost);
  CHECK(watch.finished_count() == 2);
}

TEST_CASE("the supervisor ignores what a terminal or kill sends it") {
  const TemporaryFolder folder;
  test::JobWatch watch;
  LocalTarget target(watch.sink());
  target.submit(shell_job(folder.path(), 1, "until [ -e go ]; do sleep 0.01; done; exit 6"));
  watch.started({1});
  const pid_t supervisor = target.supervisor();
  CHECK(look_at_process(supervisor)->session == supervisor);
  const auto name = read_file("/proc/" + std::to_string(supervisor) + "/comm");
  CHECK(name.find("mlpipe") == std::string::npos);  // who kills drivers by name spares it
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::kill(supervisor, signal);
  write_file_atomically(folder.path() / "go", "");
  CHECK(watch.finished({1}).exit_code == 6);
}

TEST_CASE("the supervisor starts with the first job and holds nothing of the driver's open") {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "lock", "");
  const int careless = ::open((folder.path() / "lock").c_str(), O_RDONLY);
  test::JobWatch watch;
  LocalTarget target(watch.sink());
  CHECK(target.supervisor() == 0);
  target.submit(shell_job(folder.path(), 1, "true"));
  watch.finished({1});
  REQUIRE(target.supervisor() > 0);
  const auto open = fs::path("/proc") / std::to_string(target.supervisor()) / "fd";
  std::set<std::string> files;
  int pipes = 0;
  for (const auto& entry : fs::directory_iterator(open)) {
    const auto link = fs::read_symlink(entry.path());
    if (link.string().starts_with("pipe:"))
      pipes += std::stoi(entry.path().filename()) > 2 ? 1 : 0;
    else if (std::stoi(entry.path().filename()) > 2)
      files.insert(link.string().substr(0, 6));
  }
  CHECK(files.count("socket") == 1);
  CHECK(pipes == 1);  // by which its guard sees that it lives
  for (const auto& file : files) CHECK((file == "socket" || file == "anon_i" || file == "/proc/"));
  ::close(careless);
}

TEST_CASE("two targets of one process do not hold each other's supervisor") {
  const TemporaryFolder folder;
  test::JobWatch watch;
  LocalTarget second(watch.sink());
  {
    LocalTarget first(watch.sink());
    first.submit(shell_job(folder.path(), 1, "true"));
    second.submit(shell_job(folder.path(), 2, "until [ -e go ]; do sleep 0.01; done; exit 9"));
    watch.finished({1});
    watch.started({2});
  }
  write_file_atomically(folder.path() / "go", "");
  CHECK(watch.finished({2}).exit_code == 9);
}

TEST_CASE("a job carries a mark that its descendants inherit, and that names the supervisor") {
  const TemporaryFolder folder;
  test::JobWatch watch;
  LocalTarget target(watch.sink());
  target.submit(
      shell_job(folder.path(), 1, test::stray_script(folder.path() / "job") + "sleep 1000"));
  REQUIRE(test::eventually([&] { return fs::exists(folder.path() / "job"); }));
  for (const pid_t pid : test::read_pids(folder.path() / "job"))
    CHECK(JobMark::of(pid) == JobMark(target.supervisor(), 1));
  CHECK(JobMark::of(::getpid()) == JobMark());
}

}  // namespace mlpipe
