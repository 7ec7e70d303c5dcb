#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/execution.h"
#include "engine/file_trace.h"

namespace mlpipe {

/// Something that a step read and does not declare.
struct UndeclaredAccess {
  enum class Place {
    source,     ///< In its source directory itself, of which it has a copy.
    workspace,  ///< Elsewhere in the workspace.
    home,       ///< Elsewhere below $HOME.
    elsewhere,
  };

  std::filesystem::path path;
  std::size_t files = 0;  ///< 0: `path` itself; else so many below the folder `path`.
  FileAccess::How how = FileAccess::How::looked_at;
  bool found = true;  ///< False: it is there, but the step is isolated and was not shown it.
  Place place = Place::elsewhere;
};

/// What `--trace-inputs` found out about one step.
struct StepTrace {
  std::string step;
  std::string problem;                       ///< Why nothing is known; else empty.
  std::vector<UndeclaredAccess> undeclared;  ///< By path; folders of many as one.
  std::size_t undeclared_paths = 0;          ///< How many there are before they are put together.
  std::vector<std::string> unused_inputs;    ///< Names of data inputs that it never looked at.
};

/// "read", "executed" …
[[nodiscard]] std::string_view to_text(FileAccess::How how);
/// "source", "workspace" …
[[nodiscard]] std::string_view to_text(UndeclaredAccess::Place place);

/// What to compare a trace with.
struct TraceContext {
  std::filesystem::path workspace;
};

/// From what strace wrote about the attempt (StepDirectory::trace()). Looks at the disk. Any
/// thread; does not throw.
[[nodiscard]] StepTrace report_trace(const StepExecution& execution, const TraceContext& context);

/// The same from what was read of it.
[[nodiscard]] StepTrace report_accesses(const FileAccesses& accesses,
                                        const StepExecution& execution,
                                        const TraceContext& context);

/// Put files of one folder together until there are few.
[[nodiscard]] std::vector<UndeclaredAccess> grouped(std::vector<UndeclaredAccess> accesses);

}  // namespace mlpipe
