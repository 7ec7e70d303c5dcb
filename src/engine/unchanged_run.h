#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "core/run.h"
#include "engine/remembered_plan.h"
#include "engine/run_request.h"
#include "engine/run_world.h"
#include "engine/seen_again.h"
#include "engine/selection.h"

namespace mlpipe {

/// A fully reused run and all that its plan was made from. As long as all of that is as it was, the
/// same request comes to the same, and need not be planned.
///
/// A wrong answer here would be a wrong reuse, hence: what was seen is compared by all five values
/// of a stat and is only remembered if it was at rest (semantics.md 2, stat cache); what no Look
/// can say (what another program answered, remote machines, registered assets, addresses, `path:`
/// of outputs) makes a run one that is not remembered; results count by
/// History::withdrawn_results().
struct UnchangedRun {
  RunKey run;  ///< Its steps are shown by those that follow.
  std::string run_id;
  std::int64_t withdrawn_results = 0;
  Hash looks;  ///< RememberedLooks::id of all that was seen.
  /// Of each variable that a step is passed, the hash of its value ("": it has none); no value is
  /// kept, since secrets go that way.
  std::map<std::string, std::string> passed_variables;
  std::vector<std::string> notices;
  std::string pipeline;
  std::string experiment;
  std::string spec_file;
  std::map<std::string, std::string> tags;        ///< Of the pipeline.
  std::map<std::string, std::string> parameters;  ///< By name.
  std::map<std::string, std::string> properties;  ///< Without what git says.
  std::vector<std::string> git_folders;
  std::vector<std::pair<std::string, std::string>> steps;  ///< Names and reasons, in their order.
};

/// Whether all that was seen still is.
[[nodiscard]] bool still_holds(const UnchangedRun& run, const SeenAgain& seen,
                               const Variables& caller);

/// What is to be remembered of the run, if it can be; `plan`: what is remembered of its steps.
/// `looks` is for whoever remembers these.
[[nodiscard]] std::optional<UnchangedRun> to_unchanged_run(const RunRecord& run,
                                                           const RunWorld& world,
                                                           const std::vector<StepRule>& rules,
                                                           const RememberedPlan& plan);

}  // namespace mlpipe
