#pragma once

#include <string>
#include <vector>

#include "core/pipeline.h"

namespace mlpipe {

/// The interpreters that a step uses, as words: "python", "Rscript" (semantics.md 2, item 7): the
/// one its script's ending asks for, the one on its script's first line, or those its command names
/// as a word (`python`, `python3`, `Rscript`). Sorted, without repetition.
[[nodiscard]] std::vector<std::string> interpreters_of(const Step& step);

}  // namespace mlpipe
