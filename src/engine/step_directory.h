#pragma once

#include <filesystem>
#include <vector>

#include "core/pipeline.h"
#include "store/work_directory.h"

namespace mlpipe {

/// The private directory of a step's execution.
struct StepDirectory : WorkDirectory {
  /// What the step is told to write: a folder, or a file whose folder exists.
  [[nodiscard]] std::filesystem::path output(const DataOutput& output) const {
    return declared(output).in(*this);
  }

  [[nodiscard]] static DeclaredOutput declared(const DataOutput& output) {
    return {.name = output.name,
            .file_name = output.type == DataType::uri_file ? output.file_name : "",
            .artifacts = output.artifacts};
  }

  [[nodiscard]] static std::vector<DeclaredOutput> declared(const Step& step) {
    std::vector<DeclaredOutput> outputs;
    for (const auto& output : step.outputs) outputs.push_back(declared(output));
    return outputs;
  }
};

}  // namespace mlpipe
