#include "engine/compute.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/look_recorder.h"
#include "base/text.h"
#include "remote/place_look.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace {

template <class Config>
bool has_entry(const std::vector<Config>& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(),
                     [name](const Config& entry) { return entry.name == name; });
}

template <class Config>
const Config* find_entry(const std::vector<Config>& entries, const std::string& name) {
  const Config* star = nullptr;
  for (const auto& entry : entries) {
    if (entry.name == name) return &entry;
    if (entry.name == "*") star = &entry;
  }
  return star;
}

/// What the two kinds of entry have in common when a step names one.
struct Kind {
  std::string_view word;           ///< "compute target"
  std::string_view section;        ///< "compute_targets"
  std::string_view builtin_name;   ///< The entry that always exists.
  std::vector<std::string> types;  ///< That run; the first is the default.
  std::vector<std::string> other_types;
  std::string_view other_entry;  ///< What may stand there instead, for people.
};

const Kind& target_kind() {
  static const Kind kind{
      "compute target",
      "compute_targets",
      default_compute_target,
      {"local", "ssh"},
      {"slurm"},
      "or {type: ssh, host: NAME} for a machine that you can log in to\n        "};
  return kind;
}

const Kind& environment_kind() {
  static const Kind kind{
      "environment", "environments", "system", {"system"}, {"venv", "conda", "container"}, ""};
  return kind;
}

/// Why an entry cannot be used for its type.
std::string type_problem(const std::string& type, const Kind& kind) {
  const auto& others = kind.other_types;
  if (std::find(others.begin(), others.end(), type) != others.end())
    return fmt::format("has the type '{}', which this mlpipe does not run yet (only '{}')", type,
                       fmt::join(kind.types, "' and '"));
  std::vector<std::string> known = others;
  known.insert(known.end(), kind.types.begin(), kind.types.end());
  return fmt::format("has the unknown type '{}'{}", printable(type), did_you_mean(type, known));
}

/// A name that mlpipe.yaml does not have, and the steps that use it.
struct MissingName {
  const Kind& kind;
  std::string name;
  std::string near;   ///< " (did you mean …)"
  std::string known;  ///< known_text()
  std::vector<const Step*> steps;
};

std::string missing_problem(const MissingName& missing) {
  constexpr std::size_t most_named = 5;
  std::string steps;
  for (std::size_t i = 0; i < missing.steps.size() && i < most_named; ++i)
    steps += fmt::format("{}'{}'", i == 0 ? "" : ", ", missing.steps[i]->name);
  if (missing.steps.size() > most_named)
    steps += fmt::format(" and {} more", missing.steps.size() - most_named);
  const bool one = missing.steps.size() == 1;
  return located_error(
      missing.steps.front()->location,
      fmt::format("step{} {} name{} the {} '{}', which mlpipe.yaml does not have{}", one ? "" : "s",
                  steps, one ? "s" : "", missing.kind.word, printable(missing.name), missing.near),
      fmt::format(
          "{}add to mlpipe.yaml\n          {}:\n            {}: {{type: {}}}\n        {}(\"*\" "
          "in the place of {} stands for every name), or run with --local, which\n        "
          "takes every compute target as local and every environment as the system's",
          missing.known, missing.kind.section, printable(missing.name), missing.kind.types.front(),
          missing.kind.other_entry, printable(missing.name)));
}

/// "'local', 'a' are known: name one of them, or" and a new line; "" without any.
std::string known_text(const std::vector<std::string>& known) {
  constexpr std::size_t most_known = 8;
  if (known.empty()) return {};
  std::string names;
  for (std::size_t i = 0; i < known.size() && i < most_known; ++i)
    names += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable(known[i]));
  if (known.size() > most_known) names += fmt::format(" and {} more", known.size() - most_known);
  return fmt::format("{} known: name {}, or\n        ",
                     names + (known.size() == 1 ? " is" : " are"),
                     known.size() == 1 ? "it" : "one of them");
}

/// What is wrong with the names that steps use.
struct NameProblems {
  std::set<std::string> texts;
  std::vector<MissingName> missing;
  std::set<std::pair<std::string_view, std::string>> wrong_types;  ///< Told already.

