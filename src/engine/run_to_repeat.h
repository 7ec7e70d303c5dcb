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
};

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

/// What is recorded of `run`, with the places of its sources in `store`. Throws Error(not_found) if
/// nothing is: an earlier version of mlpipe made it.
[[nodiscard]] EarlierRun find_run_to_repeat(History& history, RunRecord run,
                                            const ObjectStore& store);

/// The sources of the pipeline's own steps as far as `facts` knows them.
[[nodiscard]] std::map<SourceKey, Hash> known_sources(const Pipeline& pipeline,
                                                      const StepFactReader& facts);

/// Throws Error(not_found), with every step concerned, unless the store has the recorded sources of
/// every selected step that comes from an earlier run.
void require_sources(const Pipeline& pipeline, const std::vector<StepRule>& rules,
                     ObjectStore& store);

}  // namespace mlpipe
