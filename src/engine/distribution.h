#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/pipeline.h"
#include "engine/execution.h"
#include "engine/step_environment.h"
#include "target/rank_launcher.h"

namespace mlpipe {

/// mpirun, by which an mpi step's processes are started: on the step's own PATH. Empty for a step
/// that needs none. Throws Error(invalid_file) that names the step and says what to install.
[[nodiscard]] std::filesystem::path mpi_starter(const Step& step, const Variables& caller);

/// What the first and all other processes of a step are started by: `command` itself where the step
/// has no `distribution`. Makes the folder of the logs.
[[nodiscard]] std::vector<std::string> distributed_command(const StepExecution& execution,
                                                           const std::vector<std::string>& command);

/// To be called if another program (strace, a shell) will run distributed_command(): it must find
/// this program, also where it is isolated.
void name_rank_starter(StepExecution& execution);

/// What `mpirun` needs to be told to start as many processes as were asked for, where the step does
/// not say otherwise: more than there are processors, and as root if we are.
void add_mpi_variables(const StepExecution& execution, Variables& variables);

/// Where the processes but the first one write, beside the step's own logs.
[[nodiscard]] std::filesystem::path rank_logs(const std::filesystem::path& stdout_file);

/// Whether the step's processes are started by this program, each with logs of its own.
[[nodiscard]] bool has_rank_logs(const Step& step);

/// The stdout and stderr that tell why an attempt failed: those of the process that failed first.
[[nodiscard]] std::pair<std::filesystem::path, std::filesystem::path> telling_logs(
    const StepExecution& execution);

/// Of an attempt that ended with an exit code: which process failed first, and how; "" if that is
/// not known. "rank 1: exit code 3 (it wrote to rank1.stdout and rank1.stderr in FOLDER)"
[[nodiscard]] std::string rank_failure_text(const StepExecution& execution);

}  // namespace mlpipe