  void add_missing(const Kind& kind, const std::string& name, const Step& step,
                   const std::vector<std::string>& known) {
    for (auto& known : missing)
      if (&known.kind == &kind && known.name == name) {
        known.steps.push_back(&step);
        return;
      }
    missing.push_back({.kind = kind,
                       .name = name,
                       .near = did_you_mean(name, known),
                       .known = known_text(known),
                       .steps = {&step}});
  }
};

template <class Config>
const Config* resolve(const std::vector<Config>& entries, const std::string& wanted,
                      const Step& step, const Kind& kind, NameProblems& problems) {
  const std::string name = wanted.empty() ? std::string(kind.builtin_name) : wanted;
  const Config* found = find_entry(entries, name);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& entry : entries) known.push_back(entry.name);
    problems.add_missing(kind, name, step, known);
  } else if (std::find(kind.types.begin(), kind.types.end(), found->type) == kind.types.end() &&
             problems.wrong_types.emplace(kind.section, found->name).second) {
    problems.texts.insert(
        located_error(found->location,
                      fmt::format("the {} '{}' {}; step '{}' names it", kind.word, found->name,
                                  type_problem(found->type, kind), step.name),
                      "run with --local to try the pipeline here"));
  }
  return found;
}

/// Report what a step asks for and a machine behind SSH does not do yet.
void check_elsewhere(const Step& step, const ComputeTargetConfig& target,
                     std::set<std::string>& problems) {
  std::string what;
  if (step.is_isolated()) what = "`isolation: declared`";
  if (step.settings->distribution) what = "`distribution`";
  if (!step.sources->hash_paths.empty()) what = "`hash_paths`";  // what lies there is another file
  if (target.type == "ssh" && !what.empty())
    problems.insert(located_error(
        step.location,
        fmt::format("step '{}' has {}, which compute targets of type ssh do not do yet", step.name,
                    what),
        fmt::format("run it on a local compute target, or take {} out", what)));
}

/// Report a step that asks for GPUs where mlpipe.yaml says that there is none: it could never have
/// one.
void check_gpus(const Step& step, const ComputeTargetConfig& target,
                std::set<std::string>& problems) {
  if (step.settings->resources.gpus.value_or(0) <= 0 || !target.gpus || !target.gpus->empty())
    return;
  problems.insert(located_error(
      step.location,
      fmt::format("step '{}' asks for {}, and compute target '{}' has none (`gpus: []`)", step.name,
                  counted(static_cast<std::size_t>(*step.settings->resources.gpus), "GPU"),
                  printable(target.name)),
      "let it run on another compute target, or take `gpus` out of its resources"));
}

/// A step that asks for more memory than there is: it is not refused, since the figure may be a
/// wish for another machine.
std::string memory_notice(const Step& step) {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  if (pages * page == 0 || step.settings->resources.memory_bytes.value_or(0) <= pages * page)
    return {};
  return fmt::format(
      "step '{}' asks for {} of memory, and this machine has {}: it is started all the same",
      step.name, size_text(*step.settings->resources.memory_bytes), size_text(pages * page));
}

/// The same of a GPU.
std::string gpu_notice(const Step& step) {
  if (step.settings->resources.gpus.value_or(0) <= 0) return {};
  static const bool has_one = [] {
    const LookRecorder::Pause aside;  // nothing comes of it but a word
    return ::access("/dev/kfd", F_OK) == 0 || !nvidia_devices().empty();
  }();
  return has_one ? std::string() : no_gpu_notice(step, "this machine");
}

/// Report a `python:` that cannot be started.
void check_python(const EnvironmentConfig& environment, std::set<std::string>& problems) {
  const auto& python = environment.python;
  if (python.empty()) return;
  std::string problem;
  try {
    const auto look = stat_file(python);
    if (!look)
      problem = "which does not exist";
    else if (look->kind != FileKind::file || ::access(python.c_str(), X_OK) != 0)
      problem = "which is not an executable file";
  } catch (const Error& error) {
    problem = error.what();
  }
  if (!problem.empty())
    problems.insert(
        located_error(environment.location,
                      fmt::format("the environment '{}' names python '{}', {}", environment.name,
                                  printable(python), problem),
                      "correct its path, or take 'python:' out to use python3 on PATH"));
}

}  // namespace

