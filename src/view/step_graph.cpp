#include "view/step_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// The first line of a command that says something, its blanks made single.
std::string one_line(std::string_view command) {
  for (const auto raw : split(command, '\n')) {
    std::string line;
    for (const char c : trim(raw)) {
      const bool blank = c == ' ' || c == '\t';
      if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
    }
    if (!line.empty() && line.front() != '#' && line.rfind("set -", 0) != 0) return line;
  }
  return {};
}

std::string command_of(const Template& command) {
  std::string text;
  for (const auto& segment : command) {
    switch (segment.kind) {
      case Segment::Kind::text:
        text += segment.text;
        break;
      case Segment::Kind::input:
        text += "${{inputs." + segment.text + "}}";
        break;
      case Segment::Kind::output:
        text += "${{outputs." + segment.text + "}}";
        break;
    }
  }
  return text;
}

std::string subtitle_of(const Step& step) {
  if (const auto* script = std::get_if<ScriptAction>(&step.action)) return script->script_name;
  if (const auto* other = std::get_if<OtherAction>(&step.action)) return other->type;
  return one_line(command_of(std::get<CommandAction>(step.action).command));
}

/// Collects edges, those between the same two steps as one.
class Edges {
 public:
  explicit Edges(StepGraph& graph) : graph_(graph) {}

  DrawnEdge& between(std::size_t from, std::size_t to) {
    const auto [found, added] = known_.try_emplace({from, to}, graph_.edges.size());
    if (added) graph_.edges.push_back({.from = from, .to = to});
    return graph_.edges[found->second];
  }

 private:
  StepGraph& graph_;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> known_;
};

/// Of "${{steps.NAME.outputs.OUTPUT}}" both names; nothing if it is another text.
std::optional<std::pair<std::string, std::string>> output_reference(std::string_view text) {
  constexpr std::string_view begin = "${{steps.";
  constexpr std::string_view middle = ".outputs.";
  constexpr std::string_view end = "}}";
  const auto at = text.rfind(middle);
  if (text.substr(0, begin.size()) != begin || at == std::string_view::npos || at < begin.size() ||
      text.substr(text.size() - end.size()) != end)
    return std::nullopt;
  const auto output = at + middle.size();
  return std::pair(std::string(text.substr(begin.size(), at - begin.size())),
                   std::string(text.substr(output, text.size() - end.size() - output)));
}

/// The edges into one step of a recorded pipeline.
void add_recorded_edges(Edges& edges, const std::map<std::string, std::size_t>& position,
                        const json& step, std::size_t to) {
  const json inputs = step.value("inputs", json::object());
  for (const auto& [name, value] : inputs.items()) {
    if (!value.is_object()) continue;  // a literal
    const auto source = output_reference(value.value("path", ""));
    if (!source) continue;
    if (const auto from = position.find(source->first); from != position.end())
      edges.between(from->second, to).data.push_back({.output = source->second, .input = name});
  }
  for (const auto& other : step.value("depends_on", json::array()))
    if (const auto from = position.find(other.get<std::string>()); from != position.end())
      edges.between(from->second, to);
}

StepGraph recorded_graph(const json& spec) {
  StepGraph graph{.title = spec.value("name", "")};
  std::map<std::string, std::size_t> position;
  const json steps = spec.value("steps", json::array());
  for (const auto& step : steps) {
    const auto name = step.at("name").get<std::string>();
    position.emplace(name, graph.steps.size());
    graph.steps.push_back(
        {.name = name, .subtitle = step.value("script_name", one_line(step.value("command", "")))});
  }
  Edges edges(graph);
  for (std::size_t to = 0; to < steps.size(); ++to)
    add_recorded_edges(edges, position, steps[to], to);
  return graph;
}

