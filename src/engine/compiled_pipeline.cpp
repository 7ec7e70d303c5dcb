#include "engine/compiled_pipeline.h"

#include <utility>

#include "base/look_again.h"
#include "base/worker_pool.h"
#include "engine/look_fields.h"
#include "engine/looks_at_rest.h"
#include "engine/pipeline_codec.h"
#include "engine/remembered_files.h"

namespace mlpipe {

void fields(auto& codec, FieldsOf<CompiledPipeline> auto& compiled) {
  codec(compiled.looks, compiled.pipeline);
}

namespace {

RememberedFiles compiled_pipelines(const StateDirectory& state) {
  return {state.cache() / "pipelines", "mlpipe pipeline 1\n"};
}

}  // namespace

std::optional<Pipeline> find_compiled_pipeline(const StateDirectory& state, const Hash& key) {
  CompiledPipeline compiled;
  {
    const LookRecorder::Pause aside;  // the pipeline does not hang on where it is remembered
    const auto bytes = compiled_pipelines(state).read(key);
    if (!bytes) return std::nullopt;
    FieldDecoder decoder(*bytes);
    decoder(compiled);
    if (!decoder.ended_well()) return std::nullopt;
  }
  WorkerPool pool;
  if (!still_hold(compiled.looks, pool)) return std::nullopt;
  auto pipeline = decode_pipeline(compiled.pipeline);
  if (!pipeline) return std::nullopt;
  for (const auto& look : compiled.looks)
    LookRecorder::saw(look.path, look.follows_links, look.stat, look.exact);
  return pipeline;
}

std::optional<CompiledPipeline> compile(const Pipeline& pipeline, const LookRecorder& recorder) {
  auto looks = recorder.looks();
  if (!looks) return std::nullopt;
  return CompiledPipeline{.looks = std::move(*looks), .pipeline = encode(pipeline)};
}

void keep_compiled_pipeline(const StateDirectory& state, const Hash& key,
                            const CompiledPipeline& compiled, StatCache& cache,
                            std::chrono::nanoseconds age) {
  if (!are_at_rest(compiled.looks, state.objects(), cache, age)) return;
  FieldEncoder encoder;
  encoder(compiled);
  compiled_pipelines(state).write(key, encoder.take());
}

}  // namespace mlpipe
