#pragma once

#include <filesystem>

#include "core/pipeline.h"
#include "engine/compute.h"
#include "engine/prepare_step.h"
#include "engine/step_environment.h"
#include "engine/step_facts.h"
#include "engine/step_resolver.h"
#include "store/object_store.h"

namespace mlpipe {

/// Where the execution of a step gets what it needs from.
struct ExecutionSources {
  const Pipeline& pipeline;
  const Places& places;
  const Variables& caller;
  StepFactReader& facts;
  const ObjectStore& store;
  std::filesystem::path cache;      ///< StateDirectory::cache().
  std::filesystem::path traced_by;  ///< strace; empty: the step is not traced.
  RemoteMachines* machines = nullptr;
};

/// The part of an execution that follows from the step and what it was resolved with; its sources
/// are in the store. Open are: directory (for a step on another machine: its name), run id,
/// experiment, attempt, log files, GPUs. Throws Error if the step's interpreter is not there.
[[nodiscard]] StepExecution describe_execution(const ExecutionSources& from, StepId id,
                                               const Resolution& resolution);

}  // namespace mlpipe
