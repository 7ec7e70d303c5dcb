#pragma once

#include <memory>
#include <optional>

#include "base/hash.h"
#include "engine/git_record.h"
#include "engine/run_request.h"
#include "engine/run_result.h"
#include "engine/seen_again.h"
#include "engine/state_directory.h"
#include "store/store_users.h"

namespace mlpipe {

/// What run_unchanged() began and found out, for the run that is planned because something changed.
struct ComparedRun {
  std::unique_ptr<StoreUsers>
      store_users;                       ///< Joined before the objects among `seen` were looked at.
  std::unique_ptr<GitInBackground> git;  ///< Or null: it was not asked.
  std::optional<StateDirectory> state;   ///< Nothing: there is none yet.
  std::optional<SeenAgain> seen;
};

/// Run what was asked for under this key (engine/request_key.h) if that would reuse every step,
/// as it did the last time: without reading the pipeline or looking results up. Nothing if that is
/// not so, or not known; nothing has been recorded or told then.
[[nodiscard]] std::optional<RunResult> run_unchanged(const RunRequest& request, const Hash& key,
                                                     Reporter& reporter, ComparedRun& compared);

}  // namespace mlpipe
