#include "engine/execution.h"

namespace mlpipe {

namespace fs = std::filesystem;

fs::path told_path(const StepExecution& execution, std::size_t index) {
  const auto& input = execution.step->inputs[index];
  const auto& place = execution.inputs[index];
  switch (input.mode) {
    case InputMode::ro_mount:
      return place.path;
    case InputMode::download: {
      const auto copy = execution.directory.input_copy(input.name);
      return place.is_file ? copy / place.base_name : copy;
    }
    case InputMode::direct:
      if (const auto* source = path_source(input.source)) return source->text;
      return place.path;
  }
  return place.path;
}

}  // namespace mlpipe
