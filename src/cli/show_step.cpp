#include "cli/show_step.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/json_text.h"
#include "cli/run_columns.h"
#include "cli/shown_outputs.h"
#include "cli/status_colour.h"
#include "cli/table.h"
#include "core/manifest.h"
#include "view/left_running.h"

namespace mlpipe {

namespace {

using Align = Table::Align;
using nlohmann::json;

void print_section(std::string_view title, const Table& table, const Terminal& out) {
  if (table.empty()) return;
  fmt::print("\n{}\n{}", out.coloured(title, Colour::bold), table.text(out));
}

std::string readable(const ManifestPart& part) {
  return part.kind == PartKind::argument ? readable_template(part.value) : part.value;
}

Table facts_of(const RunRecord& run, const StepDetails& details) {
  const StepRunRecord& step = details.record;
  Table table({{""}, {"", Align::left, true}});
  const auto row = [&table](const char* name, const std::string& value,
                            Colour colour = Colour::plain) {
    if (!value.empty()) table.add({{name, Colour::grey}, {value, colour}});
  };
  row("step", printable(step.step), Colour::bold);
  row("run", fmt::format("{} of pipeline {}", run.id, printable(run.pipeline)));
  row("status", step.reused ? "Reused" : std::string(to_text(step.status)), colour_of(step.status));
  row("message", step.message);
  row("left", left_running_text(details, run), Colour::yellow);
  row("why", step.reason);
  if (step.started != TimePoint{}) row("started", local_time_text(step.started));
  const auto duration = details.duration();
  if (duration) row("took", duration_text(*duration) + (step.reused ? ", when it ran" : ""));
  if (!details.attempts.empty()) row("on", printable(place_of(details.attempts.back())));
  if (step.reused && details.result)
    row("ran in", fmt::format("run {} as '{}', {}", details.result->run_id, details.result->step,
                              local_time_text(details.result->made)));
  if (details.result && details.result->varying)
    row("varying", "the same work gave other outputs at another time");
  if (details.result && details.result->collected != TimePoint{})
    row("outputs", fmt::format("collected by gc, {}; run again to make them anew",
                               local_time_text(details.result->collected)));
  if (step.fingerprint) row("fingerprint", step.fingerprint->hex());
  return table;
}

Table attempts_of(const StepDetails& details, const StateDirectory& state) {
  Table table({{"attempt", Align::right},
               {"status"},
               {"on"},
               {"took", Align::right},
               {"CPU", Align::right},
               {"memory", Align::right},
               {"message", Align::left, true, true},
               {"log", Align::left, true}});
  for (const auto& attempt : details.attempts) {
    const auto end = attempt.finished == TimePoint{} ? now() : attempt.finished;
    const auto cpu = attempt.user_time + attempt.system_time;
    table.add({{std::to_string(attempt.number)},
               {std::string(to_text(attempt.status)), colour_of(attempt.status)},
               {printable(place_of(attempt))},
               {attempt.started == TimePoint{} ? "" : duration_text(end - attempt.started)},
               {cpu == Duration{} ? "" : duration_text(cpu)},
               {attempt.peak_memory_bytes == 0 ? "" : size_text(attempt.peak_memory_bytes)},
               {attempt.message},
               {(state.root / attempt.stdout_file).string() + "\n" +
                (state.root / attempt.stderr_file).string()}});
  }
  return table;
}

}  // namespace

json manifest_json(const StepRunRecord& step) {
  json parts = json::array();
  for (const auto& part : decode_manifest(step.manifest).value_or(Manifest{}))
    parts.push_back({{"kind", to_text(part.kind)}, {"name", part.name}, {"value", readable(part)}});
  return parts;
}

void print_step_in_full(const RunRecord& run, const StepDetails& details, OpenedHistory& opened) {
  const Terminal out(1);
  fmt::print("{}", facts_of(run, details).text(out));

  Table manifest({{"what"}, {"name"}, {"value", Align::left, true}});
  for (const auto& part : decode_manifest(details.record.manifest).value_or(Manifest{}))
    if (part.kind != PartKind::format)
      manifest.add({{std::string(to_text(part.kind)), Colour::grey},
                    {printable(part.kind == PartKind::argument && part.name != "command"
                                   ? std::to_string(std::stoul("0" + part.name) + 1)
                                   : part.name)},
                    {printable(readable(part))}});
  print_section("what decides its result", manifest, out);

  Table outputs({{"output"},
                 {"type"},
                 {"size", Align::right},
                 {"files", Align::right},
                 {"object"},
                 {"lies on"},
                 {"path", Align::left, true, true}});
  for (const auto& output : ShownOutputs(run, opened).of(details))
    outputs.add({{printable(output.name)},
                 {output.record.is_file ? "uri_file" : "uri_folder"},
                 {size_text(output.record.bytes)},
                 {std::to_string(output.record.files)},
                 {output.record.object.hex()},
                 {output.machines_text()},
                 {output.place_text()}});
  print_section("outputs", outputs, out);

  Table metrics({{"metric"}, {"value", Align::right}, {"values", Align::right}});
  for (const auto& metric : last_values(details.metrics)) {
    const auto count =
        std::count_if(details.metrics.begin(), details.metrics.end(),
                      [&metric](const Metric& each) { return each.name == metric.name; });
    metrics.add({{printable(metric.name)},
                 {short_metric(metric.value)},
                 {count > 1 ? std::to_string(count) : ""}});
  }
  print_section("metrics", metrics, out);
  print_section("attempts", attempts_of(details, opened.state), out);
}

}  // namespace mlpipe
