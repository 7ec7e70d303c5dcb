#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "remote/protocol.h"

namespace mlpipe {

/// What a far side keeps of one job (below the root it was given). Only names.
///
///   jobs/<name>/job       what is run: a RunJob frame, without the environment
///   jobs/<name>/lock      held by the keeper while the job waits or runs; its time is when
///                         somebody watched last
///   jobs/<name>/waits     a JobWaits frame: it has not begun, or had to wait before it did
///   jobs/<name>/started   a JobStarted frame
///   jobs/<name>/result    a JobFinished frame: it has ended
///   jobs/<name>/end       somebody wants it to end: "term" or "kill"
///   jobs/<name>/taken     its outputs are in the store: a TakenAnswer
///   jobs/<name>/part      so far: what was taken before the helper was killed
///   jobs/<name>/keeping   what is in ./outputs and ./logs was begun to be taken
///   jobs/<name>/stdout, stderr
///   jobs/<name>/keeper.log   why its keeper gave up
///   work/<name>/          its private directory
///   keepers.log           what else keepers say: why one crashed
struct JobFolder {
  std::filesystem::path root;
  std::string name;

  [[nodiscard]] std::filesystem::path path() const { return root / "jobs" / name; }
  [[nodiscard]] WorkDirectory work() const { return {root / "work" / name}; }
  [[nodiscard]] std::filesystem::path file(const char* which) const { return path() / which; }
};

/// What is there of it now.
[[nodiscard]] JobState state_of(const JobFolder& job);

/// The RunJob that was begun there last; nothing if none was, or its record cannot be read: a power
/// failure may leave an empty one, another version another format. Throws Error(system).
[[nodiscard]] std::optional<RunJob> begun_job(const JobFolder& job);

}  // namespace mlpipe
