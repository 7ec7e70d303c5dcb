#include "engine/run_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"

namespace mlpipe {

namespace {

using nlohmann::json;

json spec_of(const RunRecord& run) {
  json spec = json::parse(run.resolved_spec, nullptr, false);
  return spec.is_object() ? spec : json::object();
}

/// The `path` of a step's input in the resolved pipeline: an absolute path, or
/// "${{steps.prep.outputs.table}}".
std::string input_path(const json& spec, const std::string& step, const std::string& input) {
  for (const auto& each : spec.value("steps", json::array()))
    if (each.value("name", "") == step && each.contains("inputs") &&
        each["inputs"].contains(input) && each["inputs"][input].is_object())
      return each["inputs"][input].value("path", "");
  return {};
}

/// "prep" in "${{steps.prep.outputs.table}}"; "" in a path.
std::string producer_in(const std::string& path) {
  constexpr std::string_view head = "${{steps.";
  constexpr std::string_view middle = ".outputs.";
  if (!path.starts_with(head)) return {};
  return path.substr(head.size(), path.rfind(middle) - head.size());
}

std::string replaced_all(std::string text, const std::string& what, const std::string& by) {
  if (what.empty()) return text;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// A command or literal that differs just because a parameter in it does.
bool follows_from(const std::vector<ValueChange>& parameters, const ValueChange& change) {
  if (!change.before || !change.now) return false;
  std::string text = *change.before;
  for (const auto& parameter : parameters) {
    if (!parameter.before || !parameter.now) continue;
    if (*change.before == *parameter.before && *change.now == *parameter.now) return true;
    text = replaced_all(text, *parameter.before, *parameter.now);
  }
  return text == *change.now;
}

class Comparison {
 public:
  Comparison(const DiffSide& before, const DiffSide& now, History& history,
             const ObjectStore& store)
      : before_(before),
        now_(now),
        history_(history),
        store_(store),
        spec_before_(spec_of(before.run)),
        spec_now_(spec_of(now.run)) {}

  RunDiff make() {
    compare_specs();
    for (const auto& step : before_.steps)
      if (const auto* other = find(now_, step.step); other == nullptr)
        diff_.steps.push_back({.step = step.step, .before = step, .took_before = took(step)});
      else
        compare_step(step, *other);
    for (const auto& step : now_.steps)
      if (find(before_, step.step) == nullptr)
        diff_.steps.push_back({.step = step.step, .now = step, .took_now = took(step)});
    compare_metrics();
    return std::move(diff_);
  }

 private:
  static const StepRunRecord* find(const DiffSide& side, const std::string& name) {
    for (const auto& step : side.steps)
      if (step.step == name) return &step;
    return nullptr;
  }

  void compare_specs() {
    const auto parameters_of = [](const json& spec) {
      return spec.value("parameters", json::object());
    };
    diff_.parameters = value_changes(parameters_of(spec_before_), parameters_of(spec_now_));
    json a = spec_before_;
    json b = spec_now_;
    a.erase("parameters");
    b.erase("parameters");
    for (auto& change : value_changes(a, b))
      if (!follows_from(diff_.parameters, change)) diff_.spec.push_back(std::move(change));
  }

  std::optional<Duration> took(const StepRunRecord& step) {
    if (step.result)
      if (const auto result = history_.find_result(*step.result)) return result->duration;
    const auto attempts = history_.attempts_of(step.key);
    if (attempts.empty() || attempts.back().finished == TimePoint{}) return std::nullopt;
    return attempts.back().finished - attempts.back().started;
  }

  void compare_step(const StepRunRecord& a, const StepRunRecord& b) {
    RunDiff::StepChange change{
        .step = a.step, .before = a, .now = b, .took_before = took(a), .took_now = took(b)};
    const auto manifest_a = decode_manifest(a.manifest);
    const auto manifest_b = decode_manifest(b.manifest);
    const bool both = !a.manifest.empty() && !b.manifest.empty() && manifest_a && manifest_b;
    if (both) {
      const auto changes = manifest_changes(*manifest_a, *manifest_b);
      change.why = explain_changes(*manifest_a, *manifest_b, evidence(a.step));
      for (const auto& part : changes) compare_part(a.step, part);
      if (changes.empty()) add_other_bytes(a, b, change.why);
    } else if (a.status != b.status) {
      change.why.push_back(
          fmt::format("it was not reached in {}, so what it would have run is not known",
                      a.manifest.empty() && b.manifest.empty() ? "either run"
                      : a.manifest.empty()                     ? "the first run"
                                                               : "the second run"));
    }
    if (a.status == b.status && change.why.empty())
      ++diff_.equal_steps;
    else
      diff_.steps.push_back(std::move(change));
  }

  /// The same work that came out differently.
  void add_other_bytes(const StepRunRecord& a, const StepRunRecord& b,
                       std::vector<std::string>& why) {
    if (!a.result || !b.result || *a.result == *b.result) return;
    const auto made_a = history_.find_result(*a.result);
    const auto made_b = history_.find_result(*b.result);
    if (!made_a || !made_b) return;
    for (const auto& output : made_b->outputs)
      for (const auto& old : made_a->outputs)
        if (old.name == output.name && old.content_hash != output.content_hash)
          why.push_back(fmt::format("the same work gave another output '{}'", output.name));
  }

  Evidence evidence(const std::string& step) {
    return {&history_, [this](const Hash& hash) { return find_tree(hash); },
            [this](const Hash& hash) { return history_.text_of(hash); },
            [this, step](const std::string& input) {
              const std::string path = input_path(spec_now_, step, input);
              const std::string producer = producer_in(path);
              return producer.empty() ? path : fmt::format("step '{}'", producer);
            }};
  }

  [[nodiscard]] std::optional<ReadableTree> find_tree(const Hash& hash) const {
    try {
      return ReadableTree{store_.entries(hash), store_.content_folder(hash)};
    } catch (const Error&) {
      return std::nullopt;  // collected, or never stored
    }
  }

  void compare_part(const std::string& step, const PartChange& part) {
    if (part.kind == PartKind::environment) return compare_environment(step, part);
    if (!part.before || !part.now) return;
    const auto a = content_hash_of({part.kind, part.name, *part.before});
    const auto b = content_hash_of({part.kind, part.name, *part.now});
    if (!a || !b || *a == *b) return;
    if (part.kind == PartKind::source) compare_source(step, *a, *b);
    if (part.kind == PartKind::input) compare_input(step, part.name, *a, *b);
  }

  void compare_source(const std::string& step, const Hash& a, const Hash& b) {
    auto& known = code_[{a, b}];
    if (known) {
      diff_.code[*known].steps.push_back(step);
      return;
    }
    known = diff_.code.size();
    RunDiff::Code code{.steps = {step}};
    const auto before = find_tree(a);
    const auto now = find_tree(b);
    code.readable = before && now;
    if (code.readable) code.files = file_differences(*before, *now);
    diff_.code.push_back(std::move(code));
  }

  void compare_input(const std::string& step, const std::string& input, const Hash& a,
                     const Hash& b) {
    const std::string path = input_path(spec_now_, step, input);
    if (!producer_in(path).empty()) return;  // follows from what that step does
    const std::string name = step + "." + input;
    for (auto& known : diff_.data)
      if (known.path == path && known.before == a && known.now == b) {
        known.inputs.push_back(name);
        return;
      }
    RunDiff::Data data{.inputs = {name}, .path = path, .before = a, .now = b};
    const std::string old_path = input_path(spec_before_, step, input);
    if (old_path != path) data.path_before = old_path;
    const auto before = find_tree(a);
    const auto now = find_tree(b);
    constexpr std::size_t most_named = 20;
    if (before && now) data.files = tree_changes(*before, *now, most_named);
    diff_.data.push_back(std::move(data));
  }

  void compare_environment(const std::string& step, const PartChange& part) {
    RunDiff::Environment found{.steps = {step}, .what = describe(part)};
    const auto text_of = [this](const std::optional<std::string>& value) {
      if (!value || value->size() < 32) return std::string();
      const auto hash = parse_hash(std::string_view(*value).substr(value->size() - 32));
      return hash ? history_.text_of(*hash) : std::string();
    };
    const std::string a = text_of(part.before);
    const std::string b = text_of(part.now);
    if (!a.empty() && !b.empty()) {
      found.packages = package_changes(a, b);
      found.what = fmt::format("{} packages changed", part.name);
    }
    for (auto& known : diff_.environment)
      if (known.what == found.what && same(known.packages, found.packages)) {
        known.steps.push_back(step);
        return;
      }
    diff_.environment.push_back(std::move(found));
  }

  static bool same(const std::vector<ValueChange>& a, const std::vector<ValueChange>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.path == y.path && x.before == y.before && x.now == y.now;
    });
  }

  void compare_metrics() {
    const auto before = history_.last_metrics(before_.run.key);
    const auto now = history_.last_metrics(now_.run.key);
    const auto value_in = [](const std::vector<StepMetric>& metrics, const StepMetric& wanted) {
      for (const auto& metric : metrics)
        if (metric.step == wanted.step && metric.name == wanted.name)
          return std::optional(metric.value);
      return std::optional<std::string>();
    };
    for (const auto& metric : before)
      if (const auto other = value_in(now, metric); other != metric.value)
        diff_.metrics.push_back({metric.step, metric.name, metric.value, other});
    for (const auto& metric : now)
      if (!value_in(before, metric))
        diff_.metrics.push_back({metric.step, metric.name, std::nullopt, metric.value});
  }

  const DiffSide& before_;
  const DiffSide& now_;
  History& history_;
  const ObjectStore& store_;
  json spec_before_;
  json spec_now_;
  std::map<std::pair<Hash, Hash>, std::optional<std::size_t>> code_;
  RunDiff diff_;
};

}  // namespace

RunDiff diff_runs(const DiffSide& before, const DiffSide& now, History& history,
                  const ObjectStore& store) {
  return Comparison(before, now, history, store).make();
}

}  // namespace mlpipe
