#include "cli/json_reporter.h"

#include <cstdio>

#include "base/text.h"
#include "cli/json_text.h"

namespace mlpipe {

namespace {

using nlohmann::json;

void print_event(const char* name, json event) {
  event["event"] = name;
  event["version"] = 1;
  event["time"] = iso_utc(now());
  std::fputs((json_line(event) + "\n").c_str(), stdout);
  std::fflush(stdout);
}

json traces_json(const std::vector<StepTrace>& traces) {
  json all = json::array();
  for (const auto& trace : traces) {
    json undeclared = json::array();
    for (const auto& each : trace.undeclared) {
      json one = {{"path", each.path.native()},
                  {"how", to_text(each.how)},
                  {"place", to_text(each.place)},
                  {"found", each.found}};
      if (each.files != 0) one["files"] = each.files;
      undeclared.push_back(std::move(one));
    }
    json one = {{"step", trace.step},
                {"undeclared", undeclared},
                {"undeclared_paths", trace.undeclared_paths},
                {"unused_inputs", trace.unused_inputs}};
    if (!trace.problem.empty()) one["problem"] = trace.problem;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

void JsonReporter::fetch_changed(const FetchNews& news) {
  json event = {{"url", news.url}, {"file_name", news.file_name}};
  switch (news.kind) {
    case FetchNews::Kind::progress:
      return;  // for people
    case FetchNews::Kind::waiting:
      event["state"] = "waiting";
      break;
    case FetchNews::Kind::started:
      event["state"] = "started";
      if (!news.why.empty()) event["reason"] = news.why;
      break;
    case FetchNews::Kind::finished:
      event["state"] = "finished";
      event["bytes"] = news.bytes;
      event["seconds"] = json_seconds(news.elapsed);
      event["changed"] = news.changed ? json(*news.changed) : json();
      break;
  }
  print_event("fetch", std::move(event));
}

void JsonReporter::run_started(const RunRecord& run, const std::vector<std::string>& steps,
                               Duration expected) {
  print_event("run_started", {{"run_id", run.id},
                              {"pipeline", run.pipeline},
                              {"experiment", run.experiment},
                              {"steps", steps.size()},
                              {"expected_seconds", json_seconds(expected)}});
}

void JsonReporter::step_changed(const StepRunRecord& step, const AttemptNews& attempt) {
  json event = {{"step", step.step}, {"status", to_text(step.status)}, {"reused", step.reused}};
  if (!step.reason.empty()) event["reason"] = step.reason;
  if (!step.message.empty()) event["message"] = step.message;
  if (!attempt.log_file.empty()) event["log_file"] = attempt.log_file;
  if (!attempt.compute_target.empty()) event["compute_target"] = attempt.compute_target;
  if (is_final(step.status)) event["seconds"] = json_seconds(step.finished - step.started);
  if (step.status == Status::skipped || step.started == TimePoint{}) event.erase("seconds");
  print_event("step_changed", std::move(event));
}

void JsonReporter::transfer_changed(const TransferNews& news) {
  if (!news.has_ended) return;  // how far it is, is for people
  print_event("transfer", {{"compute_target", news.compute_target},
                           {"direction", news.comes_here ? "here" : "there"},
                           {"what", news.what},
                           {"state", news.is_whole ? "finished" : "given_up"},
                           {"bytes", news.bytes},
                           {"of_bytes", news.of_bytes},
                           {"seconds", json_seconds(news.elapsed)}});
}

void JsonReporter::note(std::string_view step, std::string_view text) {
  json event = {{"text", text}};
  if (!step.empty()) event["step"] = step;
  print_event("note", std::move(event));
}

void JsonReporter::run_finished(const RunSummary& summary) {
  json failures = json::array();
  for (const auto& failure : summary.failures)
    failures.push_back({{"step", failure.step},
                        {"compute_target", failure.compute_target},
                        {"message", failure.message},
                        {"log_file", failure.log_file},
                        {"log_tail", failure.log_tail},
                        {"directory", failure.directory},
                        {"shell_command", failure.shell_command}});
  json kept = json::array();
  for (const auto& each : summary.kept)
    kept.push_back({{"step", each.step}, {"directory", each.directory}});
  json left_running = json::array();
  for (const auto& each : summary.left_running)
    left_running.push_back({{"step", each.step}, {"compute_target", each.compute_target}});
  json not_copied = json::array();
  for (const auto& each : summary.not_copied)
    not_copied.push_back({{"step", each.step},
                          {"output", each.output},
                          {"path", each.path.native()},
                          {"why", each.why}});
  json event = {{"run_id", summary.run.id},
                {"status", to_text(summary.run.status)},
                {"seconds", json_seconds(summary.elapsed)},
                {"counts",
                 {{"total", summary.counts.total},
                  {"started", summary.counts.started},
                  {"executed", summary.counts.executed},
                  {"reused", summary.counts.reused},
                  {"failed", summary.counts.failed},
                  {"canceled", summary.counts.canceled},
                  {"skipped", summary.counts.skipped}}},
                {"failures", failures},
                {"left_running", left_running},
                {"kept", kept},
                {"not_copied", not_copied}};
  if (summary.traced) event["traces"] = traces_json(summary.traces);
  print_event("run_finished", std::move(event));
}

}  // namespace mlpipe
