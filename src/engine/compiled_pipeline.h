#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/look_recorder.h"
#include "core/pipeline.h"
#include "engine/state_directory.h"
#include "store/stat_cache.h"

namespace mlpipe {

/// A pipeline that was read, in a form that is quickly read again, with all that was looked at for
/// it. As long as that is as it was, the same request would come to the same pipeline.
struct CompiledPipeline {
  std::vector<Look> looks;
  std::string pipeline;  ///< encode()
};

/// What is remembered under the key (request_key()), if nothing that it was made from has changed;
/// a LookRecorder is told of all that, as if it had been read now.
[[nodiscard]] std::optional<Pipeline> find_compiled_pipeline(const StateDirectory& state,
                                                             const Hash& key);

/// `recorder` has seen the pipeline being read, and nothing but that. Nothing if a Look cannot say
/// all that it depends on, or if an address in it holds a password or a signature.
[[nodiscard]] std::optional<CompiledPipeline> compile(const Pipeline& pipeline,
                                                      const LookRecorder& recorder);

/// Remember it, unless what was looked at is so young that a change of it might not show. `age`:
/// how long ago the first look may have been.
void keep_compiled_pipeline(const StateDirectory& state, const Hash& key, CompiledPipeline compiled,
                            StatCache& cache, std::chrono::nanoseconds age);

}  // namespace mlpipe
