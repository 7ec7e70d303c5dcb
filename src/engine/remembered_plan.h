#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/look_recorder.h"
#include "base/worker_pool.h"
#include "core/pipeline.h"
#include "core/run.h"
#include "engine/seen_again.h"
#include "engine/state_directory.h"
#include "engine/step_environment.h"

namespace mlpipe {

/// What a step came to when it was planned: it took an earlier result.
struct RememberedStep {
  std::vector<LookOwner> owners;  ///< Whose looks it goes by, beside those for everybody.
  std::vector<ResultKey> needs;   ///< What those had come to that it depends on, in their order.
  std::optional<Hash> source;     ///< Of its sources, if they count for a repetition.
  Hash fingerprint;
  ResultKey result;
  std::vector<OutputRecord> outputs;
  std::string reason;
};

/// The steps of a plan that took earlier results, each with all that this was decided by. In a
/// later run of the same request a step of which all still is as it was need not be looked at: it
/// comes to the same.
///
/// A wrong answer here would be a wrong reuse: see UnchangedRun, which is what is left of this
/// where nothing at all has changed.
struct RememberedPlan {
  std::int64_t withdrawn_results = 0;  ///< As long as there are no more, all of these are offered.
  NewestResult
      newest;  ///< When it was made: none of these came later, and keys are of this database.
  Hash resolved_spec;  ///< Of the pipeline: what its runs have among the texts.
  Hash looks;          ///< RememberedLooks::id of those in `seen`.
  SeenLooks seen;
  /// Of each variable that a step is passed, the hash of its value ("": it has none); no value is
  /// kept, since secrets go that way.
  std::map<std::string, std::string> passed_variables;
  std::vector<std::optional<RememberedStep>> steps;  ///< In the order of the pipeline.

  /// What is remembered of a step, or null.
  [[nodiscard]] const RememberedStep* find(StepId step) const {
    return step.index < steps.size() && steps[step.index] ? &*steps[step.index] : nullptr;
  }
};

/// Whose looks decide what is in one step's manifest only, at a path, in a source directory. Two
/// that come to the same share their looks, which does no harm.
[[nodiscard]] LookOwner owner_of_step(const Step& step);
[[nodiscard]] LookOwner owner_of_path(const std::filesystem::path& path);
[[nodiscard]] LookOwner owner_of_sources(std::string_view key);

/// The hash of a variable's value, or "" if it has none.
[[nodiscard]] std::string hash_of_variable(const Variables& caller, const std::string& name);
/// Of all that steps are passed.
[[nodiscard]] std::map<std::string, std::string> hashes_of_passed_variables(
    const Pipeline& pipeline, const Variables& caller);

/// Whether all still is as it was seen that everybody goes by, the pipeline's files among it:
/// looked at anew. To be asked once these were read: what was looked at before that may be another
/// pipeline's.
[[nodiscard]] bool still_holds_for_everybody(const RememberedPlan& plan, WorkerPool& pool);

/// Leave of a plan those steps of which all still is as it was seen: `holds` says it of each of its
/// looks. False if what everybody goes by is not. `seen` stays as it is.
[[nodiscard]] bool keep_what_holds(RememberedPlan& plan, const std::vector<char>& holds,
                                   const Pipeline& pipeline, const Variables& caller);

/// What is remembered under the key, without its looks, which are remembered beside it
/// (engine/seen_again.h); nothing if there is nothing, or if the file is not whole.
[[nodiscard]] std::optional<RememberedPlan> read_remembered_plan(const StateDirectory& state,
                                                                 const Hash& key);

/// Give a plan that was read its looks. False if it goes by others.
[[nodiscard]] bool take_looks(RememberedPlan& plan, RememberedLooks last);

/// Remember it, but for its looks, and forget the oldest ones. A failure to write is none: it is
/// only a cache.
void write_remembered_plan(const StateDirectory& state, const Hash& key,
                           const RememberedPlan& plan);

}  // namespace mlpipe
