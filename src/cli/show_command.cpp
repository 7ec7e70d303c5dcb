// Commands that show recorded runs: runs, show, why (of a run).
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_why.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

using nlohmann::json;

Colour colour_of(Status status) {
  switch (status) {
    case Status::completed:
      return Colour::green;
    case Status::failed:
    case Status::not_responding:
      return Colour::red;
    case Status::canceled:
    case Status::cancel_requested:
    case Status::skipped:
      return Colour::yellow;
    case Status::not_started:
    case Status::queued:
    case Status::preparing:
    case Status::running:
    case Status::finalizing:
      return Colour::blue;
  }
  return Colour::plain;
}

json run_json(const RunRecord& run) {
  return {{"run_id", run.id},
          {"pipeline", run.pipeline},
          {"experiment", run.experiment},
          {"status", to_text(run.status)},
          {"started", json_time(run.started)},
          {"finished", json_time(run.finished)},
          {"spec_file", run.spec_file},
          {"command_line", run.command_line},
          {"host", run.host},
          {"user", run.user},
          {"mlpipe_version", run.version},
          {"message", run.message},
          {"tags", run.tags},
          {"properties", run.properties}};
}

json attempt_json(const Attempt& attempt, const StateDirectory& state) {
  json value = {{"number", attempt.number},
                {"status", to_text(attempt.status)},
                {"exit_code", nullptr},
                {"signal", nullptr},
                {"message", attempt.message},
                {"pid", attempt.pid},
                {"started", json_time(attempt.started)},
                {"finished", json_time(attempt.finished)},
                {"user_seconds", json_seconds(attempt.user_time)},
                {"system_seconds", json_seconds(attempt.system_time)},
                {"peak_memory_bytes", attempt.peak_memory_bytes},
                {"lingering_processes", attempt.lingering},
                {"stdout_file", (state.root / attempt.stdout_file).string()},
                {"stderr_file", (state.root / attempt.stderr_file).string()}};
  if (attempt.exit_code) value["exit_code"] = *attempt.exit_code;
  if (attempt.signal) value["signal"] = *attempt.signal;
  return value;
}

json output_json(const OutputRecord& output) {
  return {{"name", output.name},
          {"object", output.object.hex()},
          {"content_hash", output.content_hash.hex()},
          {"type", output.is_file ? "uri_file" : "uri_folder"},
          {"file_name", output.file_name},
          {"bytes", output.bytes},
          {"files", output.files}};
}

json metric_json(const Metric& metric) {
  json value = {{"name", metric.name},
                {"value", json::parse(metric.value, nullptr, false)},
                {"time", json_time(metric.time)},
                {"step", nullptr}};
  if (metric.step) value["step"] = *metric.step;
  return value;
}

json step_json(OpenedHistory& opened, const StepRunRecord& step) {
  json value = {{"step", step.step},
                {"status", to_text(step.status)},
                {"reused", step.reused},
                {"reason", step.reason},
                {"message", step.message},
                {"started", json_time(step.started)},
                {"finished", json_time(step.finished)},
                {"fingerprint", nullptr},
                {"from_run", nullptr},
                {"varying", false},
                {"outputs", json::array()},
                {"metrics", json::array()},
                {"attempts", json::array()}};
  if (step.fingerprint) value["fingerprint"] = step.fingerprint->hex();
  if (step.result)
    if (const auto result = opened.history.find_result(*step.result)) {
      value["from_run"] = result->run_id;
      value["varying"] = result->varying;
      value["duration_seconds"] = json_seconds(result->duration);
      for (const auto& output : result->outputs) value["outputs"].push_back(output_json(output));
    }
  const auto producer = opened.producer_of(step);
  for (const auto& metric : opened.history.metrics_of(producer))
    value["metrics"].push_back(metric_json(metric));
  for (const auto& attempt : opened.history.attempts_of(producer))
    value["attempts"].push_back(attempt_json(attempt, opened.state));
  return value;
}

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
  std::vector<std::pair<std::string, std::string>> last;
  for (const auto& metric : metrics) {
    const auto found = std::find_if(last.begin(), last.end(), [&metric](const auto& each) {
      return each.first == metric.name;
    });
    if (found == last.end())
      last.emplace_back(metric.name, metric.value);
    else
      found->second = metric.value;
  }
  std::string text;
  for (const auto& [name, value] : last)
    text += fmt::format("{}{}={}", text.empty() ? "" : "  ", name, value.substr(0, 10));
  return text;
}

void print_step(OpenedHistory& opened, const StepRunRecord& step, std::size_t width,
                const Terminal& out) {
  const std::string_view word = step.reused ? "Reused" : to_text(step.status);
  std::string took;
  std::string memory;
  const auto producer = opened.producer_of(step);
  const auto attempts = opened.history.attempts_of(producer);
  if (!attempts.empty()) {
    took = duration_text(attempts.back().finished - attempts.back().started);
    if (attempts.back().finished == TimePoint{})
      took = duration_text(now() - attempts.back().started);
    memory = size_text(attempts.back().peak_memory_bytes);
  }
  std::string reason = step.message.empty() ? step.reason : step.message;
  const auto lines = split(reason, '\n');
  fmt::print("{}  {}  {:>11}  {:>9}  {}\n", padded(step.step, width),
             out.coloured(padded(word, 9), colour_of(step.status)), took, memory, lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i)
    fmt::print("{}  {}\n", padded("", width + 2 + 9 + 2 + 11 + 2 + 9), lines[i]);
  const std::string metrics = metrics_text(opened.history.metrics_of(producer));
  if (!metrics.empty())
    fmt::print("{}  {}\n", padded("", width), out.coloured(metrics, Colour::grey));
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
  std::size_t width = 8;
  for (const auto& run : runs) width = std::max(width, columns_of(run.pipeline));
  for (const auto& run : runs)
    fmt::print("{}  {}  {}  {:>12}  {}  {}\n", run.id,
               out.coloured(padded(to_text(run.status), 13), colour_of(run.status)),
               local_time_text(run.started), duration_text(elapsed(run)),
               padded(run.pipeline, width), tags_text(run));
  return 0;
}

int show_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const auto steps = opened.steps_of(run);
  if (arguments.json) {
    json document = run_json(run);
    document["resolved_spec"] = json::parse(run.resolved_spec, nullptr, false);
    document["git_diff"] = nullptr;
    if (const auto diff = run.properties.find("mlpipe.git.diff"); diff != run.properties.end())
      if (const auto hash = parse_hash(diff->second))
        document["git_diff"] = opened.history.text_of(*hash);
    document["steps"] = json::array();
    for (const auto& step : steps) document["steps"].push_back(step_json(opened, step));
    fmt::print("{}\n", json_document(document));
    return 0;
  }
  const Terminal out(1);
  print_head(run, out);
  fmt::print("\n");
  std::size_t width = 8;
  for (const auto& step : steps) width = std::max(width, columns_of(step.step));
  for (const auto& step : steps) print_step(opened, step, width, out);
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
