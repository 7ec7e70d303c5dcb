#include "contract/hold_target.h"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "contract/stray_script.h"
#include "target/local_target.h"

namespace mlpipe::test {

std::optional<int> run_as_held_target(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "hold-target") != 0) return std::nullopt;
  const std::filesystem::path folder = argv[2];
  LocalTarget target([](const JobEvent&) {});
  target.submit({.id = {1},
                 .name = "held",
                 .argv = {"/bin/bash", "-c", stray_script(folder / "job") + "wait"},
                 .environment = {"PATH=/usr/bin:/bin"},
                 .work_directory = folder,
                 .stdout_file = folder / "out",
                 .stderr_file = folder / "err"});
  write_file_atomically(folder / "driver", std::to_string(::getpid()) + "\n" +
                                               std::to_string(target.supervisor()) + "\n");
  for (;;) ::pause();
}

}  // namespace mlpipe::test
