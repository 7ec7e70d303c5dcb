#pragma once

#include <string>

#include "base/file.h"
#include "remote/remote_host.h"

namespace mlpipe::test {

/// A real sshd on loopback for as long as this lives (tests/support/sshd.sh): the machine "far",
/// with a home directory of its own. Throws if it cannot be started.
class SshHost {
 public:
  SshHost();
  ~SshHost();
  SshHost(const SshHost&) = delete;
  SshHost& operator=(const SshHost&) = delete;

  [[nodiscard]] RemoteHost::Options options() const;
  /// Where a helper keeps what it has of this test's workspace.
  [[nodiscard]] std::filesystem::path root() const;
  /// End sshd, and all connections with it.
  void stop() const;
  void start_again() const;

 private:
  void call(const std::string& command) const;

  TemporaryFolder folder_;
};

}  // namespace mlpipe::test
