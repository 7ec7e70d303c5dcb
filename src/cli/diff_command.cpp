#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/diff_json.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_columns.h"
#include "cli/run_json.h"
#include "cli/status_colour.h"
#include "cli/table.h"
#include "engine/run_diff.h"

namespace mlpipe {

namespace {

constexpr std::string_view arrow = "->";

/// The newest run of the same pipeline that is older than `run`.
RunRecord run_before(OpenedHistory& opened, const RunRecord& run) {
  auto runs = opened.history.find_runs(
      {.pipeline = run.pipeline, .before = run.key, .limit = 1, .now = now()});
  if (runs.empty())
    fail(ErrorKind::not_found,
         "there is no run of pipeline '{}' before {} to compare with: name two runs, as in `mlpipe "
         "diff RUN RUN`",
         run.pipeline, run.id);
  return opened.as_it_is_now(std::move(runs.front()));
}

std::pair<DiffSide, DiffSide> sides_of(const Arguments& arguments, OpenedHistory& opened) {
  RunRecord before;
  RunRecord now;
  if (arguments.runs.size() == 2) {
    before = opened.find_run(arguments.runs[0]);
    now = opened.find_run(arguments.runs[1]);
  } else {
    now = opened.find_run(arguments.runs.empty() ? "latest" : arguments.runs[0]);
    before = run_before(opened, now);
  }
  const auto side = [&opened](const RunRecord& run) {
    return DiffSide{.run = run, .steps = opened.steps_of(run)};
  };
  return {side(before), side(now)};
}

/// Prints sections, with a blank line before each.
class DiffPrinter {
 public:
  explicit DiffPrinter(bool with_code) : with_code_(with_code) {}

  void print(const DiffSide& before, const DiffSide& now, const RunDiff& diff) {
    print_runs(before.run, now.run);
    print_values("parameters", diff.parameters);
    print_values("pipeline", diff.spec);
    print_code(diff.code);
    print_data(diff.data);
    print_environment(diff.environment);
    print_metrics(diff.metrics);
    print_steps(diff);
    if (diff.empty())
      fmt::print("\nno difference: {} did the same work\n", counted(diff.equal_steps, "step"));
  }

 private:
  void head(std::string_view text) const {
    fmt::print("\n{}\n", out_.coloured(text, Colour::bold));
  }

  void print_runs(const RunRecord& before, const RunRecord& now) const {
    Table table({{""}, {""}, {""}, {""}, {""}, {"", Table::Align::left, true}});
    for (const auto* run : {&before, &now})
      table.add({{run == &before ? "before" : "after", Colour::grey},
                 {run->id, Colour::bold},
                 {std::string(to_text(run->status)), colour_of(run->status)},
                 {local_time_text(run->started)},
                 {elapsed(*run) == Duration{} ? "" : "took " + duration_text(elapsed(*run))},
                 {printable(run->pipeline)}});
    fmt::print("{}", table.text(out_));
  }

  static std::string shown(const std::optional<std::string>& value) {
    constexpr std::size_t longest = 60;
    return value ? cut_to(printable(*value), longest) : "";
  }

  void print_values(std::string_view title, const std::vector<ValueChange>& changes) const {
    if (changes.empty()) return;
    head(title);
    Table table({{""}, {"", Table::Align::left, true}, {""}, {"", Table::Align::left, true}});
    for (const auto& change : changes)
      table.add({{"  " + printable(change.path)},
                 {change.before ? shown(change.before) : "(none)", Colour::red},
                 {std::string(arrow)},
                 {change.now ? shown(change.now) : "(none)", Colour::green}});
    fmt::print("{}", table.text(out_));
  }

  static std::string of_steps(const std::vector<std::string>& steps) {
    return fmt::format("{}", fmt::join(steps, ", "));
  }

  void print_code(const std::vector<RunDiff::Code>& code) const {
    if (code.empty()) return;
    head("code");
    for (const auto& each : code) {
      fmt::print("  of {}:\n", of_steps(each.steps));
      if (!each.readable)
        fmt::print("    changed; one of the two copies of the sources is no longer in the store\n");
      for (const auto& file : each.files) {
        fmt::print("    {} {}\n", printable(file.path), file.what);
        if (with_code_) print_lines(file);
      }
    }
  }

