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
#include "store/encoding.h"
#include "store/field_codec.h"

namespace mlpipe {

namespace {

/// The pipeline, what was looked at, and of how many bytes the pipeline is: it is long, and not
/// copied for what follows it.
std::string bytes_of(CompiledPipeline compiled) {
  FieldEncoder rest;
  rest(compiled.looks, compiled.pipeline.size());
  compiled.pipeline += rest.take();
  return std::move(compiled.pipeline);
}

/// `pipeline` becomes a part of `bytes`; false if they are not what bytes_of() makes.
bool take_apart(std::string_view bytes, std::vector<Look>& looks, std::string_view& pipeline) {
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) return false;
  ByteReader end(bytes.substr(bytes.size() - sizeof size));
  size = end.number(sizeof size);
  if (size > bytes.size()) return false;
  FieldDecoder rest(bytes.substr(size));
  rest(looks, size);
  pipeline = bytes.substr(0, size);
  return rest.ended_well();
}

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
  return {state.cache() / "pipelines", "mlpipe pipeline 2\n"};
}

}  // namespace

std::optional<Pipeline> find_compiled_pipeline(const StateDirectory& state, const Hash& key) {
  std::optional<std::string> bytes;
  {
    const LookRecorder::Pause aside;  // the pipeline does not hang on where it is remembered
    bytes = compiled_pipelines(state).read(key);
  }
  std::vector<Look> looks;
  std::string_view encoded;
  if (!bytes || !take_apart(*bytes, looks, encoded)) return std::nullopt;
  WorkerPool pool;
  if (!still_hold(looks, pool)) return std::nullopt;
  auto pipeline = decode_pipeline(encoded);
  if (!pipeline) return std::nullopt;
  for (const auto& look : looks)
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

void keep_compiled_pipeline(const StateDirectory& state, const Hash& key, CompiledPipeline compiled,
                            StatCache& cache, std::chrono::nanoseconds age) {
  if (!are_at_rest(compiled.looks, state.objects(), cache, age)) return;
  compiled_pipelines(state).write(key, bytes_of(std::move(compiled)));
}

}  // namespace mlpipe
