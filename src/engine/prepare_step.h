#pragma once

#include <filesystem>
#include <variant>
#include <vector>

#include "engine/execution.h"
#include "store/object_store.h"
#include "target/target.h"

namespace mlpipe {

/// The attempt can start.
struct ReadyToStart {
  Job job;              ///< Its id is still to be set.
  Duration fetching{};  ///< Before it was made ready: what it reads came from another machine.
};
/// A file outside the store is not what was hashed.
struct InputMoved {
  std::filesystem::path path;
};
/// Objects that inputs come from are gone, or were damaged and are in quarantine now.
struct InputsLost {
  std::vector<std::size_t> inputs;  ///< Positions in Step::inputs.
};

/// The copy of the sources in the store is gone, or was damaged and is in quarantine now.
struct SourceLost {};

using Preparation = std::variant<ReadyToStart, InputMoved, InputsLost, SourceLost>;

/// Check the inputs once more, make the private directory anew and say what is to be run. Any
/// thread. Throws Error(system) if the directory cannot be made.
[[nodiscard]] Preparation prepare_step(const StepExecution& execution, ObjectStore& store);

/// What is to be run, and in which directory.
struct DescribedJob {
  Job job;
  DirectoryPlan directory;
  std::string context;  ///< For context.json.
};

/// The part of prepare_step() that touches nothing but, for a distributed step, its directory.
[[nodiscard]] DescribedJob describe_job(const StepExecution& execution);

}  // namespace mlpipe
