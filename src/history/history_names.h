#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/sqlite.h"
#include "core/run.h"

namespace mlpipe {

/// Names from a history for shell completion: a quick look that creates nothing beside the
/// database, waits for nobody and reads only what it gives.
class HistoryNames {
 public:
  struct Run {
    RunKey key;
    std::string id;
    std::string pipeline;
    Status status = Status::not_started;  ///< As it was recorded.
    TimePoint started{};
  };

  /// Throws Error(system) if the file cannot be read at once.
  explicit HistoryNames(const std::filesystem::path& file)
      : database_(file, Database::Mode::glance) {}

  /// Whose id begins so, the newest first.
  [[nodiscard]] std::vector<Run> runs(std::string_view beginning, int limit);
  /// By "latest" or the beginning of an id; the newest if there are several; none: an empty id.
  [[nodiscard]] Run run(std::string_view id);
  /// Name and status of each step of a run, in its order.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> steps(RunKey run);
  /// STEP.OUTPUT of what a run has.
  [[nodiscard]] std::vector<std::string> outputs(RunKey run);
  /// Of the newest runs, each once.
  [[nodiscard]] std::vector<std::string> experiments();
  /// As they are given to --tag: name or name=value.
  [[nodiscard]] std::vector<std::string> tags();
  [[nodiscard]] std::vector<std::string> metrics();
  /// Names of what is registered of a kind ("model"), if not all of it is archived.
  [[nodiscard]] std::vector<std::string> assets(std::string_view kind);
  /// Without archived ones; sorted.
  [[nodiscard]] std::vector<std::string> endpoints();
  /// What is kept of a version of an endpoint (engine/run_to_repeat.h); "" for the default one; ""
  /// if there is none.
  [[nodiscard]] std::string published_text(std::string_view endpoint, std::string_view version);
  [[nodiscard]] std::vector<std::string> schedules();
  /// Those of one name that are not archived, the newest first.
  [[nodiscard]] std::vector<std::string> asset_versions(std::string_view kind,
                                                        std::string_view name);
  [[nodiscard]] std::vector<std::string> parameters();

 private:
  [[nodiscard]] std::vector<std::string> column(std::string_view sql,
                                                const std::vector<std::string_view>& values = {});

  Database database_;
};

}  // namespace mlpipe
