#include "engine/distribution.h"

#include "base/error.h"
#include "engine/isolation.h"
#include "unit/engine/execution_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using Words = std::vector<std::string>;

std::optional<std::string> value_in(const Job& job, const std::string& name) {
  for (const auto& entry : job.environment)
    if (entry.starts_with(name + "=")) return entry.substr(name.size() + 1);
  return std::nullopt;
}

}  // namespace

TEST_CASE("a step of several processes is started by this program, with a folder for their logs") {
  Execution one;
  const Words plain = one.prepared().argv;
  one.step.settings.edit().distribution = Distribution{.processes = 2};
  const auto logs = one.ground / "logs" / "train.1.ranks";
  Words words{"/proc/self/exe", "ranks", "pytorch", "2", "0", logs.string(), "--"};
  words.insert(words.end(), plain.begin(), plain.end());
  CHECK(one.prepared().argv == words);
  CHECK(stat_file(logs));

  one.step.settings.edit().distribution =
      Distribution{.kind = Distribution::Kind::tensorflow, .processes = 3, .parameter_servers = 2};
  words = one.prepared().argv;
  CHECK(Words(words.begin() + 2, words.begin() + 5) == Words{"tensorflow", "3", "2"});
}

TEST_CASE("an isolated step's processes can write their logs") {
  Execution one;
  one.step.settings.edit().isolation = Isolation::declared;
  one.step.settings.edit().distribution = Distribution{.processes = 2};
  const auto shown = shown_to(one.execution);
  const auto found = shown.find(one.ground / "logs" / "train.1.ranks");
  REQUIRE(found != shown.end());
  CHECK(found->second.how == ShownPath::How::writable);
}

TEST_CASE("who starts the processes of a traced step is found and shown") {
  Execution one;
  one.step.settings.edit().distribution = Distribution{.processes = 2};
  name_rank_starter(one.execution);
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  CHECK(one.prepared().argv.front() == program);
  CHECK(one.execution.installed == std::vector<std::filesystem::path>{program});
}

TEST_CASE("an mpi step is started by the mpirun of its own PATH") {
  Execution one;
  one.step.settings.edit().distribution =
      Distribution{.kind = Distribution::Kind::mpi, .processes = 4};
  const auto folder = one.ground / "mpi";
  put_file(folder / "mpirun", "#!/bin/sh\n");
  set_mode(folder / "mpirun", 0755);
  one.step.settings.edit().environment_variables["PATH"] = folder.string() + ":/usr/bin:/bin";
  one.execution.mpi_starter = mpi_starter(one.step, {{"PATH", "/nowhere"}});
  CHECK(one.execution.mpi_starter == folder / "mpirun");
  const Job job = one.prepared();
  CHECK(Words(job.argv.begin(), job.argv.begin() + 4) ==
        Words{(folder / "mpirun").string(), "-n", "4", "/bin/bash"});
  CHECK(value_in(job, "OMPI_MCA_rmaps_base_oversubscribe") == "1");
  one.step.settings.edit().environment_variables["OMPI_MCA_rmaps_base_oversubscribe"] = "0";
  CHECK(value_in(one.prepared(), "OMPI_MCA_rmaps_base_oversubscribe") == "0");
}

TEST_CASE("without mpirun an mpi step is refused with what to install") {
  Step step{.name = "train"};
  CHECK(mpi_starter(step, {{"PATH", "/nowhere"}}).empty());
  step.settings.edit().distribution = Distribution{.kind = Distribution::Kind::pytorch};
  CHECK(mpi_starter(step, {{"PATH", "/nowhere"}}).empty());
  step.settings.edit().distribution = Distribution{.kind = Distribution::Kind::mpi};
  try {
    (void)mpi_starter(step, {{"PATH", "/nowhere"}});
    FAIL("it was not refused");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::invalid_file);
    CHECK_THAT(error.what(), Contains("step 'train'") && Contains("no 'mpirun' on its PATH"));
  }
}

TEST_CASE("the failure of a process is told with its logs, which are looked at first") {
  Execution one;
  one.step.settings.edit().distribution = Distribution{.processes = 2};
  CHECK(rank_failure_text(one.execution).empty());
  const auto logs = rank_logs(one.execution.stdout_file);
  CHECK(telling_logs(one.execution).second == one.execution.stderr_file);
  put_file(logs / "failure", "rank 1\nexit code 3\nrank1.stdout\nrank1.stderr\n");
  CHECK_THAT(rank_failure_text(one.execution),
             Contains("rank 1: exit code 3 (it wrote to rank1.stdout and rank1.stderr in"));
  CHECK(telling_logs(one.execution).second == logs / "rank1.stderr");

  put_file(logs / "failure", "rank 1\nexit code 3\n../../x\n/etc/passwd\n");  // a step may lie
  CHECK(telling_logs(one.execution).second == one.execution.stderr_file);
}

}  // namespace mlpipe
