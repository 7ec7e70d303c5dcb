#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/explicit_workspace.h"
#include "cli/json_text.h"
#include "cli/terminal.h"
#include "engine/health.h"

namespace mlpipe {

namespace {

using Level = HealthCheck::Level;

Colour level_colour(Level level) {
  switch (level) {
    case Level::ok:
      return Colour::green;
    case Level::warning:
      return Colour::yellow;
    case Level::problem:
      return Colour::red;
  }
  return Colour::plain;
}

void print_health(const HealthReport& report) {
  const Terminal out(1);
  std::size_t width = 0;
  for (const auto& check : report.checks()) width = std::max(width, columns_of(check.name));
  constexpr std::size_t level_width = 9;
  for (const auto& check : report.checks()) {
    const std::string indent(level_width + width + 2, ' ');
    std::string head =
        out.coloured(padded(to_text(check.level), level_width), level_colour(check.level)) +
        padded(check.name, width + 2);
    for (const auto line : split(check.text, '\n')) {
      fmt::print("{}{}\n", head, for_locale(printable(line)));
      head = indent;
    }
    if (!check.advice.empty()) fmt::print("{}{}\n", indent, for_locale(check.advice));
  }
  fmt::print("{}: {}, {}\n", counted(report.checks().size(), "check"),
             counted(report.count(Level::problem), "problem"),
             counted(report.count(Level::warning), "warning"));
}

}  // namespace

int doctor_command(const Arguments& arguments) {
  const auto subject =
      health_subject(explicit_workspace(arguments), std::filesystem::current_path());
  const auto report = check_health(subject);
  const bool healthy = report.count(Level::problem) == 0;
  if (arguments.json) {
    nlohmann::json checks = nlohmann::json::array();
    for (const auto& check : report.checks())
      checks.push_back(
          {{"name", check.name},
           {"level", to_text(check.level)},
           {"text", check.text},
           {"advice", check.advice.empty() ? nlohmann::json() : nlohmann::json(check.advice)}});
    fmt::print("{}\n", json_document({{"healthy", healthy},
                                      {"workspace", subject.workspace.root.string()},
                                      {"version", MLPIPE_VERSION},
                                      {"checks", checks}}));
  } else {
    print_health(report);
  }
  constexpr int there_is_a_problem = 3;
  return healthy ? 0 : there_is_a_problem;
}

}  // namespace mlpipe
