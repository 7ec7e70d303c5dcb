#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
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

/// The outputs of a run's steps. Reads the recorded pipeline once; `history` outlives this object.
class ShownOutputs {
 public:
  ShownOutputs(const RunRecord& run, History& history);
  [[nodiscard]] std::vector<ShownOutput> of(const StepDetails& details) const;

 private:
  History& history_;
  std::map<std::pair<std::string, std::string>, std::string> paths_;  ///< (step, output) -> `path:`
};

/// `mlpipe show RUN STEP`: everything about one step.
void print_step_in_full(const RunRecord& run, const StepDetails& details, OpenedHistory& opened);

/// The manifest for --json: what decided the step's result.
[[nodiscard]] nlohmann::json manifest_json(const StepRunRecord& step);

}  // namespace mlpipe
