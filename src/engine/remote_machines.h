#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/workspace.h"
#include "engine/step_environment.h"
#include "remote/remote_host.h"
#include "target/interpreter_identity.h"

namespace mlpipe {

/// One interpreter of another machine.
struct RemoteInterpreter {
  std::filesystem::path program;
  InterpreterIdentity identity;
};

/// How the program ssh gets to a target that has `ssh`.
[[nodiscard]] SshSettings ssh_settings_of(const ComputeTargetConfig& target);

/// What this workspace is called on other machines: a file's name.
[[nodiscard]] std::string workspace_name_elsewhere(const std::filesystem::path& state_directory);

/// The machines behind SSH that a run works with, each reached when it is first asked for
/// something.
class RemoteMachines {
 public:
  /// `state_directory` tells this workspace from others over there.
  explicit RemoteMachines(const std::filesystem::path& state_directory);

  /// Where events of jobs and news of connections go; before it is set, nobody is told. Both on
  /// other threads.
  void tell(JobEventSink sink, std::function<void(const std::string&)> news);

  /// `target` has `ssh` and outlives this object. Does not connect.
  [[nodiscard]] RemoteHost& host(const ComputeTargetConfig& target);

  /// The variables that steps get there, before anything of their own. Throws Error(system) if the
  /// machine cannot be reached.
  [[nodiscard]] Variables base_environment_of(const ComputeTargetConfig& target);

  /// Asks the machine.
  [[nodiscard]] RemoteInterpreter interpreter(const ComputeTargetConfig& target,
                                              const EnvironmentConfig& environment,
                                              const std::string& language);

 private:
  struct Machine {
    std::string helper;  ///< The bytes of a `helper:`.
    std::unique_ptr<RemoteHost> host;
  };

  std::string workspace_;
  std::mutex mutex_;
  JobEventSink sink_;
  std::function<void(const std::string&)> news_;
  std::map<const ComputeTargetConfig*, Machine> machines_;
};

/// Where an object lies in a store below `root`, as ObjectStore has it: only a name.
[[nodiscard]] std::filesystem::path remote_content(const std::filesystem::path& root,
                                                   const Hash& object);

}  // namespace mlpipe
