#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/opened_history.h"
#include "view/run_details.h"

namespace mlpipe {

/// An output of a run, for people.
struct ShownOutput {
  std::string name;  ///< Without the step; the artifact folders by their folder's name.
  OutputRecord record;
  std::string path;       ///< The `path:` of the pipeline file, absolute; "" if it has none.
  bool is_there = false;  ///< What mlpipe last put at `path` is this output.
};

/// The outputs of one step of a run.
[[nodiscard]] std::vector<ShownOutput> shown_outputs(const RunRecord& run,
                                                     const StepDetails& details, History& history);

/// `mlpipe show RUN STEP`: everything about one step.
void print_step_in_full(const RunRecord& run, const StepDetails& details, OpenedHistory& opened);

/// The manifest for --json: what decided the step's result.
[[nodiscard]] nlohmann::json manifest_json(const StepRunRecord& step);

}  // namespace mlpipe
