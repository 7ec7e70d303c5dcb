#include "spec/check_pipeline.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "spec/data_paths.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_cycles = 50;
constexpr std::size_t longest_shown = 20;

std::string place_text(const SpecLocation& at) {
  return fmt::format("{}:{}:{}", *at.file, at.line, at.column);
}

/// What a step needs.
std::vector<StepId> needed_by(const Step& step) {
  std::vector<StepId> needed;
  for (const auto& input : step.inputs)
    if (const auto* source = std::get_if<OutputSource>(&input.source))
      needed.push_back(source->step);
  needed.insert(needed.end(), step.depends_on.begin(), step.depends_on.end());
  return needed;
}

/// Where `step` says that it needs `other`, and by which output: null for `depends_on`.
std::pair<SpecLocation, const OutputSource*> edge_of(const Step& step, StepId other) {
  for (const auto& input : step.inputs)
    if (const auto* source = std::get_if<OutputSource>(&input.source);
        source != nullptr && source->step == other)
      return {input.location, source};
  return {step.location, nullptr};
}

std::string edge_text(const Step& step, StepId other, const Pipeline& pipeline) {
  const auto [location, source] = edge_of(step, other);
  if (source != nullptr)
    return fmt::format("'{}' needs '{}.{}' ({})", step.name, pipeline[other].name, source->output,
                       place_text(location));
  return fmt::format("'{}' depends on '{}' ({})", step.name, pipeline[other].name,
                     place_text(location));
}

/// The steps of a cycle, each needs the next, the last one the first.
using Cycle = std::vector<std::size_t>;
using Edge = std::pair<std::size_t, std::size_t>;

Edge edge_at(const Cycle& cycle, std::size_t at) {
  return {cycle[at], cycle[(at + 1) % cycle.size()]};
}

/// Depth-first search with its own stack.
class CycleFinder {
 public:
  explicit CycleFinder(const Pipeline& pipeline)
      : pipeline_(pipeline), states_(pipeline.steps.size()) {}

  std::vector<Cycle> find() {
    for (std::size_t i = 0; i < pipeline_.steps.size() && found_.size() < most_cycles; ++i)
      if (states_[i] == State::unseen) search(i);
    return std::move(found_);
  }

 private:
  enum class State : std::uint8_t { unseen, open, done };
  struct Visit {
    std::size_t step = 0;
    std::vector<StepId> needed;
    std::size_t next = 0;
  };

  void enter(std::size_t step) {
    states_[step] = State::open;
    path_.push_back({.step = step, .needed = needed_by(pipeline_.steps[step])});
  }

  void search(std::size_t start) {
    enter(start);
    while (!path_.empty() && found_.size() < most_cycles) {
      auto& visit = path_.back();
      if (visit.next == visit.needed.size()) {
        states_[visit.step] = State::done;
        path_.pop_back();
        continue;
      }
      const auto next = visit.needed[visit.next++].index;
      if (states_[next] == State::unseen)
        enter(next);
      else if (states_[next] == State::open)
        note(next);
    }
    path_.clear();
  }

  /// The path from `start` to its end leads back to `start`.
  void note(std::size_t start) {
    auto visit = std::find_if(path_.begin(), path_.end(),
                              [start](const Visit& each) { return each.step == start; });
    Cycle& cycle = found_.emplace_back();
    for (; visit != path_.end(); ++visit) cycle.push_back(visit->step);
  }

  const Pipeline& pipeline_;
  std::vector<State> states_;
  std::vector<Visit> path_;
  std::vector<Cycle> found_;
};

/// Turn the shortest cycle so that it begins with the edge that most of them go through: one wrong
/// reference makes many cycles, and lies in all of them. People write steps in their order, so of
/// equals it is the first that leads to a later step.
void begin_with_culprit(Cycle& shortest, const std::vector<Cycle>& cycles) {
  std::map<Edge, std::size_t> uses;
  for (const auto& cycle : cycles)
    for (std::size_t i = 0; i < cycle.size(); ++i) ++uses[edge_at(cycle, i)];
  const auto weight = [&](std::size_t at) {
    const auto edge = edge_at(shortest, at);
    return std::pair(uses[edge], edge.second >= edge.first);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < shortest.size(); ++i)
    if (weight(i) > weight(best)) best = i;
  std::rotate(shortest.begin(), shortest.begin() + static_cast<std::ptrdiff_t>(best),
              shortest.end());
}

void report_cycle(const Cycle& cycle, std::size_t more, const Pipeline& pipeline,
                  SpecFiles& files) {
  std::string names;
  std::string edges;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (i == longest_shown / 2 && cycle.size() > longest_shown) {
      const auto left_out = cycle.size() - longest_shown;
      names += fmt::format("… ({} more) -> ", left_out);
      edges += "\n      = …";
      i += left_out - 1;
      continue;
    }
    const auto [step, next] = edge_at(cycle, i);
    names += pipeline.steps[step].name + " -> ";
    edges += (edges.empty() ? "" : "\n      = ") +
             edge_text(pipeline.steps[step], StepId{next}, pipeline);
  }
  if (more > 0)
    edges += fmt::format("\n      = at least {} through the first of these",
                         counted(more, "more cycle"));
  const auto [step, next] = edge_at(cycle, 0);
  const auto at = edge_of(pipeline.steps[step], StepId{next}).first;
  files.problems_at(at).error(at,
                              fmt::format("the steps form a cycle, each needs the next: {}{}",
                                          names, pipeline.steps[cycle.front()].name),
                              edges);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto& inner = path.native();
  const auto& outer = folder.native();
  return inner.size() > outer.size() && inner.starts_with(outer) &&
         (outer.ends_with('/') || inner[outer.size()] == '/');
}