std::string no_gpu_notice(const Step& step, std::string_view where) {
  return fmt::format(
      "step '{}' asks for {}, and {} has none that is known (of NVIDIA or AMD): it is "
      "started all the same",
      step.name,
      counted(static_cast<std::size_t>(step.settings->resources.gpus.value_or(0)), "GPU"), where);
}

std::string missing_gpus_notice(const ComputeTargetConfig& target,
                                const std::vector<std::uint32_t>& there) {
  if (!target.gpus || there.empty()) return {};
  std::vector<int> missing;
  for (const int device : *target.gpus)
    if (std::find(there.begin(), there.end(), static_cast<std::uint32_t>(device)) == there.end())
      missing.push_back(device);
  if (missing.empty()) return {};
  return fmt::format(
      "compute target '{}' has no GPU {}, which its `gpus:` names (there: {}): a step that gets it "
      "may not find it",
      printable(target.name), fmt::join(missing, ", "), fmt::join(there, ", "));
}

std::vector<ComputeTargetConfig> compute_targets_of(const Workspace& workspace) {
  auto targets = workspace.compute_targets;
  if (!has_entry(targets, default_compute_target))
    targets.push_back({.name = std::string(default_compute_target)});
  return targets;
}

const ComputeTargetConfig& compute_target_named(const std::vector<ComputeTargetConfig>& targets,
                                                const std::string& name) {
  if (const auto* found = find_entry(targets, name)) return *found;
  std::vector<std::string> known;
  for (const auto& target : targets) known.push_back(target.name);
  fail(ErrorKind::not_found,
       "there is no compute target '{}' in mlpipe.yaml{}; `mlpipe compute list` shows all",
       printable(name), did_you_mean(name, known));
}

std::string target_type_problem(const std::string& type) {
  const auto& served = target_kind().types;
  if (std::find(served.begin(), served.end(), type) != served.end()) return {};
  return type_problem(type, target_kind());
}

Places::Places(const Pipeline& pipeline, const Workspace& workspace, bool everything_local) {
  if (everything_local) {
    targets_.push_back({.name = "*"});
    environments_.push_back({.name = "*"});
    notices_.emplace_back("--local: every compute target is local, every environment the system's");
  } else {
    targets_ = compute_targets_of(workspace);
    environments_ = workspace.environments;
    if (!has_entry(environments_, "system")) environments_.push_back({.name = "system"});
  }
  NameProblems problems;
  places_.reserve(pipeline.steps.size());
  for (const auto& step : pipeline.steps)
    places_.push_back(
        {resolve(targets_, step.settings->compute_target, step, target_kind(), problems),
         resolve(environments_, step.settings->environment, step, environment_kind(), problems)});
  std::set<std::string> covered;  // environments to which only "*" gives a home
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].environment == nullptr) continue;
    if (places_[i].target != nullptr && places_[i].target->type != "local")
      check_elsewhere(pipeline.steps[i], *places_[i].target, problems.texts);
    else
      check_python(*places_[i].environment, problems.texts);
    if (!everything_local && places_[i].environment->name == "*")
      covered.insert(pipeline.steps[i].settings->environment);
  }
  if (!covered.empty())
    notices_.push_back(fmt::format(
        "the environment{} '{}' {} taken from the entry \"*\" of mlpipe.yaml: what {} not built "
        "here",
        covered.size() == 1 ? "" : "s", fmt::join(covered, "', '"),
        covered.size() == 1 ? "is" : "are",
        covered.size() == 1 ? "it defines is" : "they define is"));
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].target == nullptr) continue;
    check_gpus(pipeline.steps[i], *places_[i].target, problems.texts);
    if (places_[i].target->type != "local") continue;
    for (const auto& notice : {memory_notice(pipeline.steps[i]), gpu_notice(pipeline.steps[i])})
      if (!notice.empty()) notices_.push_back(notice);
  }
  for (const auto& missing : problems.missing) problems.texts.insert(missing_problem(missing));
  if (problems.texts.empty()) return;
  std::string message;
  for (const auto& problem : problems.texts) message += (message.empty() ? "" : "\n") + problem;
  throw Error(ErrorKind::invalid_file, message);
}

}  // namespace mlpipe
