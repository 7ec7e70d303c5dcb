// A step of several processes on this machine (`distribution`).
#include "engine/distribution.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

bool is_mpi(const Step& step) {
  return step.settings->distribution &&
         step.settings->distribution->kind == Distribution::Kind::mpi;
}

}  // namespace

fs::path mpi_starter(const Step& step, const Variables& caller) {
  if (!is_mpi(step)) return {};
  auto path = base_environment(caller).at("PATH");
  if (const auto own = step.settings->environment_variables.find("PATH");
      own != step.settings->environment_variables.end())
    path = own->second;
  const auto found = find_program("mpirun", path);
  if (found) return *found;
  const auto message = fmt::format(
      "step '{}' has a distribution of type mpi, and there is no 'mpirun' on its PATH ({}) to "
      "start "
      "its processes: install an MPI (on Debian: `apt install openmpi-bin`), or set PATH under "
      "environment_variables to where it is",
      step.name, path);
  if (step.location.line == 0) fail(ErrorKind::invalid_file, "{}", message);
  throw Error(ErrorKind::invalid_file, located_error(step.location, message, ""));
}

std::vector<std::string> distributed_command(const StepExecution& execution,
                                             const std::vector<std::string>& command) {
  const auto& distribution = execution.step->settings->distribution;
  if (!distribution) return command;
  if (is_mpi(*execution.step)) {
    std::vector<std::string> argv{execution.mpi_starter, "-n",
                                  std::to_string(distribution->processes)};
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
  }
  const RankPlan plan{.kind = distribution->kind == Distribution::Kind::pytorch
                                  ? RankPlan::Kind::pytorch
                                  : RankPlan::Kind::tensorflow,
                      .processes = distribution->processes,
                      .parameter_servers = distribution->parameter_servers,
                      .logs = rank_logs(execution.stdout_file)};
  make_folders(plan.logs);
  // The supervisor is this program too. So it is found where it is not shown, or was replaced.
  const std::string by_supervisor = "/proc/self/exe";
  return ranked_command(
      execution.rank_starter.empty() ? by_supervisor : execution.rank_starter.native(), plan,
      command);
}

void name_rank_starter(StepExecution& execution) {
  if (!has_rank_logs(*execution.step)) return;
  execution.rank_starter = fs::read_symlink("/proc/self/exe");
  execution.installed.push_back(execution.rank_starter);
}

void add_mpi_variables(const StepExecution& execution, Variables& variables) {
  if (!is_mpi(*execution.step)) return;
  // Of Open MPI 4 and 5; others do not ask.
  variables.emplace("OMPI_MCA_rmaps_base_oversubscribe", "1");
  variables.emplace("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
  if (::geteuid() != 0) return;
  variables.emplace("OMPI_ALLOW_RUN_AS_ROOT", "1");
  variables.emplace("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
}

fs::path rank_logs(const fs::path& stdout_file) {
  return fs::path(stdout_file).replace_extension(".ranks");
}

bool has_rank_logs(const Step& step) { return step.settings->distribution && !is_mpi(step); }

std::pair<fs::path, fs::path> telling_logs(const StepExecution& execution) {
  if (has_rank_logs(*execution.step))
    if (const auto failure = rank_failure(rank_logs(execution.stdout_file));
        failure && !failure->stderr_log.empty())
      return {failure->stdout_log, failure->stderr_log};
  return {execution.stdout_file, execution.stderr_file};
}

std::string rank_failure_text(const StepExecution& execution) {
  if (execution.step == nullptr || !has_rank_logs(*execution.step)) return {};
  const auto logs = rank_logs(execution.stdout_file);
  const auto failure = rank_failure(logs);
  if (!failure) return {};
  std::string text = fmt::format("{}: {}", failure->process, failure->how);
  if (!failure->stderr_log.empty())
    text += fmt::format(" (it wrote to {} and {} in {})", failure->stdout_log.filename().native(),
                        failure->stderr_log.filename().native(), printable(logs.native()));
  return text;
}

}  // namespace mlpipe
