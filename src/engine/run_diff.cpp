#include "engine/run_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/error.h"
#include "base/json.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// By name; the values point into `spec`.
std::map<std::string, const json*> steps_of(const json& spec) {
  std::map<std::string, const json*> steps;
  if (const auto found = spec.find("steps"); found != spec.end() && found->is_array())
    for (const auto& step : *found)
      if (step.is_object()) steps.emplace(text_in(step, "name"), &step);
  return steps;
}

/// By name; the values point into `side`.
std::map<std::string, const StepRunRecord*> steps_of(const DiffSide& side) {
  std::map<std::string, const StepRunRecord*> steps;
  for (const auto& step : side.steps) steps.emplace(step.step, &step);
  return steps;
}

/// The `path` of a step's input in the resolved pipeline: an absolute path, or
/// "${{steps.prep.outputs.table}}".
std::string input_path(const std::map<std::string, const json*>& steps, const std::string& step,
                       const std::string& input) {
  const auto found = steps.find(step);
  if (found == steps.end()) return {};
  const auto inputs = found->second->find("inputs");
  if (inputs == found->second->end() || !inputs->is_object()) return {};
  const auto value = inputs->find(input);
  return value == inputs->end() ? std::string() : text_in(*value, "path");
}

/// "prep" in "${{steps.prep.outputs.table}}"; "" in a path.
std::string producer_in(const std::string& path) {
  constexpr std::string_view head = "${{steps.";
  constexpr std::string_view middle = ".outputs.";
  const auto end = path.rfind(middle);
  if (!path.starts_with(head) || end == std::string::npos || end < head.size()) return {};
  return path.substr(head.size(), end - head.size());
}

class Comparison {
 public:
  Comparison(const DiffSide& before, const DiffSide& now, History& history,
             const ObjectStore& store)
      : before_(before),
        now_(now),
        history_(history),
        store_(store),
        spec_before_(parse_json_object(before.run.resolved_spec)),
        spec_now_(parse_json_object(now.run.resolved_spec)),
        written_before_(steps_of(spec_before_)),
        written_now_(steps_of(spec_now_)) {}

  Comparison(const Comparison&) = delete;  // the maps point into the specs
  Comparison& operator=(const Comparison&) = delete;

  RunDiff make() {
    diff_.parameters = parameter_changes(spec_before_, spec_now_);
    diff_.spec = spec_changes(spec_before_, spec_now_);
    const auto steps_before = steps_of(before_);
    const auto steps_now = steps_of(now_);
    for (const auto& step : before_.steps)
      if (const auto other = steps_now.find(step.step); other == steps_now.end())
        diff_.steps.push_back({.step = step.step, .before = step, .took_before = took(step)});
      else
        compare_step(step, *other->second);
    for (const auto& step : now_.steps)
      if (!steps_before.contains(step.step))
        diff_.steps.push_back({.step = step.step, .now = step, .took_now = took(step)});
    compare_metrics();
    return std::move(diff_);
  }

 private:
  std::optional<Duration> took(const StepRunRecord& step) {
    if (step.result)
      if (const auto result = history_.find_result(*step.result)) return result->duration;
    const auto attempts = history_.attempts_of(step.key);
    if (attempts.empty() || attempts.back().started == TimePoint{} ||
        attempts.back().finished == TimePoint{})
      return std::nullopt;
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
              const std::string path = input_path(written_now_, step, input);
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
    const std::string path = input_path(written_now_, step, input);
    if (!producer_in(path).empty()) return;  // follows from what that step does
    const std::string name = step + "." + input;
    const auto [known, added] = data_.try_emplace({path, a, b}, diff_.data.size());
    if (!added) {
      diff_.data[known->second].inputs.push_back(name);
      return;
    }
    RunDiff::Data data{.inputs = {name}, .path = path, .before = a, .now = b};
    const std::string old_path = input_path(written_before_, step, input);
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
    using ByName = std::map<std::pair<std::string, std::string>, std::string>;
    const auto by_name = [](const std::vector<StepMetric>& metrics) {
      ByName values;
      for (const auto& each : metrics) values.emplace(std::pair(each.step, each.name), each.value);
      return values;
    };
    const ByName values_before = by_name(before);
    const ByName values_now = by_name(now);
    for (const auto& metric : before) {
      const auto other = values_now.find({metric.step, metric.name});
      if (other == values_now.end())
        diff_.metrics.push_back({metric.step, metric.name, metric.value, std::nullopt});
      else if (other->second != metric.value)
        diff_.metrics.push_back({metric.step, metric.name, metric.value, other->second});
    }
    for (const auto& metric : now)
      if (!values_before.contains({metric.step, metric.name}))
        diff_.metrics.push_back({metric.step, metric.name, std::nullopt, metric.value});
  }

  const DiffSide& before_;
  const DiffSide& now_;
  History& history_;
  const ObjectStore& store_;
  json spec_before_;
  json spec_now_;
  std::map<std::string, const json*> written_before_;  ///< Steps as the pipeline then had them.
  std::map<std::string, const json*> written_now_;
  std::map<std::pair<Hash, Hash>, std::optional<std::size_t>> code_;
  std::map<std::tuple<std::string, Hash, Hash>, std::size_t> data_;  ///< Path, before, now.
  RunDiff diff_;
};

}  // namespace

RunDiff diff_runs(const DiffSide& before, const DiffSide& now, History& history,
                  const ObjectStore& store) {
  return Comparison(before, now, history, store).make();
}

}  // namespace mlpipe
