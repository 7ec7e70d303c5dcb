#include "target/rank_launcher.h"

#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "contract/job_watch.h"
#include "support/catch.h"
#include "support/eventually.h"
#include "target/local_target.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using test::JobWatch;

constexpr JobId the_job{7};

/// Runs bash in several ranks through the real supervisor.
struct RankJob {
  TemporaryFolder folder;
  JobWatch watch;
  LocalTarget target{watch.sink()};

  [[nodiscard]] std::filesystem::path logs() const { return folder.path() / "logs"; }
  [[nodiscard]] std::string out_of(const std::string& rank) const {
    return read_file(logs() / (rank + ".stdout"));
  }
  [[nodiscard]] std::string job_out() const { return read_file(folder.path() / "out"); }
  [[nodiscard]] std::string job_err() const { return read_file(folder.path() / "err"); }

  void submit(RankPlan plan, const std::string& script, std::vector<std::string> variables = {}) {
    make_folders(logs());
    plan.logs = logs();
    variables.emplace_back("PATH=/usr/bin:/bin");
    target.submit({.id = the_job,
                   .name = "ranks",
                   .argv = ranked_command("/proc/self/exe", plan, {"/bin/bash", "-c", script}),
                   .environment = std::move(variables),
                   .work_directory = folder.path(),
                   .stdout_file = folder.path() / "out",
                   .stderr_file = folder.path() / "err"});
  }
  JobFinished run(const RankPlan& plan, const std::string& script,
                  std::vector<std::string> variables = {}) {
    submit(plan, script, std::move(variables));
    return watch.finished(the_job);
  }
  [[nodiscard]] bool is_there(const std::string& name) const {
    return stat_file(folder.path() / name).has_value();
  }
  /// The processes that wrote their ids to files "pid…".
  [[nodiscard]] std::vector<pid_t> written_pids() const {
    std::vector<pid_t> pids;
    for (const auto& name : list_names(folder.path()))
      if (name.starts_with("pid"))
        for (const pid_t pid : test::read_pids(folder.path() / name)) pids.push_back(pid);
    return pids;
  }
};

const RankPlan three{.processes = 3};
/// Writes its id down and waits for ever; TERM ends it.
const std::string waits =
    "echo $$ >pid$RANK; trap 'echo >term$RANK; exit 0' TERM; "
    "while :; do sleep 0.05; done";

}  // namespace

TEST_CASE("every rank is told who it is and where the first one is") {
  RankJob job;
  const auto end = job.run(three,
                           "echo $MASTER_ADDR $WORLD_SIZE $NODE_RANK $RANK $LOCAL_RANK "
                           "$LOCAL_WORLD_SIZE $OWN; echo $MASTER_PORT; echo e$RANK >&2",
                           {"OWN=x"});
  CHECK(end.outcome == JobFinished::Outcome::exited);
  CHECK(end.exit_code == 0);
  const std::string first = job.job_out();
  const std::string second = job.out_of("rank1");
  CHECK_THAT(first, Catch::Matchers::StartsWith("127.0.0.1 3 0 0 0 3 x\n"));
  CHECK_THAT(second, Catch::Matchers::StartsWith("127.0.0.1 3 0 1 1 3 x\n"));
  CHECK_THAT(job.out_of("rank2"), Catch::Matchers::StartsWith("127.0.0.1 3 0 2 2 3 x\n"));
  const auto port = first.substr(first.find('\n'));
  CHECK(std::stoi(port) > 1023);
  CHECK(second.substr(second.find('\n')) == port);
  CHECK(read_file(job.logs() / "rank2.stderr") == "e2\n");
  CHECK(job.job_err() == "e0\n");
  CHECK_FALSE(rank_failure(job.logs()));
}

TEST_CASE("one rank is one process, and a port of the step's own stays") {
  RankJob job;
  CHECK(job.run({}, "echo $WORLD_SIZE $MASTER_ADDR:$MASTER_PORT",
                {"MASTER_ADDR=localhost", "MASTER_PORT=1234"})
            .exit_code == 0);
  CHECK(job.job_out() == "1 localhost:1234\n");
  CHECK(list_names(job.logs()).empty());
}

