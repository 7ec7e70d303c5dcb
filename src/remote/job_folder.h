#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "remote/protocol.h"

namespace mlpipe {

/// What a far side keeps of one job (below the root it was given). Only names.
///
///   jobs/<name>/job       what is to be run: a RunJob frame
///   jobs/<name>/lock      held by the keeper while the job waits or runs; its time is when
///   somebody
///                         watched last
///   jobs/<name>/started   a JobStarted frame
///   jobs/<name>/result    a JobFinished frame: it has ended
///   jobs/<name>/end       somebody wants it to end: "term" or "kill"
///   jobs/<name>/taken     its outputs are in the store: a TakenAnswer
///   jobs/<name>/part      so far: what was taken before the helper was killed
///   jobs/<name>/reserve   space for result
///   jobs/<name>/stdout, stderr, keeper.log
///   work/<name>/          its private directory
struct JobFolder {
  std::filesystem::path root;
  std::string name;

  [[nodiscard]] std::filesystem::path path() const { return root / "jobs" / name; }
  [[nodiscard]] WorkDirectory work() const { return {root / "work" / name}; }
  [[nodiscard]] std::filesystem::path file(const char* which) const { return path() / which; }
};

/// What is there of it now.
[[nodiscard]] JobState state_of(const JobFolder& job);

/// The RunJob that was begun there last; nothing if none was. Throws Error(system).
[[nodiscard]] std::optional<RunJob> begun_job(const JobFolder& job);

/// Start the job unless it is running; it goes on when this process has ended. Gives a descriptor
/// that becomes readable when there is news of it, or an empty one if it ran already. Throws
/// Error(system).
[[nodiscard]] Fd start_keeper(const JobFolder& job, const RunJob& command);

/// In a process of its own: run what the job's folder says, and write down how it ended. With the
/// job's lock as descriptor 3, and 4 to tell that there is news. Returns the exit code.
int keep_job(const JobFolder& job);

}  // namespace mlpipe
