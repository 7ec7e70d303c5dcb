// The programs mlpipe starts, and the compute targets and environments of mlpipe.yaml.
#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/compute_judgement.h"
#include "engine/health.h"
#include "target/interpreter.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A program that something needs.
struct NeededProgram {
  const char* name;
  const char* without;         ///< What does not work without it.
  HealthCheck::Level missing;  ///< How bad that is for everybody.
};

constexpr std::array<NeededProgram, 8> needed_programs = {{
    {"bash", "no command step can run", HealthCheck::Level::problem},
    {"git", "runs may not record the state of their repository", HealthCheck::Level::warning},
    {"python3", "no Python step can run", HealthCheck::Level::warning},
    {"Rscript", "no step in R can run", HealthCheck::Level::ok},
    {"diff", "`mlpipe diff --code` shows no lines", HealthCheck::Level::warning},
    {"bwrap", "steps cannot be kept from what they do not declare (`isolation: declared`)",
     HealthCheck::Level::ok},
    {"strace", "what steps read cannot be traced (`--trace-inputs`)", HealthCheck::Level::ok},
    {"sqlite3", "the database can only be looked at through mlpipe", HealthCheck::Level::ok},
}};

std::string path_variable(const Variables& variables) {
  const auto found = variables.find("PATH");
  return found == variables.end() ? std::string() : found->second;
}

/// The first line of what `--version` prints; "" if it prints none.
std::string version_of_program(const fs::path& program) {
  constexpr std::chrono::seconds patience(10);
  const auto answer = run_process({.argv = {program, "--version"},
                                   .work_directory = "/",
                                   .timeout = patience,
                                   .output_limit = 4096});
  if (!answer.ok()) return {};
  const std::string& text = answer.out.empty() ? answer.err : answer.out;
  return printable(trim(split(text, '\n').front()));
}

void check_program(const NeededProgram& needed, const std::string& path, HealthReport& report) {
  const std::string name = std::string("program ") + needed.name;
  const bool is_bash = std::string_view(needed.name) == "bash";
  // Steps start this very bash.
  const auto found =
      is_bash
          ? (::access("/bin/bash", X_OK) == 0 ? std::optional<fs::path>("/bin/bash") : std::nullopt)
          : find_program(needed.name, path);
  if (found) {
    const auto version = version_of_program(*found);
    if (version.empty() && needed.missing != HealthCheck::Level::ok)
      report.warning(name, fmt::format("'{}' does not say its version", printable(found->native())),
                     "see whether it starts at all");
    else
      report.ok(name, fmt::format("{} ('{}')", version.empty() ? "found" : version,
                                  printable(found->native())));
    return;
  }
  const auto text = fmt::format("not found in PATH: {}", needed.without);
  const std::string advice = fmt::format("install {} if you need that", needed.name);
  switch (needed.missing) {
    case HealthCheck::Level::ok:
      report.ok(name, text);
      break;
    case HealthCheck::Level::warning:
      report.warning(name, text, advice);
      break;
    case HealthCheck::Level::problem:
      report.problem(name, text, advice);
      break;
  }
}

void check_environment(const EnvironmentConfig& environment, const HealthSubject& subject,
                       InterpreterProbe& probe, HealthReport& report) {
  const std::string name = fmt::format("environment {}", printable(environment.name));
  if (environment.type != "system") {
    report.warning(name,
                   fmt::format("its type '{}' cannot be run here", printable(environment.type)),
                   "give it `type: system`, or use `mlpipe run --local`");
    return;
  }
  if (environment.python.empty()) {
    report.ok(name, "the system's programs, as PATH finds them");
    return;
  }
  try {
    const auto program = interpreter_program("python", environment, subject.caller);
    const auto identity = probe.identify(program);
    report.ok(name, fmt::format("{}, {} ('{}')", identity.version,
                                counted(identity.distributions.size(), "package"),
                                printable(program.native())));
  } catch (const Error& error) {
    report.problem(name, error.what(), "steps in this environment cannot run until it is mended");
  }
}

void check_target(const ComputeTargetConfig& target, HealthReport& report) {
  const std::string name = fmt::format("compute target {}", printable(target.name));
  if (target.ssh) {
    report.ok(name, fmt::format("on '{}': `mlpipe compute test {}` looks at it",
                                printable(target.ssh->host), shell_quoted(target.name)));
    return;
  }
  if (target.type != "local") {
    report.warning(name, fmt::format("its type '{}' cannot be run here", printable(target.type)),
                   "give it `type: local`, or use `mlpipe run --local`");
    return;
  }
  HealthReport found;
  judge_capacity(target, own_machine(), found);
  const auto before = report.checks().size();
  for (const auto& check : found.checks())
    if (check.level != HealthCheck::Level::ok) report.warning(name, check.text, check.advice);
  if (report.checks().size() == before) report.ok(name, "this machine");
}

}  // namespace

void check_programs(const HealthSubject& subject, HealthReport& report) {
  const auto path = path_variable(base_environment(subject.caller));
  for (const auto& needed : needed_programs) check_program(needed, path, report);
}

void check_places(const HealthSubject& subject, HealthReport& report) {
  for (const auto& target : subject.workspace.compute_targets) check_target(target, report);
  // Asked anew: an answer that is remembered does not say whether the interpreter starts.
  InterpreterProbe probe("/dev/null/none", run_process, as_list(base_environment(subject.caller)));
  for (const auto& environment : subject.workspace.environments)
    check_environment(environment, subject, probe, report);
}

}  // namespace mlpipe
