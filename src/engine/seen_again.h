#pragma once

#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/look_recorder.h"
#include "base/worker_pool.h"
#include "engine/state_directory.h"

namespace mlpipe {

/// All that the last plan of a request looked at. Two files go by it: what a fully reused run was
/// (engine/unchanged_run.h) and what each step came to (engine/remembered_plan.h).
struct RememberedLooks {
  Hash id;                  ///< By which a file says that it goes by these, and not by later ones.
  std::vector<Look> looks;  ///< Sorted by path, each once.
};

/// What is remembered under the key; nothing if there is nothing, or if the file is not whole.
[[nodiscard]] std::optional<RememberedLooks> read_remembered_looks(const StateDirectory& state,
                                                                   const Hash& key);

/// Remember them, and forget the oldest ones; gives their id. A failure to write is none: it is
/// only a cache.
Hash write_remembered_looks(const StateDirectory& state, const Hash& key,
                            const std::vector<Look>& looks);

/// The same, looked at once more, on all threads: once for both that go by it.
struct SeenAgain {
  RememberedLooks last;
  std::vector<char> holds;  ///< Of each look, whether what was seen still is (1) or not (0).

  [[nodiscard]] bool all_hold() const;
};

[[nodiscard]] std::optional<SeenAgain> see_again(const StateDirectory& state, const Hash& key,
                                                 WorkerPool& pool);

}  // namespace mlpipe
