#include "engine/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "spec/read_workspace.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::string why_this_root(const fs::path& root, bool is_explicit) {
  if (is_explicit) return "named by -C or MLPIPE_WORKSPACE";
  if (stat_link(root / "mlpipe.yaml")) return "the nearest folder that holds mlpipe.yaml";
  if (stat_link(root / ".mlpipe")) return "the nearest folder that holds .mlpipe";
  return "the current folder, since neither it nor one above holds mlpipe.yaml or .mlpipe";
}

void check_workspace(const HealthSubject& subject, HealthReport& report) {
  const auto& workspace = subject.workspace;
  report.ok("workspace", fmt::format("'{}', {}", printable(workspace.root.native()),
                                     subject.why_this_workspace));
  if (!subject.file_error.empty())
    report.problem("workspace file", subject.file_error, "mend the file, then try again");
  else if (!workspace.file)
    report.ok("workspace file", "none: steps run on this machine in the system's environment");
  for (const auto& warning : workspace.warnings)
    report.warning("workspace file", warning, "see `mlpipe help workspace`");
}

}  // namespace

std::string_view to_text(HealthCheck::Level level) {
  switch (level) {
    case HealthCheck::Level::ok:
      return "ok";
    case HealthCheck::Level::warning:
      return "warning";
    case HealthCheck::Level::problem:
      return "problem";
  }
  return {};
}

std::size_t HealthReport::count(HealthCheck::Level level) const {
  return static_cast<std::size_t>(
      std::count_if(checks_.begin(), checks_.end(),
                    [level](const HealthCheck& check) { return check.level == level; }));
}

HealthSubject health_subject(const std::optional<fs::path>& explicit_root, const fs::path& start) {
  HealthSubject subject{.caller = own_environment()};
  const auto root = find_workspace_root(fs::absolute(start).lexically_normal(), explicit_root);
  subject.why_this_workspace = why_this_root(root, explicit_root.has_value());
  try {
    subject.workspace = read_workspace(root);
  } catch (const Error& error) {
    subject.file_error = error.what();
    subject.workspace.root = root;
    subject.workspace.state_directory = root / ".mlpipe";
  }
  return subject;
}

HealthReport check_health(const HealthSubject& subject) {
  using Check = void (*)(const HealthSubject&, HealthReport&);
  constexpr std::array<std::pair<const char*, Check>, 10> parts = {{
      {"workspace", check_workspace},
      {"filesystem", check_filesystem},
      {"clock", check_clock},
      {"database", check_database},
      {"store", check_store},
      {"left-overs", check_leftovers},
      {"programs", check_programs},
      {"environments", check_places},
      {"jobs elsewhere", check_left_jobs},
      {"machine", check_machine},
  }};
  HealthReport report;
  for (const auto& [name, check] : parts) {
    try {
      check(subject, report);
    } catch (const std::exception& error) {
      report.problem(name, error.what(), "mend what is said here, then try again");
    }
  }
  return report;
}

}  // namespace mlpipe