  /// What the `diff` program says of two files.
  void print_lines(const FileDifference& file) const {
    const auto side = [](const std::filesystem::path& path) {
      return path.empty() ? std::string("/dev/null") : path.string();
    };
    const auto result =
        run_process({.argv = {"diff", "-u", "--label", "before/" + file.path, "--label",
                              "after/" + file.path, "--", side(file.before), side(file.now)}});
    constexpr int no_program = 127;
    if (result.exit_code == no_program)
      fail(ErrorKind::system,
           "--code needs the program `diff`, which is not on PATH: install it (Debian package "
           "diffutils)");
    if (result.exit_code > 1 && result.out.empty())  // 2 with a text: binary files
      fmt::print("      (cannot be shown: {})\n", trim(result.err));
    auto text = std::string_view(result.out);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.empty()) return;
    for (const auto line : split(text, '\n')) {
      const bool title = line.starts_with("+++") || line.starts_with("---");
      const Colour colour = title                     ? Colour::bold
                            : line.starts_with("+")   ? Colour::green
                            : line.starts_with("-")   ? Colour::red
                            : line.starts_with("@@ ") ? Colour::blue
                                                      : Colour::plain;
      fmt::print("{}\n", out_.coloured(line, colour));
    }
  }

  void print_data(const std::vector<RunDiff::Data>& data) const {
    if (data.empty()) return;
    head("data");
    for (const auto& each : data) {
      fmt::print("  {} has other contents ({} {} {}), read by {}\n", printable(each.path),
                 each.before.hex().substr(0, 8), arrow, each.now.hex().substr(0, 8),
                 of_steps(each.inputs));
      if (!each.path_before.empty()) fmt::print("    it was {}\n", printable(each.path_before));
      for (const auto& file : each.files) fmt::print("    {}\n", file);
    }
  }

  void print_environment(const std::vector<RunDiff::Environment>& environment) const {
    if (environment.empty()) return;
    head("environment");
    for (const auto& each : environment) {
      fmt::print("  of {}: {}\n", of_steps(each.steps), each.what);
      Table table({{""}, {""}, {""}, {""}});
      for (const auto& change : each.packages)
        table.add({{"    " + printable(change.path)},
                   {change.before ? shown(change.before) : "(none)", Colour::red},
                   {std::string(arrow)},
                   {change.now ? shown(change.now) : "(none)", Colour::green}});
      if (!table.empty()) fmt::print("{}", table.text(out_));
    }
  }

  static std::string delta(const RunDiff::Metric& metric) {
    const auto number = [](const std::optional<std::string>& text) -> std::optional<double> {
      double value = 0;
      if (!text) return std::nullopt;
      const auto parsed = std::from_chars(text->data(), text->data() + text->size(), value);
      return parsed.ec == std::errc{} ? std::optional(value) : std::nullopt;
    };
    const auto a = number(metric.before);
    const auto b = number(metric.now);
    return a && b ? fmt::format("{:+.4g}", *b - *a) : "";
  }

  void print_metrics(const std::vector<RunDiff::Metric>& metrics) const {
    if (metrics.empty()) return;
    head("metrics");
    using Align = Table::Align;
    Table table({{""}, {"", Align::right}, {""}, {"", Align::right}, {"", Align::right}});
    const auto value = [](const std::optional<std::string>& text) {
      return text ? short_metric(*text) : std::string("(none)");
    };
    for (const auto& metric : metrics)
      table.add({{"  " + printable(metric.step + "." + metric.name)},
                 {value(metric.before)},
                 {std::string(arrow)},
                 {value(metric.now)},
                 {delta(metric), Colour::bold}});
    fmt::print("{}", table.text(out_));
  }

  static std::string state(const std::optional<StepRunRecord>& step,
                           const std::optional<Duration>& took) {
    if (!step) return {};
    std::string word = step->reused ? "Reused" : std::string(to_text(step->status));
    if (!took || step->reused) return word;
    return fmt::format("{}, {}", word, duration_text(*took));
  }

  void print_steps(const RunDiff& diff) const {
    if (diff.steps.empty()) return;
    head("steps");
    for (const auto& step : diff.steps) {
      fmt::print("  {}: {}\n", printable(step.step),
                 !step.before ? "is new, " + state(step.now, step.took_now)
                 : !step.now  ? "is gone, it was " + state(step.before, step.took_before)
                              : fmt::format("{} {} {}", state(step.before, step.took_before), arrow,
                                            state(step.now, step.took_now)));
      for (const auto& why : step.why) fmt::print("    {}\n", why);
    }
    if (diff.equal_steps > 0)
      fmt::print("  {} did the same work in both\n", counted(diff.equal_steps, "more step"));
  }

  Terminal out_{1};
  bool with_code_;
};

}  // namespace

int diff_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const auto [before, now] = sides_of(arguments, opened);
  const ObjectStore store(opened.state.objects(), opened.state.scratch());
  const RunDiff diff = diff_runs(before, now, opened.history, store);
  if (arguments.json) {
    auto document = diff_json(diff);
    document["before"] = run_json(before.run);
    document["after"] = run_json(now.run);
    fmt::print("{}\n", json_document(document));
  } else {
    DiffPrinter(arguments.code).print(before, now, diff);
  }
  return arguments.exit_code && !diff.empty() ? 1 : 0;
}

}  // namespace mlpipe
