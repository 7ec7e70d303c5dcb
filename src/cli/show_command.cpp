#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_columns.h"
#include "cli/run_json.h"
#include "cli/show_step.h"
#include "cli/show_timeline.h"
#include "cli/shown_notifications.h"
#include "cli/shown_outputs.h"
#include "cli/status_colour.h"
#include "cli/table.h"
#include "engine/left_jobs.h"
#include "engine/publish_pipeline.h"
#include "engine/run_to_repeat.h"
#include "engine/tick_schedules.h"
#include "registry/submissions.h"
#include "view/left_running.h"

namespace mlpipe {

namespace {

using Align = Table::Align;
using nlohmann::json;

std::string property(const RunRecord& run, const char* name) {
  const auto found = run.properties.find(name);
  return found == run.properties.end() ? std::string() : found->second;
}

/// "1a2b3c4d5e6f on main, with uncommitted changes"
std::string git_text(const RunRecord& run) {
  std::string commit = property(run, "azureml.git.commit").substr(0, 12);
  if (commit.empty()) return {};
  if (const auto branch = property(run, "azureml.git.branch"); !branch.empty())
    commit += fmt::format(" on {}", branch);
  if (property(run, "azureml.git.dirty") == "True") commit += ", with uncommitted changes";
  return commit;
}

/// "2 runs before it; …" of a run that waits for its turn; else "".
std::string queue_text(const RunRecord& run, OpenedHistory& opened) {
  if (run.status != Status::queued) return {};
  const auto queued = Submissions(opened.history).queued();
  const auto before = static_cast<std::size_t>(
      std::count_if(queued.begin(), queued.end(), [&](const QueuedRun& each) {
        return each.run < run.key && !opened.live.is_alive(each.run);
      }));
  return opened.live.is_alive(run.key) ? "it is being started"
                                       : counted(before, "run") + " before it";
}

/// "churn, version 2"
std::string endpoint_text(const RunRecord& run) {
  const auto endpoint = property(run, endpoint_property);
  return endpoint.empty()
             ? endpoint
             : fmt::format("{}, version {}", endpoint, property(run, endpoint_version_property));
}

/// On other machines; of a run that goes on nothing is left.
std::vector<JobElsewhere> jobs_left(const RunRecord& run, OpenedHistory& opened) {
  return opened.live.is_alive(run.key) ? std::vector<JobElsewhere>()
                                       : jobs_left_by(run.key, opened.history);
}

void print_head(const RunRecord& run, OpenedHistory& opened, const Terminal& out) {
  const auto row = [](std::string_view name, std::string_view value) {
    if (!value.empty()) fmt::print("{:<11} {}\n", name, value);
  };
  row("run", out.coloured(run.id, Colour::bold));
  row("pipeline", run.pipeline + "  (" + run.spec_file + ")");
  row("experiment", run.experiment);
  row("status", out.coloured(to_text(run.status), colour_of(run.status)) +
                    (run.message.empty() ? "" : ": " + run.message));
  row("queue", queue_text(run, opened));
  const auto took = run.status == Status::queued ? Duration{} : elapsed(run);
  row(run.status == Status::queued ? "submitted" : "started",
      local_time_text(run.started) + (took == Duration{} ? "" : ", took " + duration_text(took)));
  row("by", fmt::format("{} on {}", run.user, run.host));
  for (const auto& job : jobs_left(run, opened))
    row("left there",
        fmt::format("step '{}' may still run on compute target '{}': `mlpipe cancel "
                    "{}` ends it",
                    printable(job.step), printable(place_of(job, opened.workspace)), run.id));
  row("endpoint", endpoint_text(run));
  if (const auto schedule = property(run, schedule_property); !schedule.empty())
    row("schedule", fmt::format("{}, due {}", schedule, property(run, trigger_time_property)));
  row("repeats", property(run, repeated_run_property));
  row("git", git_text(run));
  row("parameters", printable(joined_values(run.parameters)));
  row("tags", printable(joined_values(run.tags)));
  if (run.pinned) row("pinned", out.coloured("yes", Colour::yellow));
  if (run.deleted != TimePoint{})
    row("deleted", out.coloured(local_time_text(run.deleted), Colour::yellow));
}

/// Why it ran or failed. What a reused step took then must not look as if it were spent now.
std::string reason_text(const StepDetails& details, const RunRecord& run) {
  const StepRunRecord& step = details.record;
  std::string reason = step.message.empty() ? step.reason : step.message;
  if (const auto left = left_running_text(details, run); !left.empty())
    reason += (reason.empty() ? "" : "\n") + left;
  const auto duration = details.duration();
  if (step.reused && duration) {
    reason += fmt::format("; it took {}", duration_text(*duration));
    if (const auto place = place_of(details.attempts.back()); !place.empty())
      reason += fmt::format(" on {}", printable(place));
  }
  if (!step.reused && step.message.empty() && !details.attempts.empty() &&
      !details.attempts.back().message.empty())
    reason += "; " + details.attempts.back().message;
  if (details.result && details.result->varying)
    reason += "\nvarying: the same work gave other outputs at another time";
  return reason;
}

void print_steps(const RunDetails& details, const Terminal& out) {
  Table table({{"step", Align::left, true, true},
               {"status"},
               {"took", Align::right},
               {"memory", Align::right},
               {"on"},
               {"why", Align::left, true, true}});
  for (const auto& step : details.steps) {
    const bool spent = !step.record.reused && !step.attempts.empty();
    const auto memory = spent ? step.attempts.back().peak_memory_bytes : 0;
    table.add({{step.record.step},
               {step.record.reused ? "Reused" : std::string(to_text(step.record.status)),
                colour_of(step.record.status)},
               {spent && step.duration() ? duration_text(*step.duration()) : ""},
               {memory == 0 ? "" : size_text(memory)},
               {printable(spent ? place_of(step.attempts.back()) : "")},
               {reason_text(step, details.run)}});
  }
  fmt::print("\n{}", table.text(out));
}

/// Of several values under one name the last one counts here; --json has all.
void print_metrics(const RunDetails& details, const Terminal& out) {
  Table table({{"step", Align::left, true, true}, {"metrics", Align::left, true, true}});
  for (const auto& step : details.steps) {
    std::string text;
    for (const auto& metric : last_values(step.metrics))
      text += fmt::format("{}{}={}", text.empty() ? "" : "  ", printable(metric.name),
                          short_metric(metric.value));
    if (!text.empty()) table.add({{step.record.step}, {text}});
  }
  if (!table.empty()) fmt::print("\n{}", table.text(out));
}

void print_outputs(const RunDetails& details, OpenedHistory& opened, const Terminal& out) {
  Table table({{"output", Align::left, true, true},
               {"type"},
               {"size", Align::right},
               {"files", Align::right},
               {"lies on"},
               {"path", Align::left, true, true}});
  ShownOutputs outputs(details.run, opened);
  for (const auto& step : details.steps)
    for (const auto& output : outputs.of(step))
      table.add({{printable(step.record.step + "." + output.name)},
                 {output.record.is_file ? "uri_file" : "uri_folder"},
                 {size_text(output.record.bytes)},
                 {std::to_string(output.record.files)},
                 {output.machines_text()},
                 {output.place_text()}});
  if (!table.empty()) fmt::print("\n{}", table.text(out));
}

json show_json(const RunDetails& details, OpenedHistory& opened, bool with_manifest) {
  const RunRecord& run = details.run;
  json document = run_json(run);
  document["resolved_spec"] = parse_json_or_null(run.resolved_spec);
  document["git_diff"] = nullptr;
  if (const auto diff = run.properties.find("mlpipe.git.diff"); diff != run.properties.end())
    if (const auto hash = parse_hash(diff->second))
      document["git_diff"] = opened.history.text_of(*hash);
  document["notifications"] = notifications_json(run, opened.history.notifications_of(run.key));
  document["left_jobs"] = json::array();
  for (const auto& job : jobs_left(run, opened))
    document["left_jobs"].push_back(
        {{"step", job.step}, {"compute_target", place_of(job, opened.workspace)}});
  document["steps"] = json::array();
  ShownOutputs outputs(run, opened);
  for (const auto& step : details.steps) {
    json value = step_json(step, opened.state);
    std::size_t at = 0;
    for (const auto& output : outputs.of(step)) {
      json& shown = value["outputs"][at++];
      shown["path"] = output.is_there() ? json(output.path) : json();
      shown["declared_path"] = output.path.empty() ? json() : json(output.path);
      shown["compute_targets"] = output.elsewhere;
      if (output.is_here)
        shown["compute_targets"].insert(shown["compute_targets"].begin(), local_target_name);
      shown["place"] = output.place ? json(to_text(*output.place)) : json();
    }
    if (with_manifest) value["manifest"] = manifest_json(step.record);
    document["steps"].push_back(std::move(value));
  }
  return document;
}

}  // namespace

int show_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const bool one_step = !arguments.step.empty();
  auto steps = one_step ? std::vector{opened.find_step(run, arguments.step)} : opened.steps_of(run);
  const auto details = load_details(opened.history, run, std::move(steps));
  if (arguments.json) {
    fmt::print("{}\n", json_document(show_json(details, opened, one_step)));
    return 0;
  }
  if (one_step) {
    print_step_in_full(run, details.steps.front(), opened);
    return 0;
  }
  const Terminal out(1);
  print_head(run, opened, out);
  if (!details.steps.empty()) {  // else it waits, or could not begin
    print_steps(details, out);
    fmt::print("{}", timeline_text(details, out, arguments.timeline));
    print_metrics(details, out);
    print_outputs(details, opened, out);
  }
  print_notifications(opened.history.notifications_of(run.key), out);
  return 0;
}

}  // namespace mlpipe
