#pragma once

#include "core/pipeline.h"
#include "spec/spec_files.h"

namespace mlpipe {

/// Report steps that need themselves by way of others, each cycle (ten at most) with the places
/// where it is tied. Linear in steps and edges, and not recursive.
void check_cycles(const Pipeline& pipeline, SpecFiles& files);

/// Report a `path:` of an output that is also another output's, holds one or lies in one; or that
/// would change what is hashed: an input, `hash_paths`, a whole source directory, the pipeline
/// file.
void check_output_paths(const Pipeline& pipeline, SpecFiles& files);

}  // namespace mlpipe
