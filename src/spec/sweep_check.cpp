#include "spec/sweep_check.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

/// A distribution of the search space, and what it needs.
struct Sampler {
  std::string_view type;
  std::vector<std::string_view> keys;
};

const std::vector<Sampler>& samplers() {
  static const std::vector<Sampler> all = {
      {"choice", {"values"}},
      {"randint", {"upper"}},
      {"uniform", {"min_value", "max_value"}},
      {"loguniform", {"min_value", "max_value"}},
      {"quniform", {"min_value", "max_value", "q"}},
      {"qloguniform", {"min_value", "max_value", "q"}},
      {"normal", {"mu", "sigma"}},
      {"lognormal", {"mu", "sigma"}},
      {"qnormal", {"mu", "sigma", "q"}},
      {"qlognormal", {"mu", "sigma", "q"}},
  };
  return all;
}

class SweepCheck {
 public:
  SweepCheck(const StepEntry& entry, const FieldCheck& check)
      : entry_(entry), check_(check), problems_(check.subject().problems) {}

  void run() {
    check_.required("objective");
    check_.required("search_space");
    check_.required("trial");
    check_.required("sampling_algorithm");
    check_sampling();
    if (const auto objective = check_.inside("objective", Place::sweep_objective)) {
      objective->required("primary_metric");
      objective->text("primary_metric");
      objective->required("goal");
      objective->one_of("goal", {"maximize", "minimize"});
    }
    check_early_termination();
    if (const auto limits = check_.inside("limits", Place::sweep_limits))
      for (const auto* key :
           {"max_total_trials", "max_concurrent_trials", "timeout", "trial_timeout"})
        limits->whole_number(key, 1);
    check_search_space();
    check_trial();
  }

 private:
  void check_sampling() {
    const auto* value = check_.fields().find("sampling_algorithm");
    if (value == nullptr) return;
    if (value->is_scalar()) {
      check_.one_of("sampling_algorithm", {"random", "grid", "bayesian"});
    } else if (const auto inner = check_.inside("sampling_algorithm", Place::sweep_sampling)) {
      inner->required("type");
      inner->one_of("type", {"random", "grid", "bayesian"});
      inner->whole_number("seed", 0);
      inner->one_of("rule", {"random", "sobol"});
      inner->text("logbase");
    }
  }

  void check_early_termination() {
    const auto policy = check_.inside("early_termination", Place::sweep_early_termination);
    if (!policy) return;
    policy->required("type");
    const auto type = policy->one_of("type", {"bandit", "median_stopping", "truncation_selection"});
    policy->whole_number("evaluation_interval", 0);
    policy->whole_number("delay_evaluation", 0);
    policy->number("slack_factor");
    policy->number("slack_amount");
    policy->whole_number("truncation_percentage", 1, 99);
    policy->boolean("exclude_finished_jobs");
    if (type == "bandit" && policy->fields().find("slack_factor") == nullptr &&
        policy->fields().find("slack_amount") == nullptr)
      problems_.error(policy->subject().mark,
                      "'early_termination' of type bandit needs 'slack_factor' or 'slack_amount'");
    if (type == "truncation_selection") policy->required("truncation_percentage");
  }

  void check_search_space() {
    const auto* space = check_.fields().find("search_space");
    if (space == nullptr) return;
    if (!space->is_map()) {
      problems_.error(space->mark,
                      fmt::format("'search_space' must be a map from names to "
                                  "distributions, not {}",
                                  kind_name(*space)),
                      "for example lr: {type: uniform, min_value: 0.01, max_value: 0.1}");
      return;
    }
    for (const auto& entry : space->entries) {
      names_.push_back(entry.key);
      check_sampler(entry);
    }
  }

