// The one file that compiles Catch2's runner.
#define CATCH_CONFIG_RUNNER
#include "contract/hold_target.h"
#include "support/catch.h"
#include "target/enclosed_start.h"
#include "target/rank_launcher.h"
#include "target/supervisor.h"

int main(int argc, char** argv) {
  if (const auto exit_code = mlpipe::run_as_supervisor(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_rank_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::test::run_as_held_target(argc, argv)) return *exit_code;
  return Catch::Session().run(argc, argv);
}
