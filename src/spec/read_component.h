#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/pipeline.h"
#include "spec/spec_context.h"

namespace mlpipe {

/// A component file with all that it consists of.
struct ComponentFile {
  std::filesystem::path file;  ///< Absolute.
  std::string type;            ///< "command" or "pipeline".
  std::string name;
  std::string version;  ///< Empty: not said.
  std::string display_name;
  std::string description;
  std::map<std::string, std::string> tags;
  std::map<std::filesystem::path, std::string> texts;  ///< Of the file and of those it names.
  /// What it runs, as far as that is known without values for its inputs: where the sources are.
  std::vector<Step> steps;
  std::vector<std::string> warnings;
};

/// Read and check a component file by itself, as read_pipeline() does with one that is used. Throws
/// as that does.
[[nodiscard]] ComponentFile read_component(const std::filesystem::path& file,
                                           const SpecContext& context);

}  // namespace mlpipe
