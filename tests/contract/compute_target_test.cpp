// What target/target.h promises, checked with real processes for every compute target.
#include <csignal>
#include <memory>

#include "base/file.h"
#include "contract/job_watch.h"
#include "contract/stray_script.h"
#include "support/catch.h"
#include "support/eventually.h"
#include "support/ssh_host.h"
#include "target/local_target.h"

namespace mlpipe {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Outcome = JobFinished::Outcome;
using test::JobWatch;

namespace {

struct TargetFactory {
  std::string name;
  std::function<std::unique_ptr<ComputeTarget>(JobEventSink)> make;
};

/// A machine behind SSH, which is there as long as its target is.
class SshTarget : public ComputeTarget {
 public:
  explicit SshTarget(JobEventSink sink) : target_(host_.options(), std::move(sink)) {}

  void submit(const Job& job) override { target_.submit(job); }
  void cancel(JobId job, bool at_once) override { target_.cancel(job, at_once); }

 private:
  test::SshHost host_;
  RemoteHost target_;
};

std::vector<TargetFactory> factories() {
  return {{"local",
           [](JobEventSink sink) -> std::unique_ptr<ComputeTarget> {
             return std::make_unique<LocalTarget>(std::move(sink));
           }},
          {"ssh", [](JobEventSink sink) -> std::unique_ptr<ComputeTarget> {
             return std::make_unique<SshTarget>(std::move(sink));
           }}};
}

/// One target, its events, and a folder for what its jobs write.
struct Bench {
  explicit Bench(const TargetFactory& factory) : target(factory.make(watch.sink())) {}

  [[nodiscard]] Job job(std::uint64_t id, const std::string& script) const {
    return {.id = {id},
            .name = "job " + std::to_string(id),
            .argv = {"bash", "-c", script},
            .environment = {"PATH=/usr/bin:/bin"},
            .work_directory = folder.path(),
            .stdout_file = folder.path() / ("out" + std::to_string(id)),
            .stderr_file = folder.path() / ("err" + std::to_string(id))};
  }

  JobFinished run(const Job& what) {
    target->submit(what);
    return watch.finished(what.id);
  }

  [[nodiscard]] std::string out(std::uint64_t id) const {
    return read_file(folder.path() / ("out" + std::to_string(id)));
  }

  [[nodiscard]] std::vector<pid_t> wait_for_pids(const std::string& file = "pids") const {
    REQUIRE(test::eventually([&] { return fs::exists(folder.path() / file); }));
    return test::read_pids(folder.path() / file);
  }

  TemporaryFolder folder;
  JobWatch watch;
  std::unique_ptr<ComputeTarget> target;
};

TargetFactory any_factory() {
  const auto all = factories();
  const auto index = GENERATE_COPY(range(std::size_t{0}, all.size()));
  INFO("target: " << all[index].name);
  return all[index];
}

}  // namespace

TEST_CASE("a job's exit code comes back, after one JobStarted", "[contract]") {
  Bench bench(any_factory());
  const auto before = now();
  const auto result = bench.run(bench.job(1, "exit 7"));
  CHECK(result.outcome == Outcome::exited);
  CHECK(result.exit_code == 7);
  CHECK(result.lingering == 0);
  CHECK(result.at >= before);
  CHECK(result.at <= now());
  const auto events = bench.watch.events();
  REQUIRE(events.size() == 2);
  const auto* started = std::get_if<JobStarted>(&events[0]);
  REQUIRE(started != nullptr);
  CHECK(started->job == JobId{1});
  CHECK(started->pid > 0);
  CHECK(started->at >= before);
}

TEST_CASE("a signal that ended a job is named", "[contract]") {
  Bench bench(any_factory());
  const auto result = bench.run(bench.job(1, "kill -SEGV $$"));
  CHECK(result.outcome == Outcome::signalled);
  CHECK(result.signal == SIGSEGV);
}

TEST_CASE("what cannot be started says why and leaves no JobStarted", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, "true");
  std::string named;
  SECTION("no such program in PATH") { job.argv = {named = "no-such-program"}; }
  SECTION("no such program at a path") { job.argv = {named = "/no/such/program"}; }
  SECTION("no program at all") {
    job.argv = {};
    named = "no program";
  }
  SECTION("a program that may not be executed") {
    write_file_atomically(bench.folder.path() / "plain", "text");
    job.argv = {named = (bench.folder.path() / "plain").string()};
  }
  SECTION("a script whose interpreter is missing") {
    write_file_atomically(bench.folder.path() / "script", "#!/no/such/interpreter\n");
    fs::permissions(bench.folder.path() / "script", fs::perms::owner_all);
    job.argv = {(bench.folder.path() / "script").string()};
    named = "interpreter";
  }
  SECTION("no work directory") { job.work_directory = named = "/no/such/folder"; }
  SECTION("no folder for the output") { job.stdout_file = named = "/no/such/folder/out"; }
  SECTION("a zero byte in an argument") {
    job.argv.emplace_back("a\0b", 3);
    named = "a\\x00b";
  }
  const auto result = bench.run(job);
  CHECK(result.outcome == Outcome::not_started);
  INFO(result.message);
  CHECK(result.message.find(named) != std::string::npos);
  CHECK(bench.watch.events().size() == 1);
  CHECK(bench.run(bench.job(2, "true")).outcome == Outcome::exited);  // and the target lives on
}

