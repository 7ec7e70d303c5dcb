// mlpipe compute list, show, test.
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <optional>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/compute_settings.h"
#include "cli/json_text.h"
#include "cli/opened_endpoints.h"
#include "cli/shown_checks.h"
#include "cli/table.h"
#include "engine/compute.h"
#include "engine/compute_check.h"
#include "engine/remote_machines.h"

namespace mlpipe {

namespace {

using nlohmann::json;
using Targets = std::vector<ComputeTargetConfig>;

bool is_default(const ComputeTargetConfig& target) { return target.name == default_compute_target; }

std::string place_text(const SpecLocation& location) {
  if (location.file->empty()) return "always there";
  return fmt::format("{}:{}:{}", printable(*location.file), location.line, location.column);
}

template <class Value>
json json_or_null(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

template <class Value>
std::string text_or_none(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

json listed_json(const ComputeTargetConfig& target) {
  return {
      {"name", target.name},
      {"type", target.type},
      {"is_default", is_default(target)},
      {"host", target.ssh ? json(target.ssh->host) : json()},
      {"max_concurrent_steps", json_or_null(target.max_concurrent_steps)},
      {"cpus", json_or_null(target.cpus)},
      {"memory", json_or_null(target.memory_bytes)},
      {"gpus", json_or_null(target.gpus)},
      {"problem",
       target_type_problem(target.type).empty() ? json() : json(target_type_problem(target.type))},
      {"location", location_json(target.location)}};
}

/// What else is to be known of it.
std::string remark_on(const ComputeTargetConfig& target) {
  if (!target_type_problem(target.type).empty()) return "no step can run there yet";
  if (is_default(target)) return "the default";
  return target.name == "*" ? "for every other name" : "";
}

/// `gpus: []` is a word of its own: steps see none.
std::string gpus_text(const ComputeTargetConfig& target) {
  if (!target.gpus) return {};
  return target.gpus->empty() ? "none" : fmt::format("{}", fmt::join(*target.gpus, ","));
}

void print_targets(const Targets& targets) {
  Table table({{"compute target", Table::Align::left, true},
               {"type"},
               {"host", Table::Align::left, true},
               {"max steps", Table::Align::right},
               {"cpus", Table::Align::right},
               {"memory", Table::Align::right},
               {"gpus"},
               {""}});
  for (const auto& target : targets)
    table.add({{printable(target.name)},
               {printable(target.type)},
               {target.ssh ? printable(target.ssh->host) : ""},
               {text_or_none(target.max_concurrent_steps)},
               {text_or_none(target.cpus)},
               {target.memory_bytes ? size_text(*target.memory_bytes) : ""},
               {gpus_text(target)},
               {remark_on(target)}});
  fmt::print("{}", table.text(Terminal(1)));
}

/// The program and its options, without what it would start over there.
std::vector<std::string> login_command(const ComputeTargetConfig& target) {
  auto command = ssh_command(ssh_settings_of(target), "");
  command.pop_back();
  return command;
}

std::string command_text(const std::vector<std::string>& command) {
  std::string text;
  for (const auto& word : command) text += (text.empty() ? "" : " ") + shell_quoted(word);
  return text;
}

/// Where this workspace keeps what it has over there.
std::string folder_elsewhere(const ComputeTargetConfig& target, const Workspace& workspace) {
  return fmt::format("{}/workspaces/{}", target.ssh->root,
                     workspace_name_elsewhere(workspace.state_directory));
}

json shown_json(const ComputeTargetConfig& target, const Workspace& workspace) {
  json settings = json::object();
  for (const auto& setting : compute_settings(target))
    settings[setting.key] = {{"value", setting.value}, {"is_default", setting.is_default}};
  return {
      {"name", target.name},
      {"type", target.type},
      {"is_default", is_default(target)},
      {"problem",
       target_type_problem(target.type).empty() ? json() : json(target_type_problem(target.type))},
      {"location", location_json(target.location)},
      {"settings", settings},
      {"folder", target.ssh ? json(folder_elsewhere(target, workspace)) : json()},
      {"ssh_command", target.ssh ? json(login_command(target)) : json()}};
}

void print_target(const ComputeTargetConfig& target, const Workspace& workspace) {
  fmt::print("compute target '{}' of type {} ({})\n", printable(target.name),
             printable(target.type), place_text(target.location));
  if (const auto remark = remark_on(target); !remark.empty()) fmt::print("{}\n", remark);
  Table table({{"setting"}, {"value", Table::Align::left, true, true}, {""}});
  for (const auto& setting : compute_settings(target))
    table.add({{setting.key}, {setting.text}, {setting.is_default ? "default" : "", Colour::grey}});
  fmt::print("\n{}", table.text(Terminal(1)));
  if (!target.ssh) return;
  fmt::print("\nkept over there: {}\n", printable(folder_elsewhere(target, workspace)));
  fmt::print("login: {}\n", printable(command_text(login_command(target))));
}

/// Those that are named, each once; without names all.
std::vector<const ComputeTargetConfig*> chosen_targets(const Targets& targets,
                                                       const std::vector<std::string>& names) {
  std::vector<const ComputeTargetConfig*> chosen;
  const auto choose = [&chosen](const ComputeTargetConfig& target) {
    if (std::find(chosen.begin(), chosen.end(), &target) == chosen.end()) chosen.push_back(&target);
  };
  if (names.empty())
    for (const auto& target : targets) choose(target);
  for (const auto& name : names) choose(compute_target_named(targets, name));
  return chosen;
}

std::string heading_of(const ComputeTargetConfig& target) {
  return fmt::format("{} ({}{})", printable(target.name), printable(target.type),
                     target.ssh ? ", " + printable(target.ssh->host) : "");
}

}  // namespace

int list_compute_command(const Arguments& arguments) {
  const auto targets = compute_targets_of(chosen_workspace(arguments));
  if (!arguments.json) {
    print_targets(targets);
    return 0;
  }
  json list = json::array();
  for (const auto& target : targets) list.push_back(listed_json(target));
  fmt::print("{}\n", json_document({{"compute_targets", list}}));
  return 0;
}

int show_compute_command(const Arguments& arguments) {
  const auto workspace = chosen_workspace(arguments);
  const auto targets = compute_targets_of(workspace);
  const auto& target = compute_target_named(targets, arguments.compute_target);
  if (arguments.json)
    fmt::print("{}\n", json_document(shown_json(target, workspace)));
  else
    print_target(target, workspace);
  return 0;
}

int test_compute_command(const Arguments& arguments) {
  using Level = HealthCheck::Level;
  const auto workspace = chosen_workspace(arguments);
  const auto targets = compute_targets_of(workspace);
  const auto chosen = chosen_targets(targets, arguments.compute_targets);
  const auto caller = own_environment();
  std::vector<std::future<HealthReport>> checks;  // all at once: logins take long
  for (const auto* target : chosen)
    checks.push_back(std::async(std::launch::async, [target, &workspace, &caller] {
      return check_compute_target(*target, workspace, caller);
    }));
  json list = json::array();
  std::size_t problems = 0;
  std::size_t warnings = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto report = checks[i].get();
    problems += report.count(Level::problem);
    warnings += report.count(Level::warning);
    list.push_back({{"name", chosen[i]->name},
                    {"type", chosen[i]->type},
                    {"healthy", report.count(Level::problem) == 0},
                    {"checks", checks_json(report)}});
    if (arguments.json) continue;
    fmt::print("{}\n", heading_of(*chosen[i]));
    print_checks(report, "  ");
    std::fflush(stdout);  // the next may take its time
  }
  if (arguments.json)
    fmt::print("{}\n", json_document({{"healthy", problems == 0}, {"compute_targets", list}}));
  else
    fmt::print("{}: {}, {}\n", counted(chosen.size(), "compute target"),
               counted(problems, "problem"), counted(warnings, "warning"));
  constexpr int there_is_a_problem = 3;
  return problems == 0 ? 0 : there_is_a_problem;
}

}  // namespace mlpipe
