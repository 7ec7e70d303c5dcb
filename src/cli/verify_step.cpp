#include "cli/verify_step.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/explicit_workspace.h"
#include "cli/fetch_progress.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/requests.h"
#include "cli/terminal.h"
#include "engine/step_repeat.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// A pipeline file with a step of it, and the run whose values count, if that was asked for.
struct AskedStep {
  OpenedPipeline::Request request;
  std::string step;
  std::string run_id;
};

/// What the run was asked for besides its file. What the command line says wins.
void add_request_of_run(OpenedHistory& opened, const RunRecord& run,
                        OpenedPipeline::Request& request) {
  const ObjectStore store(opened.state.objects(), opened.state.scratch());
  auto asked = find_run_to_repeat(opened.history, run, store).asked;
  request.overrides = added_to(std::move(asked.overrides), std::move(request.overrides));
  request.everything_local = request.everything_local || asked.everything_local;
}

AskedStep asked_step(const Arguments& arguments) {
  if (!arguments.step.empty()) return {opening_of(arguments), arguments.step, {}};
  const std::string& name = arguments.spec;
  const auto look = stat_file(name);
  const bool looks_like_a_file = name.find_first_of("./") != std::string::npos;
  if (looks_like_a_file || (look && look->kind == FileKind::file))
    fail(ErrorKind::usage, "STEP is missing: `mlpipe verify {} STEP` runs one step of it again",
         shell_quoted(name));
  OpenedHistory opened(arguments);
  const auto found = opened.history.newest_run_with_step(name);
  if (!found) {
    std::vector<std::string> known;
    for (const auto& run : opened.history.newest_runs(1))
      for (const auto& step : opened.history.steps_of(run.key)) known.push_back(step.step);
    fail(ErrorKind::not_found,
         "no run has a step '{}'{}; name the pipeline file too, as in "
         "`mlpipe verify pipeline.yaml {}`",
         printable(name), did_you_mean(name, known), shell_quoted(name));
  }
  const auto run = opened.history.find_run(*found);
  AskedStep asked{.request = {.spec_file = run.spec_file,
                              .overrides = overrides_of(arguments),
                              .workspace = explicit_workspace(arguments),
                              .everything_local = arguments.everything_local},
                  .step = name,
                  .run_id = run.id};
  if (!asked.request.workspace) asked.request.workspace = opened.workspace.root;
  if (!stat_file(run.spec_file))
    fail(ErrorKind::not_found,
         "the pipeline file of run {}, '{}', is not there any more; name the file, as in `mlpipe "
         "verify pipeline.yaml {}`",
         run.id, printable(run.spec_file), shell_quoted(name));
  add_request_of_run(opened, run, asked.request);
  return asked;
}

std::string_view shown_name(const std::string& output) {
  if (output == artifacts_output) return "./outputs";
  return output == logs_output ? std::string_view("./logs") : std::string_view(output);
}

json difference_json(const EntryDifference& difference) {
  json value = {{"path", difference.path}, {"kind", to_text(difference.kind)},
                {"text", difference.text}, {"offset", nullptr},
                {"byte_before", nullptr},  {"byte_now", nullptr},
                {"size_before", nullptr},  {"size_now", nullptr},
                {"format", nullptr}};
  if (const auto& bytes = difference.bytes) {
    value["offset"] = bytes->offset;
    if (bytes->before) value["byte_before"] = *bytes->before;
    if (bytes->now) value["byte_now"] = *bytes->now;
    value["size_before"] = bytes->before_size;
    value["size_now"] = bytes->now_size;
  }
  if (const auto& format = difference.format)
    value["format"] = {
        {"name", format->format}, {"same_content", format->same_content}, {"text", format->lines}};
  return value;
}

json outcome_json(const RepeatOutcome& outcome) {
  json outputs = json::array();
  for (const auto& output : outcome.outputs) {
    json differences = json::array();
    for (const auto& difference : output.differences)
      differences.push_back(difference_json(difference));
    outputs.push_back({{"name", output.name},
                       {"equal", output.equal},
                       {"counts", output.counts},
                       {"differences", differences}});
  }
  return {{"equal", outcome.is_equal()},
          {"failure", outcome.failure.empty() ? json() : json(outcome.failure)},
          {"doubts", outcome.doubts},
          {"holds_own_path", outcome.holds_own_path},
          {"seconds", json_seconds(outcome.took)},
          {"outputs", outputs}};
}

void print_output(const ComparedOutput& output) {
  constexpr std::size_t most = 20;
  const Terminal out(1);
  if (output.equal) {
    fmt::print("  {}: {} ({}, {})\n", printable(shown_name(output.name)),
               out.coloured("equal", Colour::green), counted(output.files, "file"),
               size_text(output.bytes));
    return;
  }
  fmt::print("  {}: {}{}\n", printable(shown_name(output.name)),
             out.coloured("differs", output.counts ? Colour::red : Colour::plain),
             output.counts ? "" : " (no output that counts)");
  for (std::size_t i = 0; i < std::min(output.differences.size(), most); ++i) {
    const auto& difference = output.differences[i];
    fmt::print("    {}: {}\n", printable(difference.path), difference.text);
    if (!difference.format) continue;
    for (const auto& line : difference.format->lines)
      fmt::print("      {}: {}\n", difference.format->format, printable(line));
  }
  if (output.differences.size() > most)
    fmt::print("    and {} more\n", output.differences.size() - most);
}

