#include "support/ssh_host.h"

#include <stdexcept>

#include "base/process.h"
#include "remote/embedded_helper.h"

namespace mlpipe::test {

SshHost::SshHost() { call("start"); }

SshHost::~SshHost() {
  try {
    stop();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the test has its result
  }
}

RemoteHost::Options SshHost::options() const {
  return {.ssh = {.target = "far", .host = "far", .ssh_config = folder_.path() / "ssh_config"},
          .helper = embedded_helper(),
          .workspace = "test"};
}

std::filesystem::path SshHost::root() const {
  return folder_.path() / "far.home/.cache/mlpipe/workspaces/test";
}

void SshHost::stop() const { call("stop"); }
void SshHost::start_again() const { call("again"); }

void SshHost::call(const std::string& command) const {
  ProcessSpec spec{.argv = {"bash", MLPIPE_REPOSITORY "/tests/support/sshd.sh", command,
                            folder_.path().string(), "far"},
                   .work_directory = "/"};
  const auto result = run_process(spec);
  if (!result.ok()) throw std::runtime_error("sshd.sh " + command + ": " + result.err);
}

}  // namespace mlpipe::test
