#include "view/report_origin.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "core/manifest.h"
#include "view/report_steps.h"

namespace mlpipe {

namespace {

using nlohmann::json;

Markup code(std::string_view value) { return element("code", {}, value); }

Markup name_and_value(std::string_view name, const Markup& value) {
  return element("dt", {}, name) + element("dd", {}, value);
}

Markup collapsed(std::string_view summary, std::string_view content) {
  return element(
      "details", {{"class", "block"}},
      element("summary", {}, summary) +
          element("div", {{"class", "text"}, {"tabindex", "0"}}, element("pre", {}, content)));
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

Markup two_columns(std::string_view first, std::string_view second, const Markup& rows) {
  const Markup heads =
      element("th", {{"scope", "col"}}, first) + element("th", {{"scope", "col"}}, second);
  return element(
      "div", {{"class", "scroll"}},
      element("table", {},
              element("thead", {}, element("tr", {}, heads)) + element("tbody", {}, rows)));
}

Markup row(std::string_view name, const Markup& value) {
  return element("tr", {}, element("th", {{"scope", "row"}}, name) + element("td", {}, value));
}

/// An interpreter as manifests name it, and the steps that used it.
struct UsedInterpreter {
  std::string language;
  std::string identity;
  std::vector<std::size_t> steps;
};

std::vector<UsedInterpreter> interpreters_of(const ReportData& data) {
  std::vector<UsedInterpreter> used;
  for (std::size_t i = 0; i < data.details.steps.size(); ++i) {
    const auto& step = data.details.steps[i];
    // A reused step's manifest is kept once, with its result.
    const auto manifest = decode_manifest(
        step.record.manifest.empty() && step.result ? step.result->manifest : step.record.manifest);
    if (!manifest) continue;
    for (const auto& part : *manifest) {
      if (part.kind != PartKind::environment || part.name.empty()) continue;
      const auto found = std::find_if(used.begin(), used.end(), [&part](const auto& each) {
        return each.language == part.name && each.identity == part.value;
      });
      if (found != used.end())
        found->steps.push_back(i);
      else
        used.push_back({.language = part.name, .identity = part.value, .steps = {i}});
    }
  }
  return used;
}

/// Identities end in the hash of their long text (engine/step_facts.cpp).
std::string long_text(const std::string& identity, const std::map<Hash, std::string>& texts) {
  const auto hash = parse_hash(std::string_view(identity).substr(identity.rfind(' ') + 1));
  if (!hash) return {};
  const auto found = texts.find(*hash);
  return found == texts.end() ? std::string() : found->second;
}

}  // namespace

Markup parameters_part(const ReportData& data) {
  const json spec = parse_json_object(data.details.run.resolved_spec);
  Markup rows;
  if (const auto values = spec.find("parameters"); values != spec.end() && values->is_object())
    for (const auto& [name, value] : values->items()) rows += row(name, code(text_of(value)));
  if (const auto inputs = spec.find("inputs"); inputs != spec.end() && inputs->is_object())
    for (const auto& [name, value] : inputs->items())
      rows += row(
          name, code(text_of(value.is_object() && value.contains("path") ? value["path"] : value)));
  return rows.empty() ? Markup() : two_columns("Parameter or input", "Value", rows);
}

Markup tags_part(const ReportData& data) {
  Markup rows;
  for (const auto& [name, value] : data.details.run.tags) rows += row(name, text(value));
  return rows.empty() ? Markup() : two_columns("Tag", "Value", rows);
}

Markup git_part(const ReportData& data) {
  const auto& properties = data.details.run.properties;
  const auto property = [&properties](const char* name) {
    const auto found = properties.find(name);
    return found == properties.end() ? std::string() : found->second;
  };
  Markup list;
  const auto add = [&list](std::string_view name, const Markup& value) {
    list += name_and_value(name, value);
  };
  const std::string commit = property("azureml.git.commit");
  if (commit.empty()) return {};
  add("Commit", code(commit));
  if (const auto branch = property("azureml.git.branch"); !branch.empty())
    add("Branch", text(branch));
  if (const auto from = property("azureml.git.repository_uri"); !from.empty())
    add("Repository", text(from));
  add("Uncommitted changes", text(property("azureml.git.dirty") == "True" ? "yes" : "no"));
  if (const auto note = property("mlpipe.git.note"); !note.empty()) add("Note", text(note));
  Markup part = element("dl", {}, list);
  if (!data.git_diff.empty()) part += collapsed("The uncommitted changes", data.git_diff);
  return part;
}

Markup environment_part(const ReportData& data) {
  Markup part;
  for (const auto& used : interpreters_of(data)) {
    const std::string packages = long_text(used.identity, data.texts);
    std::string name = used.identity;  // "cpython 3.11.2, 99 distributions <hash>"
    if (const auto hash = name.rfind(' '); hash != std::string::npos && !packages.empty())
      name = name.substr(0, hash);
    constexpr std::size_t most = 12;
    Markup steps = text(" used by ");
    for (std::size_t i = 0; i < used.steps.size() && i < most; ++i)
      steps += (i == 0 ? Markup() : text(", ")) + step_link(data, used.steps[i]);
    if (used.steps.size() > most)
      steps += text(fmt::format(" and {} more", used.steps.size() - most));
    part += element("p", {}, element("b", {}, name) + steps);
    if (!packages.empty()) part += collapsed("Installed packages", packages);
  }
  return part;
}

Markup invocation_part(const ReportData& data) {
  const RunRecord& run = data.details.run;
  Markup list;
  if (!run.command_line.empty()) list += name_and_value("Command", code(run.command_line));
  list += name_and_value("Pipeline file", code(run.spec_file));
  list += name_and_value("Experiment", text(run.experiment));
  list += name_and_value("Host", text(run.host));
  list += name_and_value("User", text(run.user));
  list += name_and_value("mlpipe", text(run.version));
  const json spec = parse_json_object(data.details.run.resolved_spec);
  Markup part = element("dl", {}, list);
  if (!spec.empty())
    part += collapsed("The pipeline as it ran, every override applied",
                      spec.dump(2, ' ', false, json::error_handler_t::replace));
  return part;
}

}  // namespace mlpipe
