#pragma once

#include <set>
#include <string>

#include "core/pipeline.h"
#include "store/source_folder.h"

namespace mlpipe {

/// A step's sources as the store takes them in. `written_paths` are the `path:` of all outputs:
/// those below the sources are left out.
[[nodiscard]] SourceFolder source_of(const Step& step, const std::set<std::string>& written_paths);

}  // namespace mlpipe