  void check_sampler(const YamlValue::Entry& entry) {
    const auto& value = *entry.value;
    const auto* type = value.is_map() ? value.find("type") : nullptr;
    if (type == nullptr || !type->is_scalar()) {
      problems_.error(value.mark,
                      fmt::format("'{}' of the search space does not say how it is distributed",
                                  printable(entry.key)),
                      "expected {type: choice, values: […]}, {type: uniform, …} and the like");
      return;
    }
    const auto word = lower_case(type->text);
    const auto& all = samplers();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Sampler& each) { return each.type == word; });
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const auto& each : all) known.emplace_back(each.type);
      problems_.error(type->mark,
                      fmt::format("unknown distribution '{}' of '{}' in the search space{}",
                                  printable(type->text), printable(entry.key),
                                  problems_.suggestion(word, known)),
                      "expected " + any_of(known));
      return;
    }
    for (const auto key : found->keys)
      if (value.find(key) == nullptr)
        problems_.error(value.mark, fmt::format("'{}' of the search space is of type {} and has no "
                                                "'{}'",
                                                printable(entry.key), word, key));
    for (const auto& each : value.entries) check_number(entry.key, *found, each);
  }

  void check_number(const std::string& name, const Sampler& sampler, const YamlValue::Entry& each) {
    if (each.key == "type") return;
    if (std::find(sampler.keys.begin(), sampler.keys.end(), each.key) == sampler.keys.end()) {
      problems_.error(each.mark,
                      fmt::format("'{}' of the search space is of type {} and takes no '{}'",
                                  printable(name), sampler.type, printable(each.key)),
                      fmt::format("it takes {}", fmt::join(sampler.keys, ", ")));
    } else if (each.key == "values") {
      if (!each.value->is_sequence() || each.value->items.empty())
        problems_.error(each.value->mark,
                        fmt::format("'values' of '{}' must be a list of values", printable(name)));
    } else if (!each.value->is_scalar() ||
               (!parse_number(each.value->text) && !has_expression(each.value->text))) {
      problems_.error(each.value->mark,
                      fmt::format("'{}' of '{}' must be a number", each.key, printable(name)));
    }
  }

  void check_not_blank(const Fields& trial) {
    const auto* command = trial.find("command");
    if (command != nullptr && command->is_scalar() && trim(command->text).empty())
      problems_.error(command->mark, "'command' is empty", "expected a shell command");
  }

  /// A component, or a command that is written there.
  void check_trial() {
    const auto* trial = check_.fields().find("trial");
    if (trial == nullptr) return;
    if (is_inline_trial(*trial)) {
      const auto inner = check_.inside("trial", Place::trial);
      inner->required("command");
      inner->text("command");
      check_not_blank(inner->fields());
      inner->folder("source_directory");
      if (const auto resources = inner->inside("resources", Place::resources)) {
        resources->whole_number("instance_count", 1);
        resources->whole_number("cpus", 1);
        resources->whole_number("gpus", 0);
        resources->text("memory");
      }
      if (const auto distribution = inner->inside("distribution", Place::distribution)) {
        distribution->required("type");
        distribution->one_of("type", {"pytorch", "mpi", "tensorflow", "ray"});
        for (const auto* key : {"process_count_per_instance", "worker_count"})
          distribution->whole_number(key, 1);
        distribution->whole_number("parameter_server_count", 0);
      }
      return;
    }
    const auto& component = entry_.trial;
    if (!component) return;  // reported while it was looked for
    if (trial->is_map() && component->type == "command" &&
        component->fields.find("command") == nullptr)
      problems_.error(trial->mark,
                      fmt::format("the trial of '{}' does not say what to run", entry_.name),
                      "expected command: …");
    if (trial->is_map()) check_not_blank(component->fields);
    auto known = component->scope.parameters.names();
    for (auto& name : component->scope.inputs.names()) known.push_back(std::move(name));
    const auto* inputs = check_.fields().find("inputs");
    std::vector<std::string> given = names_;
    if (inputs != nullptr)
      for (const auto& input : inputs->entries) given.push_back(input.key);
    for (const auto& name : given)
      if (std::find(known.begin(), known.end(), name) == known.end() &&
          !component->scope.incomplete)
        problems_.error(
            entry_.mark,
            fmt::format("{}, the trial of '{}', has no input '{}'{}", component->name, entry_.name,
                        printable(name), problems_.suggestion(name, known)),
            known.empty() ? "it has none" : fmt::format("it has {}", fmt::join(known, ", ")));
    for (const auto& each : component->scope.parameters.all())
      if (!each.has_value && !each.optional &&
          std::find(given.begin(), given.end(), each.parameter.name) == given.end())
        problems_.error(entry_.mark,
                        fmt::format("the sweep '{}' gives no value for the input '{}' of {}",
                                    entry_.name, each.parameter.name, component->name),
                        "add it to 'search_space' or 'inputs'");
  }

  const StepEntry& entry_;
  const FieldCheck& check_;
  Problems& problems_;
  std::vector<std::string> names_;
};

}  // namespace

bool is_inline_trial(const YamlValue& trial) {
  if (!trial.is_map()) return false;
  static constexpr std::array<const char*, 10> of_components = {
      "type",        "inputs", "outputs",          "name",      "version", "display_name",
      "description", "tags",   "is_deterministic", "properties"};
  return std::none_of(of_components.begin(), of_components.end(),
                      [&](const char* key) { return trial.find(key) != nullptr; });
}

void check_sweep(const StepEntry& entry, const FieldCheck& check) {
  SweepCheck(entry, check).run();
}

}  // namespace mlpipe
