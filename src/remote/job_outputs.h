#pragma once

#include <functional>
#include <string>
#include <vector>

#include "remote/job_folder.h"
#include "store/object_store.h"

namespace mlpipe {

/// Those of the objects that are missing or damaged.
[[nodiscard]] std::vector<Hash> not_whole(ObjectStore& store, const std::vector<Hash>& objects);

/// Move what a job made into the store and remove its directory: a TakenAnswer in bytes. May be
/// asked again: it goes on where a helper that was killed had stopped. The caller has the JobTurn;
/// `flush` puts the store on disk. Throws Error(system).
[[nodiscard]] std::string take_job_outputs(const JobFolder& job, const TakeOutputs& asked,
                                           ObjectStore& store, const std::function<void()>& flush);

/// The metrics file of a step.
struct MetricsFile {
  std::string bytes;
  TimePoint written{};
  std::string warning;  ///< That only its end is given.
};

/// Empty if there is none.
[[nodiscard]] MetricsFile read_metrics_file(const WorkDirectory& directory);

/// Whether what was taken of a job is still in the store; true if nothing was.
[[nodiscard]] bool taken_is_whole(const JobFolder& job, ObjectStore& store);

}  // namespace mlpipe
