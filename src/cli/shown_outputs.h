#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/opened_history.h"
#include "engine/published_place.h"
#include "view/run_details.h"

namespace mlpipe {

/// An output of a run, for people.
struct ShownOutput {
  std::string name;  ///< Without the step; the artifact folders by their folder's name.
  OutputRecord record;
  std::string path;  ///< The `path:` of the pipeline file, absolute; "" if it has none.
  std::optional<PublishedPlace::State> place;  ///< What is at `path` now; unset: cannot be read.

  /// Its path, and in words if that does not hold the output; "" if it has none.
  [[nodiscard]] std::string place_text() const;
  [[nodiscard]] bool is_there() const { return place == PublishedPlace::State::holds; }

  bool is_here = false;                ///< In the store of this machine.
  std::vector<std::string> elsewhere;  ///< Compute targets whose machines have it.

  /// "here", "gpu-box", "here, gpu-box"; "" if no other machine has it.
  [[nodiscard]] std::string machines_text() const;
};

/// "missing", "edited" …, for --json.
[[nodiscard]] std::string_view to_text(PublishedPlace::State state);

/// The outputs of a run's steps. Reads the recorded pipeline once; `opened` outlives this object.
class ShownOutputs {
 public:
  ShownOutputs(const RunRecord& run, OpenedHistory& opened);
  ~ShownOutputs();
  ShownOutputs(const ShownOutputs&) = delete;
  ShownOutputs& operator=(const ShownOutputs&) = delete;

  [[nodiscard]] std::vector<ShownOutput> of(const StepDetails& details);

 private:
  struct Reader;

  [[nodiscard]] std::optional<PublishedPlace::State> look(const ShownOutput& output);

  [[nodiscard]] std::vector<std::string> elsewhere(const Hash& object) const;

  OpenedHistory& opened_;
  std::map<std::string, std::string> targets_;  ///< By machine_name().
  std::unique_ptr<Reader> reader_;              ///< Made when the first path is to be looked at.
  std::map<std::pair<std::string, std::string>, std::string> paths_;  ///< (step, output) -> `path:`
};

}  // namespace mlpipe
