#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// A source directory as a step sees it: after the ignore rules and the fixed exclusions.
struct SourceFolder {
  /// Absolute. A link to a folder is followed. Empty: there is only what is added.
  std::filesystem::path root;
  std::vector<std::string> include;  ///< If any: only these (files or folders, relative to root).
  /// Absolute: files and folders put at the top under their base names, each as it would be as a
  /// source of its own; a file whatever the rules say. No name may be there twice.
  std::vector<std::filesystem::path> added;
  /// Absolute: the pipeline's `path:` targets. `${{name}}` in one stands for the id of any run.
  std::vector<std::filesystem::path> left_out;
  /// Absolute: left out unless an ignore file brings them back (`!name`): a component's own YAML.
  std::vector<std::filesystem::path> usually_left_out;
  /// What an id of a run is: so many of these letters.
  std::string_view run_id_letters;
  std::size_t run_id_length = 0;
};

}  // namespace mlpipe