TEST_CASE("a program is looked up in the job's own PATH, else below its work directory",
          "[contract]") {
  Bench bench(any_factory());
  fs::create_directory(bench.folder.path() / "bin");
  write_file_atomically(bench.folder.path() / "bin" / "tool", "#!/bin/sh\necho mine\n");
  fs::permissions(bench.folder.path() / "bin" / "tool", fs::perms::owner_all);
  auto job = bench.job(1, "");
  job.argv = {"tool"};
  SECTION("absolute") { job.environment = {"PATH=" + (bench.folder.path() / "bin").string()}; }
  SECTION("relative") { job.environment = {"PATH=/usr/bin:bin"}; }
  SECTION("path") { job.argv = {"bin/tool"}; }
  CHECK(bench.run(job).exit_code == 0);
  CHECK(bench.out(1) == "mine\n");
}

TEST_CASE("outputs go to files that are made anew", "[contract]") {
  Bench bench(any_factory());
  write_file_atomically(bench.folder.path() / "out1", "an earlier attempt's");
  bench.run(bench.job(1, "echo to out; echo to err >&2"));
  CHECK(bench.out(1) == "to out\n");
  CHECK(read_file(bench.folder.path() / "err1") == "to err\n");
}

TEST_CASE("a job has just its environment, directory, no input and no other files", "[contract]") {
  const int inherited = ::dup(STDIN_FILENO);             // without O_CLOEXEC: a careless library's
  const auto old_action = std::signal(SIGHUP, SIG_IGN);  // as under nohup
  Bench bench(any_factory());
  auto job = bench.job(1, "");
  job.environment = {"B=2 3", "A=", "NAME=größe\n"};
  job.argv = {"/usr/bin/env", "-0"};
  bench.run(job);
  CHECK(bench.out(1) == std::string("B=2 3\0A=\0NAME=größe\n\0", 23));
  bench.run(bench.job(2, R"(pwd; cat; ls /proc/self/fd | wc -l
    # Not SIGQUIT, which bash ignores, nor the two that libc keeps for itself.
    while read -r name value; do
      case $name in SigBlk:|SigIgn:) echo $name $((0x$value & 0x7ffffffb));; esac
    done < /proc/$$/status
    ps -o sid=,pgid= -p $$ | tr -s ' ')"));
  ::close(inherited);
  std::signal(SIGHUP, old_action);
  const auto pid = std::to_string(bench.watch.started({2}).pid);
  const auto out = bench.out(2);
  INFO(out);
  CHECK(out.find(fs::canonical(bench.folder.path()).string() + "\n4\n") == 0);  // 0 1 2, and ls's
  CHECK(out.find("SigBlk: 0\nSigIgn: 0\n") != std::string::npos);
  CHECK(out.find(pid + " " + pid + "\n") != std::string::npos);  // its own session and group
}

