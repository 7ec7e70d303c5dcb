#include "engine/outside_programs.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "engine/file_trace.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr const char* system_path = "/usr/bin:/bin:/usr/local/bin";

std::optional<fs::path> find_outside(const std::string& name, const Variables& caller) {
  if (const auto path = caller.find("PATH"); path != caller.end())
    if (auto found = find_program(name, path->second); found && found->is_absolute()) return found;
  return find_program(name, system_path);
}

/// "step 'a' is", "the steps 'a' and 'b' are", "3 steps ('a', 'b' …) are"
std::string steps_text(const std::vector<std::string>& steps) {
  if (steps.size() == 1) return fmt::format("step '{}' is", steps.front());
  if (steps.size() == 2) return fmt::format("the steps '{}' and '{}' are", steps[0], steps[1]);
  return fmt::format("{} steps ('{}', '{}' …) are", steps.size(), steps[0], steps[1]);
}

}  // namespace

fs::path isolating_program(const Variables& caller) {
  if (auto found = find_outside("bwrap", caller)) return *found;
  fail(ErrorKind::system,
       "there is no program 'bwrap', by which a step with `isolation: declared` is isolated: "
       "install Debian's package bubblewrap (apt-get install bubblewrap), or write "
       "`isolation: none`");
}

void check_isolation(const Variables& caller, const std::vector<std::string>& steps) {
  const auto program = isolating_program(caller);
  ProcessSpec spec;
  spec.argv = {program, "--ro-bind",    "/", "/",  "--dev-bind", "/proc", "/proc", "--dev",
               "/dev",  "--remount-ro", "/", "--", "/bin/true"};
  spec.work_directory = "/";
  const auto result = run_process(spec);
  if (result.ok()) return;
  const std::string said = printable(trim(result.err));
  fail(
      ErrorKind::system,
      "{} to be isolated (isolation: declared), and this machine does not let '{}' do it: {}\n"
      "see whether users may make namespaces (sysctl kernel.unprivileged_userns_clone=1, "
      "user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0); in a container, "
      "whether it may (docker run --security-opt seccomp=unconfined --cap-add SYS_ADMIN). Or write "
      "`isolation: none`",
      steps_text(steps), program.native(),
      said.empty() ? fmt::format("exit code {}", result.exit_code) : said);
}

fs::path tracing_program(const Variables& caller) {
  if (auto found = find_outside("strace", caller)) return *found;
  fail(ErrorKind::system,
       "there is no program 'strace', by which --trace-inputs sees what steps read: install "
       "Debian's package strace (apt-get install strace)");
}

void check_tracing(const Variables& caller) {
  const auto program = tracing_program(caller);
  // As steps are traced. With -D it is no failure of `true` that strace cannot attach: its words
  // tell.
  ProcessSpec spec;
  spec.argv = {program, "-D",
               "-f",    "-qq",
               "-y",    "--seccomp-bpf",
               "-e",    "signal=none",
               "-e",    "trace=" + traced_calls(),
               "-o",    "/dev/null",
               "--",    "/bin/true"};
  spec.work_directory = "/";
  const auto result = run_process(spec);
  const std::string said = printable(trim(result.err));
  if (result.ok() && said.empty()) return;
  fail(ErrorKind::system,
       "--trace-inputs: '{}' cannot trace programs here: {}\nsee whether users may "
       "(sysctl kernel.yama.ptrace_scope=1 or less); in a container, whether it may "
       "(docker run --cap-add SYS_PTRACE)",
       program.native(), said.empty() ? fmt::format("exit code {}", result.exit_code) : said);
}

}  // namespace mlpipe
