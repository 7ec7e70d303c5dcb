#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline.h"
#include "core/workspace.h"
#include "engine/selection.h"
#include "store/store_users.h"

namespace mlpipe {

/// What is told while inputs are fetched.
struct FetchNews {
  enum class Kind {
    waiting,   ///< Another mlpipe is fetching it: that one's is taken when it is there.
    started,   ///< `why` says why it is fetched again, or is "".
    progress,  ///< Once a second, or more often.
    finished,
  };

  Kind kind = Kind::started;
  std::string url;  ///< Without secrets.
  std::string file_name;
  std::string why;
  std::uint64_t bytes = 0;
  std::optional<std::uint64_t> of_bytes;  ///< If the server has said it.
  std::chrono::milliseconds elapsed{0};
  /// Finished: whether it is other than what was fetched before; nothing: that was never.
  std::optional<bool> changed;
};

/// Called from the thread that fetches, which is the caller's.
using FetchTold = std::function<void(const FetchNews&)>;

/// How inputs are to be fetched.
struct FetchSettings {
  bool refetch = false;      ///< Also what is known.
  bool records_use = false;  ///< A run uses them: gc counts from now.
  FetchTold told = [](const FetchNews&) {};
  std::chrono::seconds stall_timeout{60};
};

/// The fetched inputs of a pipeline stay in the store while this lives, whatever gc is asked for.
struct FetchedInputs {
  std::optional<StoreUsers> held;
  int signal = 0;  ///< What it was cancelled by (INT, TERM, HUP): the inputs are not all there.
};

/// Give every input with an address (PathSource::url) that a selected step reads its path: a file
/// in the store, which is fetched once, then known. Where nothing is to be fetched nothing is
/// written, but for the time of use. Throws Error, with the input's place in the pipeline file, if
/// something cannot be fetched; what was fetched before that is kept.
[[nodiscard]] FetchedInputs fetch_inputs(Pipeline& pipeline, const std::vector<StepRule>& rules,
                                         const Workspace& workspace, const FetchSettings& settings);

}  // namespace mlpipe
