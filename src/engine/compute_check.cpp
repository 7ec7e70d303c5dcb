#include "engine/compute_check.h"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <exception>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/compute.h"
#include "engine/compute_judgement.h"
#include "engine/remote_machines.h"
#include "remote/place_look.h"
#include "target/interpreter.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using Level = HealthCheck::Level;

/// What was said of one target, where it is clear of which.
std::string without_target(std::string_view text, const ComputeTargetConfig& target) {
  const auto head = fmt::format("compute target '{}'", target.name);
  if (!text.starts_with(head)) return std::string(text);
  const auto end = text.find(": ", head.size());  // the login may stand before it
  return std::string(end == std::string_view::npos ? text : text.substr(end + 2));
}

/// One interpreter that steps of a target start.
struct WantedPython {
  std::string name;  ///< Of the check.
  EnvironmentConfig environment;
  Level missing = Level::warning;
  std::string advice;
};

/// The target's own, and those of the environments that name one. What an environment names may be
/// meant for another machine.
std::vector<WantedPython> wanted_pythons(const ComputeTargetConfig& target,
                                         const Workspace& workspace) {
  std::vector<WantedPython> wanted;
  if (target.ssh && !target.ssh->python.empty())
    wanted.push_back({"python",
                      {.name = "system"},
                      Level::problem,
                      "correct `python:` of the compute target, or install it there"});
  else
    wanted.push_back({"python",
                      {.name = "system"},
                      Level::warning,
                      "install python3 there if steps need it, or name one with `python:`"});
  for (const auto& environment : workspace.environments)
    if (environment.type == "system" && !environment.python.empty())
      wanted.push_back({fmt::format("environment {}", printable(environment.name)), environment,
                        Level::warning, "no step in this environment can run on this target"});
  return wanted;
}

template <class Identify>
void check_pythons(const ComputeTargetConfig& target, const Workspace& workspace,
                   HealthReport& report, const Identify& identify) {
  for (const auto& wanted : wanted_pythons(target, workspace)) {
    try {
      const RemoteInterpreter found = identify(wanted.environment);
      report.ok(wanted.name, fmt::format("{}, {} ('{}')", found.identity.version,
                                         counted(found.identity.distributions.size(), "package"),
                                         printable(found.program.native())));
    } catch (const Error& error) {
      const auto text = without_target(error.what(), target);
      if (wanted.missing == Level::problem)
        report.problem(wanted.name, text, wanted.advice);
      else
        report.warning(wanted.name, text, wanted.advice);
    }
  }
}

std::string user_there(const Greeting& greeting) {
  for (const auto& variable : greeting.environment)
    if (variable.starts_with("USER=")) return variable.substr(5);
  return {};
}

std::string helper_text(const ComputeTargetConfig& target, RemoteHost& host,
                        const PlaceAnswer& place) {
  const auto& own = target.ssh->helper;
  return fmt::format(
      "{}, {}; {}",
      own.empty() ? "that of mlpipe " MLPIPE_VERSION : fmt::format("'{}'", printable(own.native())),
      host.has_brought_helper() ? "brought now" : "was there already", printable(place.system));
}

/// Of a workspace that has no place of its own yet.
bool is_passing(const Greeting& greeting) {
  return greeting.root.filename().native().starts_with(passing_place);
}

/// Where the workspace's things lie over there, or will.
fs::path folder_there(const Greeting& greeting) {
  return is_passing(greeting) ? greeting.root.parent_path() : greeting.root;
}

/// Of a place that goes again, its rights say nothing of the one that the first run makes.
void judge_folder_there(const Greeting& greeting, const PlaceAnswer& place, HealthReport& report) {
  if (is_passing(greeting) && place.write_problem.empty() && place.open_folders.empty())
    report.ok("folder", fmt::format("none yet: the first run makes it in '{}'",
                                    printable(folder_there(greeting).native())));
  else
    judge_folder(folder_there(greeting), place, report);
}

