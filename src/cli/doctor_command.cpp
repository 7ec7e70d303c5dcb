#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/explicit_workspace.h"
#include "cli/json_text.h"
#include "cli/shown_checks.h"
#include "engine/health.h"

namespace mlpipe {

int doctor_command(const Arguments& arguments) {
  using Level = HealthCheck::Level;
  const auto subject =
      health_subject(explicit_workspace(arguments), std::filesystem::current_path());
  const auto report = check_health(subject);
  const bool healthy = report.count(Level::problem) == 0;
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"healthy", healthy},
                                      {"workspace", subject.workspace.root.string()},
                                      {"version", MLPIPE_VERSION},
                                      {"checks", checks_json(report)}}));
  } else {
    print_checks(report);
    fmt::print("{}: {}, {}\n", counted(report.checks().size(), "check"),
               counted(report.count(Level::problem), "problem"),
               counted(report.count(Level::warning), "warning"));
  }
  constexpr int there_is_a_problem = 3;
  return healthy ? 0 : there_is_a_problem;
}

}  // namespace mlpipe
