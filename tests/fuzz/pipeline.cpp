// A pipeline file in either spelling: read, or refused with places inside it; what is read can be
// put in order, recorded and drawn. The outline that shell completion reads stands any text.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "core/graph.h"
#include "engine/resolved_spec.h"
#include "fuzz/fuzz_target.h"
#include "spec/pipeline_outline.h"
#include "spec/read_pipeline.h"
#include "view/step_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("pipeline.yaml");
  const auto text = text_of(data, size);
  file.write(text);
  try {
    const Pipeline pipeline = read_pipeline(file.path());
    require(!pipeline.steps.empty(), "a pipeline has steps");
    const Graph graph(pipeline);
    require(graph.order().size() == pipeline.steps.size(), "every step has its turn");
    for (const auto& warning : pipeline.warnings)
      require_good_message(warning, file.path().native(), text);
    RunDetails details;
    details.run.resolved_spec = resolved_spec_json(pipeline);
    require(nlohmann::json::accept(details.run.resolved_spec), "what is recorded is JSON");
    const auto written = step_graph_of(pipeline);
    const auto recorded = step_graph_of(details);
    require(written.steps.size() == recorded.steps.size(), "a recorded graph has the same steps");
    require(written.edges.size() == recorded.edges.size(), "a recorded graph has the same edges");
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
    require_good_message(error.what(), file.path().native(), text);
  }
  const PipelineOutline outline(file.path());
  (void)outline.steps();
  (void)outline.parameters();
  (void)outline.inputs();
  (void)outline.experiment();
  for (const char* key : {"", "steps.", "steps.a.", "jobs.a.inputs.", "settings.", "inputs.x."})
    (void)outline.keys(key);
  return 0;
}