TEST_CASE("what a job used is counted", "[contract]") {
  Bench bench(any_factory());
  const auto result = bench.run(bench.job(
      1, "x=$(head -c 60000000 /dev/zero | tr '\\0' x); for ((i=0;i<60000;i++)); do :; done"));
  CHECK(result.usage.user_time > 1ms);
  CHECK(result.usage.peak_memory_bytes > 60'000'000);
  CHECK(result.usage.peak_memory_bytes < 4'000'000'000);
}

TEST_CASE("what a job leaves behind is ended before it counts as finished", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, test::stray_script(bench.folder.path() / "pids") + "exit 3");
  job.grace = 300ms;
  bool alone = true;
  SECTION("alone") {}
  SECTION("beside another job that also leaves a daemon") {
    alone = false;
    bench.target->submit(
        bench.job(2, "(setsid sleep 1000 & echo $! > .other; mv .other other); sleep 1000"));
    REQUIRE(test::eventually([&] { return fs::exists(bench.folder.path() / "other"); }));
  }
  const auto result = bench.run(job);
  const auto pids = bench.wait_for_pids();
  REQUIRE(pids.size() == 5);
  CHECK(test::running_of(pids).empty());
  CHECK(result.outcome == Outcome::exited);
  CHECK(result.exit_code == 3);
  CHECK(result.lingering >= 4);
  if (!alone) {
    const auto others = test::read_pids(bench.folder.path() / "other");
    CHECK(test::running_of(others) == others);  // a sister job's processes are left alone
    bench.target->cancel({2}, true);
    bench.watch.finished({2});
    CHECK(test::running_of(others).empty());
  }
}

TEST_CASE("a child that ends by itself just after the main process is not killed", "[contract]") {
  Bench bench(any_factory());
  const auto result = bench.run(bench.job(1, "(sleep 0.05; echo done > late) & exit 0"));
  CHECK(read_file(bench.folder.path() / "late") == "done\n");
  CHECK(result.lingering == 0);
}

TEST_CASE("a job that takes too long is ended with all its processes", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, "");
  job.timeout = 1000ms;
  SECTION("by TERM") {
    job.argv[2] = "trap 'echo bye; exit 5' TERM; while :; do sleep 0.01; done";
    const auto result = bench.run(job);
    CHECK(result.outcome == Outcome::timed_out);
    CHECK(result.exit_code == 5);
    CHECK(bench.out(1) == "bye\n");
  }
  SECTION("by KILL after the grace period") {
    job.grace = 300ms;
    job.argv[2] = "trap '' TERM; " + test::stray_script(bench.folder.path() / "pids") +
                  "while :; do sleep 1000; done";
    const auto result = bench.run(job);
    CHECK(result.outcome == Outcome::timed_out);
    CHECK(result.signal == SIGKILL);
    CHECK(test::running_of({static_cast<pid_t>(bench.watch.started({1}).pid)}).empty());
    if (fs::exists(bench.folder.path() / "pids"))
      CHECK(test::running_of(bench.wait_for_pids()).empty());
  }
}

TEST_CASE("a job that ends in time is not touched by its timeout", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, "exit 4");
  job.timeout = 30s;
  CHECK(bench.run(job).outcome == Outcome::exited);
}

TEST_CASE("cancel sends TERM to the whole tree, and KILL after the grace period", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, test::stray_script(bench.folder.path() / "pids"));
  SECTION("a job that ends at TERM has its grace period") {
    job.argv[2] =
        "trap 'echo bye; exit 0' TERM; (setsid bash -c 'trap \"echo too; exit\" TERM; "
        "touch ready; while :; do sleep 0.01; done' &)\nuntil [ -e ready ]; do sleep "
        "0.01; done; echo $$ > .pids; mv .pids pids; while :; do sleep 0.01; done";
    bench.target->submit(job);
    REQUIRE_FALSE(bench.wait_for_pids().empty());
    bench.target->cancel({1}, false);
    CHECK(bench.watch.finished({1}).outcome == Outcome::cancelled);
    CHECK((bench.out(1) == "bye\ntoo\n" || bench.out(1) == "too\nbye\n"));
  }
  SECTION("what ignores TERM is killed") {
    job.argv[2] = "trap '' TERM\n" + job.argv[2] + "while :; do sleep 1000; done";
    job.grace = 300ms;
    bench.target->submit(job);
    const auto pids = bench.wait_for_pids();
    CHECK(test::running_of(pids) == pids);
    bench.target->cancel({1}, false);
    const auto result = bench.watch.finished({1});
    CHECK(result.outcome == Outcome::cancelled);
    CHECK(result.signal == SIGKILL);
    CHECK(test::running_of(pids).empty());
  }
  SECTION("a stopped process ends too") {
    job.argv[2] = "echo $$ > .pids; mv .pids pids; kill -STOP $$; sleep 1000";
    job.grace = 30s;
    bench.target->submit(job);
    REQUIRE_FALSE(bench.wait_for_pids().empty());
    bench.target->cancel({1}, false);
    CHECK(bench.watch.finished({1}).signal == SIGTERM);
  }
}

