#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/asset.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "history/history.h"
#include "remote/transfer.h"
#include "store/object_store.h"

namespace mlpipe {

/// An output of an earlier run that was found.
struct RunOutput {
  RunRecord run;
  StepRunRecord step;
  OutputRecord output;
};

/// Which step's output an output of the run's whole pipeline is; nothing if it has none of that
/// name.
[[nodiscard]] std::optional<RunOutputReference> find_pipeline_output(const RunRecord& run,
                                                                     const std::string& name);

/// Look an output up: one of the pipeline, else in the run's completed steps. Throws
/// Error(not_found): no such run, no such output, several steps have one of that name, or gc has
/// collected it.
[[nodiscard]] RunOutput find_run_output(History& history, const RunOutputReference& written);

/// Where consumers read an output.
[[nodiscard]] std::filesystem::path place_of(const ObjectStore& store, const OutputRecord& output);

/// Check that what `what` names is in the store, whole. Throws Error(not_found) that says it is
/// not.
void require_object(ObjectStore& store, const Hash& object, const std::string& what);

/// Where a command finds outputs. All outlive it.
struct OutputStore {
  const Workspace& workspace;
  const StateDirectory& state;
  History& history;
  ObjectStore& store;
  TransferTold transfers;  ///< Told how far what is fetched is. May be empty.
};

/// See that an output is in the store here, whole: one that lies on another machine is fetched.
/// False if it is lost. Throws Error(system) if the machine cannot be reached.
[[nodiscard]] bool fetch_output(const OutputStore& from, const Hash& object);

/// As require_object(), for an output: fetch_output().
void require_output(const OutputStore& from, const Hash& object, const std::string& what);

}  // namespace mlpipe
