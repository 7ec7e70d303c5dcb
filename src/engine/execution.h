#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline.h"
#include "engine/step_directory.h"
#include "engine/step_environment.h"
#include "store/contents.h"

namespace mlpipe {

/// Where one data input lies when its step starts.
struct InputPlace {
  /// A file or folder outside the store …
  const Contents* contents = nullptr;
  /// … or an object.
  std::optional<Hash> object;
  std::filesystem::path path;  ///< What the step is told, unless the mode asks for a copy.
  std::filesystem::path here;  ///< Where what lies outside the store lies.
  bool is_file = false;
  std::string base_name;  ///< Of a file.
  /// Where else the object may lie: machine_name() of those that the workspace has.
  std::vector<std::string> machines;
};

/// All that a worker thread needs to make one attempt ready, and later to look at what it left.
/// What the pointers point to outlives the attempt.
struct StepExecution {
  const Step* step = nullptr;
  Hash source;  ///< The snapshot in the store.
  std::vector<InputPlace> inputs;
  std::vector<const Contents*> in_place;  ///< Everything that is read where it lies.
  StepDirectory directory;
  bool keep_directory = false;          ///< Also when its outputs are stored.
  std::filesystem::path python_folder;  ///< Goes to the head of PATH; empty: none.
  std::filesystem::path python;         ///< What is started by it.
  std::filesystem::path interpreter;    ///< For a script; empty: the script starts by itself.
  Variables base_environment;
  Variables passed;  ///< What the caller has of Step::pass_environment.
  std::string run_id;
  std::string experiment;
  int attempt = 1;
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;
  std::optional<std::string> visible_gpus;       ///< CUDA_VISIBLE_DEVICES.
  std::vector<std::filesystem::path> installed;  ///< Where its interpreters lie, if that is known.
  std::vector<std::filesystem::path> hashed;     ///< Its `hash_paths`.
  std::filesystem::path isolated_by;             ///< bubblewrap; empty: it is not isolated.
  std::filesystem::path traced_by;               ///< strace; empty: it is not traced.
  std::filesystem::path mpi_starter;             ///< mpirun, of an mpi step.
  /// This program, where another one than the supervisor starts it to start the step's processes.
  std::filesystem::path rank_starter;

  // On another machine (engine/remote_site.h):
  bool may_adopt = false;  ///< What an earlier driver began of the same work may be gone on with.
  /// Whether its interpreter is another one by now. Any thread.
  std::function<bool()> interpreter_moved;
};

/// The path that the step is given for an input: `index` is its position in Step::inputs.
[[nodiscard]] std::filesystem::path told_path(const StepExecution& execution, std::size_t index);

}  // namespace mlpipe
