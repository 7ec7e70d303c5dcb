// Commands that show recorded runs: runs, show, why (of a run).
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_json.h"
#include "cli/run_why.h"
#include "cli/show_timeline.h"
#include "cli/status_colour.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

using nlohmann::json;

std::string tags_text(const RunRecord& run) {
  std::string text;
  for (const auto& [name, value] : run.tags)
    text += (text.empty() ? "" : ", ") + name + (value.empty() ? "" : "=" + value);
  return text;
}

Duration elapsed(const RunRecord& run) {
  if (run.finished != TimePoint{}) return run.finished - run.started;
  return is_final(run.status) ? Duration{} : now() - run.started;
}

void print_head(const RunRecord& run, const Terminal& out) {
  const auto row = [](std::string_view name, std::string_view value) {
    if (!value.empty()) fmt::print("{:<11} {}\n", name, value);
  };
  const auto property = [&run](const char* name) {
    const auto found = run.properties.find(name);
    return found == run.properties.end() ? std::string() : found->second;
  };
  row("run", out.coloured(run.id, Colour::bold));
  row("pipeline", run.pipeline + "  (" + run.spec_file + ")");
  row("experiment", run.experiment);
  row("status", out.coloured(to_text(run.status), colour_of(run.status)) +
                    (run.message.empty() ? "" : ": " + run.message));
  row("started",
      fmt::format("{}, took {}", local_time_text(run.started), duration_text(elapsed(run))));
  row("by", fmt::format("{} on {}", run.user, run.host));
  std::string commit = property("azureml.git.commit");
  if (!commit.empty()) {
    commit = commit.substr(0, 12);
    if (!property("azureml.git.branch").empty())
      commit += fmt::format(" on {}", property("azureml.git.branch"));
    if (property("azureml.git.dirty") == "True") commit += ", with uncommitted changes";
  }
  row("git", commit);
  row("tags", tags_text(run));
}

/// Of several values under one name the last one counts here; --json has all.
std::string metrics_text(const std::vector<Metric>& metrics) {
  std::string text;
  for (const auto& metric : last_values(metrics))
    text +=
        fmt::format("{}{}={}", text.empty() ? "" : "  ", metric.name, metric.value.substr(0, 10));
  return text;
}

void add_step(Table& table, const StepDetails& details) {
  const StepRunRecord& step = details.record;
  const auto duration = details.duration();
  table.add({{step.step},
             {std::string(step.reused ? "Reused" : to_text(step.status)), colour_of(step.status)},
             {duration ? duration_text(*duration) : ""},
             {details.attempts.empty() ? "" : size_text(details.attempts.back().peak_memory_bytes)},
             {step.message.empty() ? step.reason : step.message}});
  const std::string metrics = metrics_text(details.metrics);
  if (!metrics.empty()) table.add({{}, {}, {}, {}, {metrics, Colour::grey}});
}

}  // namespace

int runs_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  auto runs = opened.history.newest_runs(arguments.limit);
  for (auto& run : runs) run = opened.as_it_is_now(std::move(run));
  if (arguments.json) {
    json list = json::array();
    for (const auto& run : runs) list.push_back(run_json(run));
    fmt::print("{}\n", json_document({{"runs", list}}));
    return 0;
  }
  const Terminal out(1);
  Table table({{}, {}, {}, {"", Table::Align::right}, {"", Table::Align::left, true}, {}});
  for (const auto& run : runs)
    table.add({{run.id},
               {std::string(to_text(run.status)), colour_of(run.status)},
               {local_time_text(run.started)},
               {duration_text(elapsed(run))},
               {run.pipeline},
               {tags_text(run)}});
  fmt::print("{}", table.text(out));
  return 0;
}

int show_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const auto details = load_details(opened.history, run, opened.steps_of(run));
  if (arguments.json) {
    json document = run_json(run);
    document["resolved_spec"] = json::parse(run.resolved_spec, nullptr, false);
    document["git_diff"] = nullptr;
    if (const auto diff = run.properties.find("mlpipe.git.diff"); diff != run.properties.end())
      if (const auto hash = parse_hash(diff->second))
        document["git_diff"] = opened.history.text_of(*hash);
    document["steps"] = json::array();
    for (const auto& step : details.steps)
      document["steps"].push_back(step_json(step, opened.state));
    fmt::print("{}\n", json_document(document));
    return 0;
  }
  const Terminal out(1);
  print_head(run, out);
  fmt::print("\n");
  Table table({{"", Table::Align::left, true},
               {},
               {"", Table::Align::right},
               {"", Table::Align::right},
               {"", Table::Align::left, true}});
  for (const auto& step : details.steps) add_step(table, step);
  fmt::print("{}", table.text(out));
  fmt::print("{}", timeline_text(details, out, arguments.timeline));
  return 0;
}

int why_of_run(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.spec);
  std::vector<StepRunRecord> steps;
  if (arguments.step.empty())
    steps = opened.steps_of(run);
  else
    steps.push_back(opened.find_step(run, arguments.step));
  json list = json::array();
  for (const auto& step : steps) {
    list.push_back({{"step", step.step},
                    {"status", to_text(step.status)},
                    {"reused", step.reused},
                    {"reason", step.reason},
                    {"message", step.message}});
    if (arguments.json) continue;
    const bool executed = step.started != TimePoint{} && !step.reused;
    fmt::print("{} {} in run {}:\n", step.step,
               step.reused ? "was reused" : (executed ? "ran" : "did not run"), run.id);
    const std::string& reason = executed || step.reused ? step.reason : step.message;
    for (const auto line : split(reason, '\n')) fmt::print("  {}\n", line);
  }
  if (arguments.json) fmt::print("{}\n", json_document({{"run_id", run.id}, {"steps", list}}));
  return 0;
}

}  // namespace mlpipe
