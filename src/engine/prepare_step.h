#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "core/pipeline.h"
#include "engine/step_directory.h"
#include "engine/step_environment.h"
#include "store/contents.h"
#include "store/object_store.h"
#include "target/target.h"

namespace mlpipe {

/// Where one data input lies when its step starts.
struct InputPlace {
  /// A file or folder outside the store …
  const Contents* contents = nullptr;
  /// … or an object.
  std::optional<Hash> object;
  std::filesystem::path path;  ///< What the step is told, unless the mode asks for a copy.
  bool is_file = false;
  std::string base_name;  ///< Of a file.
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
  std::filesystem::path interpreter;    ///< For a script; empty: the script starts by itself.
  Variables base_environment;
  Variables passed;  ///< What the caller has of Step::pass_environment.
  std::string run_id;
  std::string experiment;
  int attempt = 1;
  std::filesystem::path stdout_file;
  std::filesystem::path stderr_file;
  std::optional<std::string> visible_gpus;  ///< CUDA_VISIBLE_DEVICES.
};

/// The attempt can start.
struct ReadyToStart {
  Job job;  ///< Its id is still to be set.
};
/// A file outside the store is not what was hashed.
struct InputMoved {
  std::filesystem::path path;
};
/// Objects that inputs come from are gone, or were damaged and are in quarantine now.
struct InputsLost {
  std::vector<std::size_t> inputs;  ///< Positions in Step::inputs.
};

/// The copy of the sources in the store is gone, or was damaged and is in quarantine now.
struct SourceLost {};

using Preparation = std::variant<ReadyToStart, InputMoved, InputsLost, SourceLost>;

/// The path that the step is given for an input: `index` is its position in Step::inputs.
[[nodiscard]] std::filesystem::path told_path(const StepExecution& execution, std::size_t index);

/// Check the inputs once more, make the private directory anew and say what is to be run. Any
/// thread. Throws Error(system) if the directory cannot be made.
[[nodiscard]] Preparation prepare_step(const StepExecution& execution, ObjectStore& store);

}  // namespace mlpipe
