#pragma once

#include <optional>

#include "spec/problems.h"
#include "spec/source_text.h"

namespace YAML {  // NOLINT(readability-identifier-naming): theirs
class Exception;
}

namespace mlpipe {

/// Report what yaml-cpp says is wrong with a text, with what is most often behind it. `unquoted`:
/// where a `${{` without quotes cut a value short just before, if it did.
void report_syntax_error(const YAML::Exception& error, std::optional<Mark> unquoted,
                         const SourceText& source, Problems& problems);

}  // namespace mlpipe