void check_behind_ssh(const ComputeTargetConfig& target, const Workspace& workspace,
                      HealthReport& report) {
  if (const auto missing = missing_key_text(target); !missing.empty())
    report.warning("identity_file", missing, std::string(missing_key_advice));
  RemoteMachines machines(workspace.state_directory, workspace.compute_targets);
  auto& host = machines.host(target);  // reads the file of `helper:`
  host.stop_trying();
  const auto begin = now();
  const auto greeting = host.greeting();
  const auto logged_in = now();
  host.ping();
  const auto back = now();
  const auto user = user_there(greeting);
  report.ok("connection",
            fmt::format("logged in to '{}'{} in {}, a round trip takes {}",
                        printable(greeting.host), user.empty() ? "" : " as " + printable(user),
                        duration_text(logged_in - begin), duration_text(back - logged_in)));
  const auto asked = now();
  const auto place = host.look({});
  const auto answered = now();
  report.ok("helper", helper_text(target, host, place));
  judge_folder_there(greeting, place, report);
  judge_space(greeting.free_bytes, folder_there(greeting), "root", report);
  judge_clock(asked, place.at, answered, report);
  judge_capacity(target,
                 {.is_here = false,
                  .processors = greeting.processors,
                  .memory_bytes = greeting.memory_bytes,
                  .devices = greeting.devices,
                  .has_other_gpus = place.has_other_gpus},
                 report);
  judge_place(place, report);
  check_pythons(target, workspace, report, [&](const EnvironmentConfig& environment) {
    return machines.interpreter(target, environment, "python");
  });
}

/// Where outputs of local steps are kept.
void check_own_folder(const fs::path& state, const PlaceAnswer& place, HealthReport& report) {
  const auto name = printable(state.native());
  if (!stat_file(state))
    report.ok("folder", fmt::format("none yet: the first run makes '{}'", name));
  else if (!place.write_problem.empty())
    report.problem("folder", place.write_problem, "without that nothing can be run or recorded");
  else
    report.ok("folder", fmt::format("'{}'", name));
  auto existing = state;
  while (!stat_file(existing) && existing.has_relative_path()) existing = existing.parent_path();
  struct statvfs disk {};
  if (::statvfs(existing.c_str(), &disk) == 0)
    judge_space(std::uint64_t{disk.f_bavail} * disk.f_frsize, existing, "state_directory", report);
}

void check_this_machine(const ComputeTargetConfig& target, const Workspace& workspace,
                        const Variables& caller, HealthReport& report) {
  const auto place = look_at_place(workspace.state_directory, {});
  check_own_folder(workspace.state_directory, place, report);
  judge_capacity(target, own_machine(), report);
  judge_place(place, report);
  // Asked anew: an answer that is remembered does not say whether the interpreter starts.
  InterpreterProbe probe("/dev/null/none", run_process, as_list(base_environment(caller)));
  check_pythons(target, workspace, report, [&](const EnvironmentConfig& environment) {
    const auto program = interpreter_program("python", environment, caller);
    return RemoteInterpreter{.program = program, .identity = probe.identify(program)};
  });
}

}  // namespace

HealthReport check_compute_target(const ComputeTargetConfig& target, const Workspace& workspace,
                                  const Variables& caller) {
  HealthReport report;
  try {
    if (const auto problem = target_type_problem(target.type); !problem.empty())
      report.problem("type", "it " + problem,
                     "give it `type: local` or `type: ssh`, or use `mlpipe run --local`");
    else if (target.ssh)
      check_behind_ssh(target, workspace, report);
    else
      check_this_machine(target, workspace, caller, report);
  } catch (const Error& error) {  // it says what to do
    report.problem(error.kind() == ErrorKind::invalid_file ? "helper" : "connection",
                   without_target(error.what(), target), "");
  } catch (const std::exception& error) {
    report.problem("connection", bug_text(error.what()), "");
  }
  return report;
}

}  // namespace mlpipe