/// Paths with what they are.
class PathMap {
 public:
  void add(const fs::path& path, std::string what) { paths_.emplace(path.native() + '/', what); }

  /// What is at `path` or around it; nullptr if nothing.
  [[nodiscard]] const std::string* at_or_around(fs::path path) const {
    for (;;) {
      if (const auto found = paths_.find(path.native() + '/'); found != paths_.end())
        return &found->second;
      if (!path.has_relative_path()) return nullptr;
      path = path.parent_path();
    }
  }
  /// What is at `path` or below it.
  [[nodiscard]] const std::string* at_or_below(const fs::path& path) const {
    const auto folder = path == path.root_path() ? path.native() : path.native() + '/';
    const auto found = paths_.lower_bound(folder);
    return found != paths_.end() && found->first.starts_with(folder) ? &found->second : nullptr;
  }

 private:
  std::map<std::string, std::string> paths_;
};

/// One output that is copied somewhere.
struct Target {
  const DataOutput* output = nullptr;
  const Step* step = nullptr;

  [[nodiscard]] std::string name() const { return fmt::format("{}.{}", step->name, output->name); }
};

/// Report outputs at the same path or one inside the other. `targets` are sorted by path.
void check_overlaps(const std::vector<Target>& targets, SpecFiles& files) {
  std::vector<const Target*> around;  // those that the current one may lie in
  for (const auto& target : targets) {
    const fs::path& path = target.output->path;
    while (!around.empty() && *around.back()->output->path != path &&
           !lies_in(path, around.back()->output->path))
      around.pop_back();
    if (!around.empty()) {
      const auto& other = *around.back();
      const bool same = *other.output->path == path;
      files.problems_at(target.output->location)
          .error(target.output->location,
                 same ? fmt::format("'{}' and '{}' both write '{}'", other.name(), target.name(),
                                    path.string())
                      : fmt::format("'{}' writes '{}', which lies inside what '{}' writes",
                                    target.name(), path.string(), other.name()),
                 "give each output a path of its own");
    }
    around.push_back(&target);
  }
}

/// What must not change under a running pipeline.
struct HashedPaths {
  PathMap whole;    ///< Nothing may be written at it, below it or around it.
  PathMap sources;  ///< Nothing at it or around it; below it, it is left out of the snapshot.
};

HashedPaths hashed_paths(const Pipeline& pipeline) {
  HashedPaths hashed;
  hashed.whole.add(pipeline.file, "the pipeline file");
  for (const auto& step : pipeline.steps) {
    for (const auto& input : step.inputs)
      if (const auto* source = path_source(input.source); source != nullptr && source->url.empty())
        hashed.whole.add(source->path,
                         fmt::format("the input '{}' of '{}'", input.name, step.name));
    for (const auto& path : step.sources->hash_paths)
      hashed.whole.add(resolve_path(step.sources->directory, path),
                       fmt::format("'{}' of the 'hash_paths' of '{}'", path, step.name));
    if (step.sources->frozen) continue;
    if (!step.sources->directory.empty())
      hashed.sources.add(step.sources->directory,
                         fmt::format("the source directory of '{}'", step.name));
    for (const auto& included : step.sources->include)
      hashed.sources.add(resolve_path(step.sources->directory, included),
                         fmt::format("the sources of '{}'", step.name));
    for (const auto& added : step.sources->added)
      hashed.sources.add(
          added, fmt::format("what 'additional_includes' adds to the sources of '{}'", step.name));
  }
  return hashed;
}

}  // namespace

void check_cycles(const Pipeline& pipeline, SpecFiles& files) {
  auto cycles = CycleFinder(pipeline).find();
  while (!cycles.empty()) {
    Cycle shortest =
        *std::min_element(cycles.begin(), cycles.end(),
                          [](const Cycle& a, const Cycle& b) { return a.size() < b.size(); });
    begin_with_culprit(shortest, cycles);
    const auto told = std::erase_if(cycles, [culprit = edge_at(shortest, 0)](const Cycle& cycle) {
      for (std::size_t i = 0; i < cycle.size(); ++i)
        if (edge_at(cycle, i) == culprit) return true;
      return false;
    });
    report_cycle(shortest, told - 1, pipeline, files);
  }
}

void check_output_paths(const Pipeline& pipeline, SpecFiles& files) {
  std::vector<Target> targets;
  for (const auto& step : pipeline.steps)
    for (const auto& output : step.outputs)
      if (!output.path->empty()) targets.push_back({.output = &output, .step = &step});
  if (targets.empty()) return;
  std::stable_sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
    return a.output->path->native() + '/' < b.output->path->native() + '/';
  });
  check_overlaps(targets, files);
  const auto hashed = hashed_paths(pipeline);
  for (const auto& target : targets) {
    const fs::path& path = target.output->path;
    const std::string* hit = hashed.whole.at_or_around(path);
    if (hit == nullptr) hit = hashed.whole.at_or_below(path);
    if (hit == nullptr) hit = hashed.sources.at_or_below(path);
    if (hit != nullptr)
      files.problems_at(target.output->location)
          .error(target.output->location,
                 fmt::format("'{}' writes '{}', which would change {}", target.name(),
                             path.string(), *hit),
                 "give the output a path outside of it");
  }
}

}  // namespace mlpipe
