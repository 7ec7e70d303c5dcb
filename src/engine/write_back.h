#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline.h"
#include "core/run.h"
#include "engine/object_fetcher.h"
#include "engine/published_place.h"
#include "engine/reporter.h"
#include "engine/state_directory.h"
#include "history/history.h"

namespace mlpipe {

struct WriteBackOutcome {
  enum class Kind {
    written,
    already_there,
    kept_foreign,  ///< Something else is there that mlpipe did not put there, or that was edited.
    failed,
  };

  Kind kind = Kind::written;
  WriteBack what;
  std::string message;  ///< For kept_foreign and failed: all of it, and what to do.
  std::string why;      ///< For these two: the reason alone.
};

/// Copy an output to its `path:`, by reflink or copy, so that a reader sees the old content or the
/// new one, and never over what mlpipe did not put there (semantics.md 3). What lies on another
/// machine comes by `fetcher`, null where nothing can. Any thread; does not throw.
[[nodiscard]] WriteBackOutcome write_back_output(const WriteBack& what, const StateDirectory& state,
                                                 ObjectStore& store, ObjectFetcher* fetcher,
                                                 StatCache& cache, WorkerPool& pool);

/// What a completed step has to copy: its outputs with a `path:`.
[[nodiscard]] std::vector<WriteBack> write_backs(const Step& step,
                                                 const std::vector<OutputRecord>& outputs,
                                                 const std::string& run_id, History& history);

/// A `path:` with the run's id put in for `${{name}}` (azureml.md 3.2).
[[nodiscard]] std::filesystem::path path_in_run(const std::filesystem::path& path,
                                                const std::string& run_id);

/// What the end of a run says of an output that was not copied; nothing if it is there.
[[nodiscard]] std::optional<NotCopied> not_copied(std::string_view step,
                                                  const WriteBackOutcome& outcome);

/// Remember what was put where, so that it may be replaced the next time.
void record_write_back(const WriteBackOutcome& outcome, RunKey run, History& history);

}  // namespace mlpipe