void print_outcome(const StepRepeat& repeat, const RepeatOutcome& outcome) {
  const auto& stored = repeat.stored();
  if (!outcome.failure.empty()) {
    fmt::print("{} failed, unlike in run {}: {}\n", repeat.step().name, stored.run_id,
               outcome.failure);
    const std::string& tail = outcome.log_tail;
    for (const auto line : split(tail, '\n'))
      if (!line.empty()) fmt::print("  {}\n", printable(line));
    return;
  }
  fmt::print("{} was run again in {}, compared with run {}:\n", repeat.step().name,
             duration_text(outcome.took), stored.run_id);
  for (const auto& output : outcome.outputs) print_output(output);
  for (const auto& doubt : outcome.doubts) fmt::print("  but {}\n", doubt);
  if (outcome.holds_own_path)
    fmt::print(
        "  what differs holds the path of the directory it ran in, '{}', and the stored result was "
        "made in another one\n",
        printable(repeat.directory().native()));
}

int exit_code_of(const std::vector<RepeatOutcome>& outcomes) {
  int code = 0;
  for (const auto& outcome : outcomes) {
    if (outcome.signal != 0) return 128 + outcome.signal;
    if (!outcome.is_equal()) code = 1;
    constexpr int says_nothing = 3;
    if (!outcome.doubts.empty()) return says_nothing;
  }
  return code;
}

/// Removes the directory also when the comparing fails.
class RepeatDirectory {
 public:
  RepeatDirectory(const StepRepeat& repeat, bool kept) : repeat_(repeat), kept_(kept) {}
  ~RepeatDirectory() {
    try {
      if (!kept_) repeat_.remove_directory();
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the next run removes it
    }
  }
  RepeatDirectory(const RepeatDirectory&) = delete;
  RepeatDirectory& operator=(const RepeatDirectory&) = delete;
  void keep() { kept_ = true; }

 private:
  const StepRepeat& repeat_;
  bool kept_;
};

}  // namespace

int verify_step(const Arguments& arguments) {
  if (arguments.deep)
    fail(ErrorKind::usage, "--deep and STEP cannot be used together: --deep is about the store");
  (void)std::signal(SIGPIPE, SIG_IGN);  // the step is ended first
  const AskedStep asked = asked_step(arguments);
  OpenedPipeline opened(asked.request);
  for (const auto& notice : opened.notices()) std::fputs((notice + "\n").c_str(), stderr);
  FetchProgress progress;
  const auto inputs = fetch_inputs(
      opened.pipeline, rules_for(opened.pipeline, opened.graph, {.only = {asked.step}}),
      opened.workspace, {.records_use = true, .told = progress.told()});
  if (inputs.signal != 0) return 128 + inputs.signal;
  StepRepeat repeat(opened, asked.step);
  for (const auto& notice : repeat.notices()) std::fputs((notice + "\n").c_str(), stderr);
  RepeatDirectory directory(repeat, arguments.keep);
  std::vector<RepeatOutcome> outcomes;
  bool marked = false;
  for (int i = 0; i < arguments.times; ++i) {
    std::fputs(
        for_locale(fmt::format("running {} again{}{}; it took {} in run {} …\n", asked.step,
                               arguments.times == 1
                                   ? ""
                                   : fmt::format(" ({} of {})", i + 1, arguments.times),
                               asked.run_id.empty() ? "" : " as in run " + asked.run_id,
                               duration_text(repeat.stored().duration), repeat.stored().run_id))
            .c_str(),
        stderr);
    outcomes.push_back(repeat.run(
        [](const std::string& text) { std::fputs((printable(text) + "\n").c_str(), stderr); }));
    const auto& outcome = outcomes.back();
    if (outcome.signal != 0) break;
    marked = repeat.mark_varying(outcome) || marked;
    if (!arguments.json) print_outcome(repeat, outcome);
    if (!outcome.failure.empty()) break;
  }
  if (arguments.json) {
    json repeats = json::array();
    for (const auto& outcome : outcomes) repeats.push_back(outcome_json(outcome));
    fmt::print("{}\n", json_document({{"step", asked.step},
                                      {"run_id", repeat.stored().run_id},
                                      {"equal", exit_code_of(outcomes) == 0},
                                      {"varying", marked || repeat.stored().varying},
                                      {"repeats", repeats}}));
  } else if (marked) {
    fmt::print("its results vary: that is noted with what is stored, which stays as it is\n");
  }
  if (!outcomes.back().failure.empty()) directory.keep();
  if (arguments.keep || !outcomes.back().failure.empty())
    std::fputs(fmt::format("its directory is kept: {}\n", repeat.directory().string()).c_str(),
               stderr);
  return exit_code_of(outcomes);
}

}  // namespace mlpipe
