#pragma once

#include <filesystem>
#include <vector>

#include "remote/job_folder.h"
#include "remote/job_turns.h"
#include "store/object_store.h"
#include "store/store_users.h"

namespace mlpipe {

/// Remember what a job's directory is made of: collect_store() leaves it alone as long as the
/// directory is there.
void note_needed(const JobFolder& job, const std::vector<Hash>& objects);

/// Remove from a far side's store what its driver says nobody needs, and what nobody knows and
/// nobody used for a week: copies of inputs and sources, which are sent again; also what jobs left
/// that ended as long ago, or an hour ago and whose work is not to be kept. Nothing that a
/// directory is made of, and nothing that another helper may be about to use. `users`: this helper
/// is one of them. Throws Error(system).
[[nodiscard]] CollectedAnswer collect_store(const std::filesystem::path& root, ObjectStore& store,
                                            const StoreUsers& users, JobTurns& turns,
                                            const CollectObjects& asked);

/// Remove the helpers of other builds that nobody started for a week: which helper a driver brings
/// is called by its hash, and none would ever go.
void remove_old_helpers(const std::filesystem::path& folder);

}  // namespace mlpipe
