// Two recorded pipelines, of which a damaged database may hold anything: their differences, a graph
// and a report, or a refusal.
#include "base/error.h"
#include "base/json.h"
#include "engine/value_changes.h"
#include "fuzz/fuzz_target.h"
#include "view/graph_lines.h"
#include "view/graph_source.h"
#include "view/graph_svg.h"
#include "view/report_page.h"

namespace mlpipe::fuzz {

namespace {

void compare(const nlohmann::json& before, const nlohmann::json& now) {
  (void)parameter_changes(before, now);
  (void)spec_changes(before, now);
  require(value_changes(before, before).empty(), "nothing differs from itself");
  require(value_changes(before, now).empty() == (before == now), "what differs is found");
}

void draw(const std::string& spec) {
  RunDetails details;
  details.run.id = "r";
  details.run.pipeline = "p";
  details.run.resolved_spec = spec;
  ReportData data;
  try {
    const auto graph = step_graph_of(details);
    if (graph.steps.size() > 30) return;
    data.graph = graph_svg(graph);
    require_balanced(data.graph, false);
    (void)graph_lines(graph, true);
    (void)graph_dot(graph);
    (void)graph_mermaid(graph);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::system, "a damaged record is the system's", error.what());
    require_good_message(error.what(), "", "");
  }
  data.details = details;
  require_balanced(report_page(data), true);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto texts = texts_in(text_of(data, size), 2);
  const auto before = parse_json(texts[0]);
  const auto now = parse_json(texts[1]);
  if (!before.is_discarded() && !now.is_discarded()) compare(before, now);
  draw(texts[0]);
  return 0;
}