TEST_CASE("when a rank fails the others are ended, and it is named with its exit code") {
  RankJob job;
  const auto end =
      job.run(three,
              "if [ $RANK = 1 ]; then until [ -e pid0 -a -e pid2 ]; do sleep 0.01; done; "
              "echo broken >&2; exit 3; fi; " +
                  waits);
  CHECK(end.outcome == JobFinished::Outcome::exited);
  CHECK(end.exit_code == 3);
  CHECK(end.lingering == 0);
  CHECK(job.is_there("term0"));
  CHECK(job.is_there("term2"));
  CHECK(test::running_of(job.written_pids()).empty());
  const auto failure = rank_failure(job.logs());
  REQUIRE(failure);
  CHECK(failure->process == "rank 1");
  CHECK(failure->how == "exit code 3");
  CHECK(read_file(failure->stderr_log) == "broken\n");
  CHECK_THAT(job.job_err(), Contains("mlpipe: rank 1: exit code 3"));
}

TEST_CASE("a rank that a signal ended, and one that cannot be started, are failures") {
  {
    RankJob job;
    CHECK(job.run(three, "[ $RANK = 0 ] && kill -KILL $$; sleep 60").exit_code == 128 + SIGKILL);
    CHECK(rank_failure(job.logs())->process == "rank 0");
    CHECK_THAT(rank_failure(job.logs())->how, Contains("signal 9"));
    CHECK(rank_failure(job.logs())->stderr_log.empty());
  }
  RankJob job;
  make_folders(job.logs());
  RankPlan plan = three;
  plan.logs = job.logs();
  job.target.submit({.id = the_job,
                     .name = "ranks",
                     .argv = ranked_command("/proc/self/exe", plan, {"/no/such/program"}),
                     .environment = {},
                     .work_directory = job.folder.path(),
                     .stdout_file = job.folder.path() / "out",
                     .stderr_file = job.folder.path() / "err"});
  CHECK(job.watch.finished(the_job).exit_code == 127);
  CHECK_THAT(rank_failure(job.logs())->how, Contains("cannot run '/no/such/program'"));
}

TEST_CASE("cancelling reaches every rank, and what ignores it is killed") {
  RankJob job;
  job.submit(three,
             "[ $RANK = 2 ] && { echo $$ >pid2; trap '' TERM; "
             "while :; do sleep 0.05; done; }; " +
                 waits);
  REQUIRE(test::eventually([&job] { return job.written_pids().size() == 3; }));
  job.target.cancel(the_job, false);
  CHECK(job.watch.finished(the_job).outcome == JobFinished::Outcome::cancelled);
  CHECK(job.is_there("term0"));
  CHECK(job.is_there("term1"));
  CHECK(test::running_of(job.written_pids()).empty());
}

TEST_CASE("no rank outlives a launcher that was killed") {
  RankJob job;
  job.submit(three, waits);
  const auto started = job.watch.started(the_job);
  REQUIRE(test::eventually([&job] { return job.written_pids().size() == 3; }));
  ::kill(static_cast<pid_t>(started.pid), SIGKILL);
  const auto end = job.watch.finished(the_job);
  CHECK(end.outcome == JobFinished::Outcome::signalled);
  CHECK(end.lingering >= 3);
  CHECK(test::running_of(job.written_pids()).empty());
}

TEST_CASE("tensorflow's workers and servers get one TF_CONFIG, each with its own task") {
  RankJob job;
  const auto end =
      job.run({.kind = RankPlan::Kind::tensorflow, .processes = 2, .parameter_servers = 1},
              "echo \"$TF_CONFIG\"; case $TF_CONFIG in *'\"type\":\"ps\"'*) trap 'exit 9' TERM; "
              "touch served; while :; do sleep 0.05; done;; esac; "
              "until [ -e served ]; do sleep 0.01; done");
  CHECK(end.exit_code == 0);  // servers do not end by themselves
  std::set<std::string> places;
  const auto look = [&places](const std::string& text, const char* type, int index) {
    const auto config = nlohmann::json::parse(text);
    CHECK(config["task"] == nlohmann::json({{"type", type}, {"index", index}}));
    CHECK(config["environment"] == "cloud");
    REQUIRE(config["cluster"]["worker"].size() == 2);
    REQUIRE(config["cluster"]["ps"].size() == 1);
    for (const auto& kind : config["cluster"])
      for (const auto& place : kind) places.insert(place.get<std::string>());
  };
  look(job.job_out(), "worker", 0);
  look(job.out_of("worker1"), "worker", 1);
  look(job.out_of("ps0"), "ps", 0);
  CHECK(places.size() == 3);  // the same in all three
}

}  // namespace mlpipe
