#include "engine/compiled_pipeline.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "base/look_again.h"
#include "base/url.h"
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

/// Whether somewhere in it there is an address with a password or a signature: that is not kept
/// (semantics.md 6).
bool holds_secret_address(std::string_view bytes) {
  constexpr std::string_view sign = "://";
  const auto is_letter = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0;  // of the C locale
  };
  const auto ends_it = [](char c) { return c <= ' ' || c == '"' || c == '\'' || c == 0x7f; };
  for (auto at = bytes.find(sign); at != std::string_view::npos; at = bytes.find(sign, at + 1)) {
    auto begin = at;
    while (begin > 0 && is_letter(bytes[begin - 1])) --begin;
    const auto rest = bytes.substr(begin);
    const auto* const end = std::find_if(rest.begin(), rest.end(), ends_it);
    const std::string_view address(rest.begin(), end);
    if (is_http_url(address) && url_has_secrets(address)) return true;
  }
  return false;
}

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
  CompiledPipeline compiled{.looks = std::move(*looks), .pipeline = encode(pipeline)};
  if (holds_secret_address(compiled.pipeline)) return std::nullopt;
  return compiled;
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
