#include <cstdio>

#include "remote/helper.h"
#include "target/enclosed_start.h"
#include "target/rank_launcher.h"
#include "target/supervisor.h"

int main(int argc, char** argv) {
  if (const auto exit_code = mlpipe::run_as_supervisor(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_rank_launcher(argc, argv)) return *exit_code;
  if (const auto exit_code = mlpipe::run_as_helper(argc, argv)) return *exit_code;
  std::fputs("this is a part of mlpipe, which starts it on other machines\n", stderr);
  return 2;
}
