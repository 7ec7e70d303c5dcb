#pragma once

#include <filesystem>
#include <optional>

#include "engine/state_directory.h"
#include "history/history.h"

namespace mlpipe {

/// Starts a process that sends what is due (deliver_notifications.h), and waits for nothing of it.
/// It has a session of its own, and its standard streams are /dev/null: it neither holds a pipe
/// nor goes with a terminal. Nothing is started if nothing is due, or if one is at work, which
/// sees what is new. False if nothing was started. Outside of a batch; does not throw: what is not
/// sent now stays due, for the next one.
bool start_deliverer(History& history, const StateDirectory& state,
                     const std::filesystem::path& workspace) noexcept;

/// The exit code of the process that start_deliverer() starts, "mlpipe __notify WORKSPACE STATE",
/// or nothing if this is not it.
[[nodiscard]] std::optional<int> run_as_deliverer(int argc, char** argv);

}  // namespace mlpipe
