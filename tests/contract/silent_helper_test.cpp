// A helper that is stopped, or waits for a disk that is gone: sshd goes on answering for it.
#include <csignal>
#include <mutex>

#include <fmt/format.h>

#include "base/error.h"
#include "support/catch.h"
#include "support/ssh_host.h"
#include "target/process_tree.h"

namespace mlpipe {

namespace {

/// The process that serves below `root`; 0 if there is none.
pid_t helper_below(const std::filesystem::path& root) {
  for (const auto& process : all_processes()) {
    const auto file = fmt::format("/proc/{}/cmdline", process.pid);
    try {
      const auto words = read_file(file);
      if (words.find(std::string("\0serve\0", 7) + root.native()) != std::string::npos)
        return process.pid;
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it has ended
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("a helper that is silent is given up, and another one asked", "[contract]") {
  const test::SshHost host;
  std::mutex mutex;
  std::string told;
  auto options = host.options();
  options.ssh.longest_silence = std::chrono::seconds(1);
  options.told = [&](const MachineNews& news) {
    const std::lock_guard lock(mutex);
    told += news.text + "\n";
  };
  RemoteHost target(std::move(options), [](const JobEvent&) {});
  CHECK_NOTHROW(target.ping());
  const pid_t frozen = helper_below(host.root());
  REQUIRE(frozen != 0);
  REQUIRE(::kill(frozen, SIGSTOP) == 0);
  CHECK_NOTHROW(target.ping());  // of another helper
  ::kill(frozen, SIGCONT);
  const std::lock_guard lock(mutex);
  CHECK(told.find("the helper over there was silent") != std::string::npos);
  CHECK(told.find("connected again") != std::string::npos);
}

}  // namespace mlpipe
