#include "cli/cli.h"
#include "engine/deliverer.h"
#include "target/enclosed_start.h"
#include "target/rank_launcher.h"
#include "target/supervisor.h"

int main(int argc, char** argv) {
  if (const auto exit_code = mlpipe::run_as_supervisor(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_rank_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_deliverer(argc, argv)) return *exit_code;
  return mlpipe::run_command_line(argc, argv);
}
