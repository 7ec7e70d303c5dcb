#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "target/interpreter_identity.h"

namespace mlpipe {

/// One interpreter of another machine.
struct RemoteInterpreter {
  std::filesystem::path program;
  InterpreterIdentity identity;
};

/// What a machine was asked.
struct MachineQuestion {
  std::string machine;   ///< machine_name()
  std::string language;  ///< "python", "R"; "platform" where that was asked.
  std::string program;   ///< That was asked for; empty: the one on PATH there.
  /// Where ssh goes by this name, as far as its settings say (way_to()). Who points an alias to
  /// another machine must not get the answers of the one before.
  std::string way = {};
};

/// What it said when it was asked last.
struct MachineAnswer {
  TimePoint at{};
  RemoteInterpreter interpreter;  ///< Of "platform" the version of its identity.
};

/// Keep an answer in `folder`, one file for each question. Does not throw: without it a machine
/// that is down cannot be planned for.
void remember_answer(const std::filesystem::path& folder, const MachineQuestion& question,
                     const MachineAnswer& answer);

/// Nothing if it was never asked, or the file is damaged or of another version.
[[nodiscard]] std::optional<MachineAnswer> last_answer(const std::filesystem::path& folder,
                                                       const MachineQuestion& question);

}  // namespace mlpipe
