#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "target/interpreter_identity.h"

namespace mlpipe {

/// A file or folder an identity was read from, or that would have had a say had it been there.
struct WatchedPath {
  std::filesystem::path path;
  std::optional<FileStat> stat;  ///< Nothing: it was not there.
};

struct RememberedInterpreter {
  InterpreterIdentity identity;
  /// The program that answered, which is another one than was asked if that was a shim.
  std::filesystem::path executable;
  std::vector<std::filesystem::path> places;  ///< Where it and its packages lie.
  std::vector<WatchedPath> watched;
};

/// By program path and environment.
using InterpreterCache = std::map<std::string, RememberedInterpreter>;

/// As the path is now, links followed. What cannot be looked at counts as not there, as it does
/// for the interpreter.
[[nodiscard]] WatchedPath watch(const std::filesystem::path& path);

/// Whether all is as it was: the same dev, ino, size, mtime and ctime, or still not there.
[[nodiscard]] bool unchanged(const std::vector<WatchedPath>& watched);

/// Whether all times are older than `time` by two seconds, so that a later change must show.
[[nodiscard]] bool settled(const std::vector<WatchedPath>& watched, TimePoint time);

/// An empty cache if the file is missing, damaged or of another version.
[[nodiscard]] InterpreterCache read_interpreter_cache(const std::filesystem::path& file);

/// Throws Error(system).
void write_interpreter_cache(const std::filesystem::path& file, const InterpreterCache& cache);

}  // namespace mlpipe
