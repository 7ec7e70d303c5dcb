// mlpipe graph: the steps of a pipeline file, or of a recorded run, as a drawing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/requests.h"
#include "cli/status_colour.h"
#include "cli/table.h"
#include "view/graph_lines.h"
#include "view/graph_source.h"
#include "view/graph_svg.h"

namespace mlpipe {

namespace {

using nlohmann::json;

enum class Format { text, dot, mermaid, svg, document };

struct NamedFormat {
  std::string_view name;
  std::string_view suffix;
  Format format;
};

constexpr std::array<NamedFormat, 4> formats{{{"text", ".txt", Format::text},
                                              {"dot", ".dot", Format::dot},
                                              {"mermaid", ".mmd", Format::mermaid},
                                              {"svg", ".svg", Format::svg}}};

Format format_of(const Arguments& arguments) {
  if (arguments.json && !arguments.format.empty())
    fail(ErrorKind::usage, "--json and --format {} cannot be used together", arguments.format);
  if (arguments.json) return Format::document;
  for (const auto& each : formats)
    if (each.name == arguments.format) return each.format;
  if (!arguments.format.empty())
    fail(ErrorKind::usage, "--format: expected one of text, dot, mermaid, svg, not '{}'",
         arguments.format);
  if (arguments.output_file.empty()) return Format::text;
  const auto suffix = std::filesystem::path(arguments.output_file).extension().string();
  for (const auto& each : formats)
    if (each.suffix == suffix) return each.format;
  fail(ErrorKind::usage,
       "-o {}: {}; end it in .txt, .dot, .mmd (mermaid) or .svg, or choose with --format",
       arguments.output_file,
       suffix.empty() ? std::string("its format is not known, since it has no suffix")
                      : fmt::format("there is no format for '{}'", suffix));
}

/// What is drawn, and of which run.
struct Subject {
  StepGraph graph;
  std::string pipeline;
  std::optional<std::string> run_id;
};

RunDetails details_of(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  RunRecord run = opened.find_run(arguments.status_of);
  auto steps = opened.steps_of(run);
  return load_details(opened.history, std::move(run), std::move(steps));
}

Subject subject_of_file(const Arguments& arguments) {
  const OpenedPipeline opened(opening_of(arguments));
  for (const auto& notice : opened.notices()) std::fputs((notice + "\n").c_str(), stderr);
  Subject subject{.graph = step_graph_of(opened.pipeline), .pipeline = opened.pipeline.name};
  if (arguments.status_of.empty()) return subject;
  Arguments of_history = arguments;
  of_history.workspace = opened.workspace.root.string();  // that of the file, wherever one stands
  const RunDetails details = details_of(of_history);
  const auto gone = mark_with(subject.graph, details);
  if (!gone.empty()) {
    std::string names;
    for (const auto& name : gone) names += (names.empty() ? "" : ", ") + name;
    fmt::print(stderr, "note: run {} has {} that '{}' has not: {}\n", details.run.id,
               counted(gone.size(), "step"), arguments.spec, names);
  }
  subject.run_id = details.run.id;
  return subject;
}

Subject subject_of(const Arguments& arguments) {
  if (!arguments.spec.empty()) return subject_of_file(arguments);
  if (arguments.status_of.empty())
    fail(ErrorKind::usage,
         "there is nothing to draw: name a pipeline file, or a run with --status RUN");
  const RunDetails details = details_of(arguments);
  return {
      .graph = step_graph_of(details), .pipeline = details.run.pipeline, .run_id = details.run.id};
}

json graph_json(const Subject& subject) {
  json steps = json::array();
  for (const auto& step : subject.graph.steps)
    steps.push_back(
        {{"step", step.name},
         {"action", step.subtitle},
         {"status", step.status ? json(to_text(*step.status)) : json()},
         {"reused", step.reused},
         {"duration_seconds", step.duration ? json(json_seconds(*step.duration)) : json()}});
  json edges = json::array();
  for (const auto& edge : subject.graph.edges) {
    json data = json::array();
    for (const auto& each : edge.data)
      data.push_back({{"output", each.output}, {"input", each.input}});
    edges.push_back({{"from", subject.graph.steps[edge.from].name},
                     {"to", subject.graph.steps[edge.to].name},
                     {"data", data}});
  }
  return {{"pipeline", subject.pipeline},
          {"run_id", subject.run_id ? json(*subject.run_id) : json()},
          {"steps", steps},
          {"edges", edges}};
}

/// Lines with lanes; where they would leave no room for names, what each step needs in words.
std::string graph_text(const StepGraph& graph, const Terminal& out) {
  const bool unicode = shows_utf8();
  const auto lines = graph_lines(graph, unicode);
  constexpr std::size_t most_lanes = 400;  // columns, where nobody's terminal says less
  const std::size_t room = out.is_live() ? out.width() * 3 / 5 : most_lanes;
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, columns_of(line.lanes));
  const bool in_words = width > room;
  const auto needs = needs_of(graph);
  Table table({{""}, {"", Table::Align::left, true}, {"", Table::Align::left, true}, {""}});
  for (const auto& line : lines) {
    if (!line.step) {
      if (!in_words) table.add({{line.lanes}});
      continue;
    }
    const DrawnStep& step = graph.steps[*line.step];
    const Colour colour = step.status ? colour_of(*step.status) : Colour::plain;
    std::string beside = printable(step.subtitle);
    if (in_words) {
      beside = needs[*line.step].empty() ? "" : "needs ";
      for (std::size_t i = 0; i < needs[*line.step].size(); ++i)
        beside += (i == 0 ? "" : ", ") + printable(graph.steps[needs[*line.step][i]].name);
    }
    table.add({{in_words ? (unicode ? "●" : "*") : line.lanes},
               {printable(step.name), colour},
               {beside, Colour::grey},
               {status_words(step), colour}});
  }
  return table.text(out);
}

std::string drawing_of(const Subject& subject, Format format, const Terminal& out) {
  switch (format) {
    case Format::text:
      return graph_text(subject.graph, out);
    case Format::dot:
      return graph_dot(subject.graph);
    case Format::mermaid:
      return graph_mermaid(subject.graph);
    case Format::svg:
      return graph_svg(subject.graph);
    case Format::document:
      return json_document(graph_json(subject)) + "\n";
  }
  return {};
}

}  // namespace

int graph_command(const Arguments& arguments) {
  const Format format = format_of(arguments);
  const Subject subject = subject_of(arguments);
  if (arguments.output_file.empty()) {
    fmt::print("{}", drawing_of(subject, format, Terminal(1)));
  } else {
    constexpr int no_terminal = -1;
    write_file_atomically(arguments.output_file,
                          drawing_of(subject, format, Terminal(no_terminal)));
  }
  return 0;
}

}  // namespace mlpipe
