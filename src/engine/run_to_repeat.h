#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/frozen_spec.h"
#include "engine/registered_assets.h"
#include "engine/selection.h"
#include "engine/step_facts.h"
#include "history/history.h"
#include "spec/pipeline_overrides.h"
#include "store/object_store.h"

namespace mlpipe {

/// What a run was asked for, with all that decides what that means: enough to run it once more
/// after its files have changed (`run --from-run`), or to write them out (`clone`). Data inputs are
/// references still, and what the workspace file defines is looked up anew. The addresses of
/// its inputs have lost their secrets (base/url.h): what was fetched from them is in the store.
struct RunToRepeat {
  FrozenSpec spec;
  PipelineOverrides overrides;  ///< Without parameter files: what they said is in `parameters`.
  Selection selection;          ///< Which part; not what was to run anew.
  bool everything_local = false;
  bool continue_on_step_failure = false;
  AssetVersions versions;  ///< What references without a version led to.
  /// What identified the interpreters when it was published, by "ENVIRONMENT/language"; may be
  /// empty. Only told about: they count as they are now.
  std::map<std::string, std::string> interpreters;
};

/// What is asked for now wins over what was asked for then.
[[nodiscard]] PipelineOverrides added_to(PipelineOverrides overrides, PipelineOverrides later);

/// Canonical JSON, the same for equal ones; decode gives nothing for anything else.
/// encode() throws Error(invalid_file) where something is not UTF-8.
[[nodiscard]] std::string encode(const RunToRepeat& run);
[[nodiscard]] std::optional<RunToRepeat> decode_run_to_repeat(std::string_view text);

/// The run property that holds the hash of that JSON (History::text_of), and the one that names
/// the run that a run repeats.
inline constexpr const char* recorded_spec_property = "mlpipe.spec";
inline constexpr const char* repeated_run_property = "mlpipe.from_run";

/// An earlier run, to be done again.
struct EarlierRun {
  RunRecord record;
  RunToRepeat asked;
};

/// A pipeline as it was recorded, which is run in the place of its files.
struct RecordedPipeline {
  RunToRepeat asked;
  std::string origin;  ///< For people: "run k3f9…", "version 2 of the endpoint 'churn'".
  std::map<std::string, std::string> properties;  ///< What a run of it notes of where it is from.
};

/// The run's pipeline. The code is that of the run, and so is what git said of it.
[[nodiscard]] RecordedPipeline recorded_pipeline(EarlierRun run);

/// The RunToRepeat that is kept under `hash`, with the places of its sources in `store`. Throws
/// Error(system) that says so of `what` if it cannot be read.
[[nodiscard]] RunToRepeat read_run_to_repeat(History& history, const Hash& hash,
                                             const ObjectStore& store, const std::string& what);

/// What is recorded of `run`, with the places of its sources in `store`. Throws Error(not_found) if
/// nothing is: an earlier version of mlpipe made it.
[[nodiscard]] EarlierRun find_run_to_repeat(History& history, RunRecord run,
                                            const ObjectStore& store);

/// The sources of the pipeline's own steps as far as `facts` knows them.
[[nodiscard]] std::map<SourceKey, Hash> known_sources(const Pipeline& pipeline,
                                                      const StepFactReader& facts);

/// Throws Error(not_found), with every step concerned, unless the store has the recorded sources of
/// every selected step of a recorded pipeline.
void require_sources(const Pipeline& pipeline, const std::vector<StepRule>& rules,
                     ObjectStore& store);

}  // namespace mlpipe
