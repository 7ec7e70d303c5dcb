#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/workspace.h"
#include "engine/machine_memory.h"
#include "engine/state_directory.h"
#include "engine/step_environment.h"
#include "remote/remote_host.h"

namespace mlpipe {

/// What tells the machine of a compute target with `ssh`, and the place of its root, from others:
/// "user@host:port root", with the ssh_config that says what the host is. For the record of what
/// lies there; a target of another name may be the same machine.
[[nodiscard]] std::string machine_name(const ComputeTargetConfig& target);

/// Why ssh cannot log in with the target's `identity_file:` ("… does not exist"); "" if it can try,
/// or there is none. It goes on with other keys then, so that is no error.
[[nodiscard]] std::string missing_key_text(const ComputeTargetConfig& target);
/// The same with the place in mlpipe.yaml, and what to do.
[[nodiscard]] std::string missing_key_warning(const ComputeTargetConfig& target);

inline constexpr std::string_view missing_key_advice =
    "name the private key to log in with; without it ssh tries the keys that it knows";

/// How the program ssh gets to a target that has `ssh`.
[[nodiscard]] SshSettings ssh_settings_of(const ComputeTargetConfig& target);

/// What this workspace is called on other machines: a file's name. From a number of its own (a
/// container may have the host name and the paths of another), its host and its path (a copy of it
/// is another workspace). Before its first run it has no number, and is called "none-yet": what it
/// asks then (`compute test`, `plan`) it asks in a place that goes with who asked.
[[nodiscard]] std::string workspace_name_elsewhere(const std::filesystem::path& state_directory);

/// The machines, by machine_name(), that this workspace ever asked for anything: what was sent
/// there lies there, whether a result says so or not.
[[nodiscard]] std::vector<std::string> noted_machines(const StateDirectory& state);

/// The machines behind SSH that a run works with, each reached when it is first asked for
/// something.
class RemoteMachines {
 public:
  /// `state_directory` tells this workspace from others over there. `targets` are those of the
  /// workspace, and outlive this object.
  RemoteMachines(const std::filesystem::path& state_directory,
                 const std::vector<ComputeTargetConfig>& targets);

  /// Those of the workspace that are called so, by machine_name(). Do not connect.
  [[nodiscard]] std::vector<std::string> known(std::vector<std::string> names) const;
  [[nodiscard]] const ComputeTargetConfig& target_called(const std::string& name) const;
  [[nodiscard]] RemoteHost& host_called(const std::string& name);

  /// Where events of jobs and news of connections go, both on other threads; news from before it
  /// is set come at once, or are taken by take_untold(). `transfers` are told of what is sent and
  /// fetched.
  void tell(JobEventSink sink, std::function<void(const MachineNews&)> news,
            TransferTold transfers = {});

  [[nodiscard]] std::vector<std::string> take_untold();

  /// People are told, once, that steps which have to run there will fail.
  void tell_unreached(const ComputeTargetConfig& target, const NoConnection& error);

  /// The run was canceled: connections that are lost are not made again, and those that never were
  /// are not waited for; what is sent or fetched for steps that have not begun is given up, and
  /// throws. Any thread.
  void cancel_run();
  [[nodiscard]] bool is_run_canceled() const { return is_run_canceled_; }
  /// All connections are cut: whatever waits for one throws.
  void give_up_at_once();

  /// `target` has `ssh` and outlives this object. Does not connect.
  [[nodiscard]] RemoteHost& host(const ComputeTargetConfig& target);

  /// The variables that steps get there, before anything of their own. Throws Error(system) if the
  /// machine cannot be reached.
  [[nodiscard]] Variables base_environment_of(const ComputeTargetConfig& target);

  /// Asks the machine. Throws NoConnection if it cannot be reached.
  [[nodiscard]] RemoteInterpreter interpreter(const ComputeTargetConfig& target,
                                              const EnvironmentConfig& environment,
                                              const std::string& language);

  /// The same, but of a machine that cannot be reached what it said last, with when that was, and
  /// people are told so. Throws NoConnection if it was never asked, or may be another one by now.
  struct KnownInterpreter {
    RemoteInterpreter interpreter;
    std::optional<TimePoint> as_of;  ///< Nothing: it said so now.
  };
  [[nodiscard]] KnownInterpreter known_interpreter(const ComputeTargetConfig& target,
                                                   const EnvironmentConfig& environment,
                                                   const std::string& language);
  /// platform_name() over there, known in the same way.
  [[nodiscard]] std::string known_platform(const ComputeTargetConfig& target);

 private:
  /// way_to() a machine as ssh says it now, which costs some 10 ms; asked once.
  [[nodiscard]] std::string way_there(const ComputeTargetConfig& target);
  template <class Ask>
  [[nodiscard]] MachineAnswer asked_or_remembered(const ComputeTargetConfig& target,
                                                  const MachineQuestion& question, const Ask& ask,
                                                  bool& is_remembered);
  void tell_people(const MachineNews& news);
  void tell_missing_key(const ComputeTargetConfig& target);
  [[nodiscard]] bool is_first_word_of(const std::string& machine);

  struct Machine {
    std::string helper;  ///< The bytes of a `helper:`.
    std::unique_ptr<RemoteHost> host;
  };

  StateDirectory state_;
  std::string workspace_;
  std::map<std::string, const ComputeTargetConfig*, std::less<>> targets_;  ///< By machine_name().
  std::mutex told_mutex_;  ///< For the next five; taken by the hosts' threads.
  JobEventSink sink_;
  TransferTold transfers_;
  std::function<void(const MachineNews&)> news_;
  std::vector<std::string> untold_;  ///< News that came while the run was planned.
  std::set<std::string> told_away_;  ///< Machines of which people know that they are.
  std::atomic<bool> is_run_canceled_ = false;
  std::mutex ways_mutex_;
  std::map<std::string, std::string> ways_;  ///< By machine_name().
  std::mutex machines_mutex_;                ///< Whoever has it may wait for a host's threads.
  std::map<std::string, Machine> machines_;  ///< By machine_name().
};

/// Where an object lies in a store below `root`, as ObjectStore has it: only a name.
[[nodiscard]] std::filesystem::path remote_content(const std::filesystem::path& root,
                                                   const Hash& object);

}  // namespace mlpipe
