#include "cli/shown_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/terminal.h"

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

}  // namespace

void print_checks(const HealthReport& report, std::string_view indent) {
  const Terminal out(1);
  std::size_t width = 0;
  for (const auto& check : report.checks()) width = std::max(width, columns_of(check.name));
  constexpr std::size_t level_width = 9;
  const std::string deeper = std::string(indent) + std::string(level_width + width + 2, ' ');
  for (const auto& check : report.checks()) {
    std::string head =
        std::string(indent) +
        out.coloured(padded(to_text(check.level), level_width), level_colour(check.level)) +
        padded(check.name, width + 2);
    for (const auto line : split(check.text, '\n')) {
      fmt::print("{}{}\n", head, for_locale(printable(line)));
      head = deeper;
    }
    if (!check.advice.empty()) fmt::print("{}{}\n", deeper, for_locale(check.advice));
  }
}

nlohmann::json checks_json(const HealthReport& report) {
  nlohmann::json checks = nlohmann::json::array();
  for (const auto& check : report.checks())
    checks.push_back(
        {{"name", check.name},
         {"level", to_text(check.level)},
         {"text", check.text},
         {"advice", check.advice.empty() ? nlohmann::json() : nlohmann::json(check.advice)}});
  return checks;
}

}  // namespace mlpipe
