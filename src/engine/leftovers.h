#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/state_directory.h"
#include "history/history.h"

namespace mlpipe {

/// What lies in the state directory beside objects, or was left beside outputs, and nobody needs.
struct Leftover {
  enum class Kind : std::uint8_t {
    scratch,      ///< What a killed driver was putting together, also beside an output's `path:`.
    directory,    ///< A private directory whose work no run shows any more, or not for long.
    quarantined,  ///< A damaged object, kept a while for a look.
    log,          ///< Of a deleted run.
    trash,        ///< What a killed gc was removing.
  };

  Kind kind = Kind::scratch;
  std::filesystem::path path;
  std::uint64_t disk_bytes = 0;
};

/// `unused_since`: private directories and damaged objects from before then go as well.
[[nodiscard]] std::vector<Leftover> find_leftovers(const StateDirectory& state, History& history,
                                                   std::optional<TimePoint> unused_since);

/// False if it is in use now. Throws Error(system) if it cannot be removed.
[[nodiscard]] bool remove_leftover(const Leftover& leftover, const StateDirectory& state);

}  // namespace mlpipe