/// A step that needs itself by way of others, or nothing.
const DrawnStep* step_in_cycle(const StepGraph& graph) {
  std::vector<std::size_t> missing(graph.steps.size());
  std::vector<std::vector<std::size_t>> dependents(graph.steps.size());
  for (const auto& edge : graph.edges) {
    ++missing[edge.to];
    dependents[edge.from].push_back(edge.to);
  }
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < missing.size(); ++i)
    if (missing[i] == 0) ready.push_back(i);
  while (!ready.empty()) {
    const auto step = ready.back();
    ready.pop_back();
    for (const auto next : dependents[step])
      if (--missing[next] == 0) ready.push_back(next);
  }
  // What is left is on a cycle or after one: going back from there ends up on it.
  const auto left = std::find_if(missing.begin(), missing.end(), [](auto n) { return n > 0; });
  if (left == missing.end()) return nullptr;
  const auto needs = needs_of(graph);
  auto at = static_cast<std::size_t>(left - missing.begin());
  for (std::size_t i = 0; i < graph.steps.size(); ++i)
    at = *std::find_if(needs[at].begin(), needs[at].end(), [&](auto n) { return missing[n] > 0; });
  return &graph.steps[at];
}

}  // namespace

std::string DrawnEdge::label() const {
  std::string text;
  for (const auto& each : data)
    text += (text.empty() ? "" : ", ") + each.output + " → " + each.input;
  return text.empty() ? "depends_on" : text;
}

StepGraph step_graph_of(const Pipeline& pipeline) {
  StepGraph graph{.title = pipeline.name};
  Edges edges(graph);
  for (std::size_t to = 0; to < pipeline.steps.size(); ++to) {
    const Step& step = pipeline.steps[to];
    graph.steps.push_back({.name = step.name, .subtitle = subtitle_of(step)});
    for (const auto& input : step.inputs)
      if (const auto* source = std::get_if<OutputSource>(&input.source))
        edges.between(source->step.index, to)
            .data.push_back({.output = source->output, .input = input.name});
    for (const auto other : step.depends_on) edges.between(other.index, to);
  }
  return graph;
}

StepGraph step_graph_of(const RunDetails& details) {
  try {
    const json spec = parse_json(details.run.resolved_spec);
    if (spec.is_discarded())
      fail(ErrorKind::system,
           "cannot draw run {}: its recorded pipeline cannot be read (it is no JSON, or nested too "
           "deeply); the record is damaged, run the pipeline again for one that is whole",
           details.run.id);
    StepGraph graph = recorded_graph(spec);
    if (const auto* step = step_in_cycle(graph))
      fail(ErrorKind::system,
           "the record of run {} cannot be drawn: in its pipeline, as it was kept, step '{}' needs "
           "itself; the record is damaged, run the pipeline again for one that is whole",
           details.run.id, printable(step->name));
    graph.title += " · run " + details.run.id;
    // A step that only the steps' rows know is not to happen; if it does, they are not lost.
    for (const auto& name : mark_with(graph, details)) graph.steps.push_back({.name = name});
    (void)mark_with(graph, details);
    return graph;
  } catch (const json::exception& error) {
    fail(ErrorKind::system,
         "cannot draw run {}: its recorded pipeline cannot be read ({}); the record is damaged, "
         "run the pipeline again for one that is whole",
         details.run.id, printable(error.what()));
  }
}

std::vector<std::string> mark_with(StepGraph& graph, const RunDetails& details) {
  std::map<std::string, DrawnStep*> drawn;
  for (auto& step : graph.steps) drawn.emplace(step.name, &step);
  std::vector<std::string> unknown;
  for (const auto& step : details.steps) {
    const auto found = drawn.find(step.record.step);
    if (found == drawn.end()) {
      unknown.push_back(step.record.step);
      continue;
    }
    found->second->status = step.record.status;
    found->second->reused = step.record.reused;
    found->second->duration = step.duration();
  }
  return unknown;
}

std::string status_words(const DrawnStep& step) {
  if (!step.status) return {};
  if (step.reused && *step.status == Status::completed) return "Reused";
  std::string words(to_text(*step.status));
  if (step.duration) words += ", " + duration_text(*step.duration);
  return words;
}

std::vector<std::vector<std::size_t>> needs_of(const StepGraph& graph) {
  std::vector<std::vector<std::size_t>> needs(graph.steps.size());
  for (const auto& edge : graph.edges) needs[edge.to].push_back(edge.from);
  return needs;
}

}  // namespace mlpipe