TEST_CASE("cancel at once kills at once, also during the grace period", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, "trap '' TERM\n" + test::stray_script(bench.folder.path() / "pids") +
                              "while :; do sleep 1000; done");
  job.grace = 1h;
  bench.target->submit(job);
  const auto pids = bench.wait_for_pids();
  SECTION("first") {}
  SECTION("after a plain cancel") { bench.target->cancel({1}, false); }
  bench.target->cancel({1}, true);
  const auto result = bench.watch.finished({1});
  CHECK(result.outcome == Outcome::cancelled);
  CHECK(result.signal == SIGKILL);
  CHECK(test::running_of(pids).empty());
}

TEST_CASE("cancel of an unknown or finished job does nothing", "[contract]") {
  Bench bench(any_factory());
  bench.target->cancel({99}, true);
  bench.run(bench.job(1, "exit 0"));
  bench.target->cancel({1}, false);
  bench.target->cancel({1}, true);
  bench.run(bench.job(2, "exit 0"));
  CHECK(bench.watch.events().size() == 4);
}

TEST_CASE("many quick jobs each start and finish once", "[contract]") {
  Bench bench(any_factory());
  constexpr std::uint64_t count = 200;
  for (std::uint64_t id = 1; id <= count; ++id) {
    auto job = bench.job(id, "");
    job.argv = {"/bin/sh", "-c", "exit " + std::to_string(id % 100)};
    bench.target->submit(job);
  }
  std::map<std::uint64_t, int> seen;
  for (std::uint64_t id = 1; id <= count; ++id) {
    const auto result = bench.watch.finished({id});
    CHECK(result.outcome == Outcome::exited);
    CHECK(result.exit_code == static_cast<int>(id % 100));
  }
  for (const auto& event : bench.watch.events()) {
    if (const auto* started = std::get_if<JobStarted>(&event))
      CHECK(++seen[started->job.value] == 1);
    else
      CHECK(++seen[std::get<JobFinished>(event).job.value] == 2);
  }
}

TEST_CASE("submit and cancel do not wait for the jobs, however many there are", "[contract]") {
  Bench bench(any_factory());
  constexpr std::uint64_t count = 300;
  auto job = bench.job(0, "sleep 1000");
  job.environment.push_back("LONG=" + std::string(100'000, 'x'));  // 30 MB in all
  for (std::uint64_t id = 1; id <= count; ++id) {
    job.id = {id};
    bench.target->submit(job);
    bench.target->cancel({id}, true);
  }
  for (std::uint64_t id = 1; id <= count; ++id)
    CHECK(bench.watch.finished({id}).outcome == Outcome::cancelled);
}

TEST_CASE("a command line that no kernel takes is an answer, not an end", "[contract]") {
  Bench bench(any_factory());
  auto job = bench.job(1, "true");
  SECTION("too long for exec") { job.argv.emplace_back(10'000'000, 'x'); }
  SECTION("too long for a frame") { job.argv.emplace_back(std::size_t{80} << 20U, 'x'); }
  CHECK(bench.run(job).outcome == Outcome::not_started);
  CHECK(bench.run(bench.job(2, "true")).outcome == Outcome::exited);
}

TEST_CASE("the destructor kills what is left and returns after the last event", "[contract]") {
  Bench bench(any_factory());
  const auto file = bench.folder.path() / "pids";
  bench.target->submit(bench.job(1, test::stray_script(file) + "sleep 1000"));
  const auto pids = bench.wait_for_pids();
  bench.target->submit(bench.job(2, "trap '' TERM; sleep 1000"));
  bench.target.reset();
  CHECK(test::running_of(pids).empty());
  const auto events = bench.watch.events();
  CHECK(bench.watch.finished_count() == 2);
  for (const auto& event : events)
    if (const auto* finished = std::get_if<JobFinished>(&event))
      CHECK(finished->outcome == Outcome::cancelled);
}

TEST_CASE("a target that was given nothing ends at once", "[contract]") {
  Bench bench(any_factory());
  bench.target.reset();
  CHECK(bench.watch.events().empty());
}

}  // namespace mlpipe
