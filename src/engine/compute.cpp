#include "engine/compute.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"

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

std::string place_text(const SpecLocation& at) {
  return at.line == 0 ? at.file : fmt::format("{}:{}:{}", at.file, at.line, at.column);
}

/// What the two kinds of entry have in common when a step names one.
struct Kind {
  std::string_view word;          ///< "compute target"
  std::string_view section;       ///< "compute_targets"
  std::string_view builtin_name;  ///< The entry that always exists …
  std::string_view type;          ///< … and the only type that runs so far.
};

constexpr Kind target_kind{"compute target", "compute_targets", "local", "local"};
constexpr Kind environment_kind{"environment", "environments", "system", "system"};

template <class Config>
const Config* resolve(const std::vector<Config>& entries, const std::string& wanted,
                      const Step& step, const Kind& kind, std::set<std::string>& problems) {
  const std::string name = wanted.empty() ? std::string(kind.builtin_name) : wanted;
  const Config* found = find_entry(entries, name);
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& entry : entries) known.push_back(entry.name);
    problems.insert(fmt::format(
        "{}: step '{}' names the {} '{}', which mlpipe.yaml does not have{}; add there\n"
        "  {}:\n    {}: {{type: {}}}\nor run with --local, which takes every compute target as "
        "local and every environment as the system's",
        place_text(step.location), step.name, kind.word, name, did_you_mean(name, known),
        kind.section, name, kind.type));
  } else if (found->type != kind.type) {
    problems.insert(fmt::format(
        "{}: the {} '{}' has the type '{}', which this mlpipe does not run yet (only '{}'); step "
        "'{}' names it; run with --local to try the pipeline here",
        place_text(found->location), kind.word, found->name, found->type, kind.type, step.name));
  }
  return found;
}

}  // namespace

Places::Places(const Pipeline& pipeline, const Workspace& workspace, bool everything_local) {
  if (everything_local) {
    targets_.push_back({.name = "*"});
    environments_.push_back({.name = "*"});
    notices_.emplace_back("--local: every compute target is local, every environment the system's");
  } else {
    targets_ = workspace.compute_targets;
    environments_ = workspace.environments;
    if (!has_entry(targets_, "local")) targets_.push_back({.name = "local"});
    if (!has_entry(environments_, "system")) environments_.push_back({.name = "system"});
  }
  std::set<std::string> problems;
  places_.reserve(pipeline.steps.size());
  for (const auto& step : pipeline.steps)
    places_.push_back({resolve(targets_, step.compute_target, step, target_kind, problems),
                       resolve(environments_, step.environment, step, environment_kind, problems)});
  if (problems.empty()) return;
  std::string message;
  for (const auto& problem : problems) message += (message.empty() ? "" : "\n") + problem;
  throw Error(ErrorKind::invalid_file, message);
}

}  // namespace mlpipe
