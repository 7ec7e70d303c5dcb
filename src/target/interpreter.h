#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/process.h"
#include "target/interpreter_cache.h"
#include "target/interpreter_identity.h"

namespace mlpipe {

/// What an interpreter needs to be there when it runs.
struct InterpreterPlaces {
  std::filesystem::path executable;           ///< Itself: not the shim that starts it.
  std::vector<std::filesystem::path> places;  ///< Files and folders; not all of them need exist.
};

/// Finds out what interpreters are, with as few processes as can be: one probe for each program at
/// most, and none for a Python that has not changed since an earlier run. From one thread at a
/// time.
///
/// A remembered Python holds only while nothing moved that it was read from (interpreter_cache.h).
/// Never remembered: a program that is a script or starts another one (a shim of pyenv or conda,
/// whose target may change without a trace), and R, whose start-up files say where packages lie.
class InterpreterProbe {
 public:
  /// `cache_file` need not exist. `environment`: what a step gets, "NAME=value" each.
  InterpreterProbe(std::filesystem::path cache_file, RunProcess run,
                   std::vector<std::string> environment, Clock clock = now);

  /// The identity of an interpreter, by its absolute path; a program named Rscript is R, any other
  /// Python. Throws Error(not_found) if there is no such program, Error(system) if it does not
  /// answer as an interpreter does.
  [[nodiscard]] InterpreterIdentity identify(const std::filesystem::path& program);

  /// Where an interpreter that identify() told lies; nothing for any other.
  [[nodiscard]] std::optional<InterpreterPlaces> places(const std::filesystem::path& program) const;

  /// Look again at an interpreter that identify() told: true if it is another one by now, which
  /// identify() then tells. One process at most, and none if nothing it was read from has moved.
  [[nodiscard]] bool identify_again(const std::filesystem::path& program);

  /// Write what was learned, if anything, to the cache file. Does not throw: without it the next
  /// run asks again.
  void save();

 private:
  [[nodiscard]] RememberedInterpreter probe_python(const std::filesystem::path& program,
                                                   const std::string& key);
  [[nodiscard]] RememberedInterpreter probe_r(const std::filesystem::path& program) const;
  [[nodiscard]] ProcessResult ask(const std::filesystem::path& program,
                                  const std::vector<std::string>& arguments) const;

  std::filesystem::path cache_file_;
  RunProcess run_;
  std::vector<std::string> environment_;
  Clock clock_;
  std::string environment_key_;  ///< The variables that have a say in what an interpreter finds.
  InterpreterCache cache_;
  bool cache_changed_ = false;
  std::map<std::filesystem::path, RememberedInterpreter> known_;  ///< In this process.
};

/// The program that "python" or "Rscript" means where PATH has this value, absolute. Throws
/// Error(invalid_file) if there is none.
[[nodiscard]] std::filesystem::path find_interpreter(const std::string& language,
                                                     const std::string& path);

/// A folder to put at the head of PATH so that `python` and `python3` start `program`, made below
/// `cache` if it is not there: two small scripts, since a link would hide a virtual environment.
[[nodiscard]] std::filesystem::path python_folder_name(const std::filesystem::path& program,
                                                       const std::filesystem::path& cache);
[[nodiscard]] std::filesystem::path python_folder(const std::filesystem::path& program,
                                                  const std::filesystem::path& cache);

}  // namespace mlpipe
