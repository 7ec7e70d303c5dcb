#pragma once

#include <filesystem>
#include <vector>

#include "base/file.h"
#include "store/source_folder.h"

namespace mlpipe {

/// A source directory with other files and folders put beside its own (CLI v2's
/// `additional_includes`): a temporary folder of links to all of them. Links that lead out of a
/// folder count as what they point to, so the view is walked as if everything lay there.
class SourceView {
 public:
  /// `directory` may be empty: then only what is added is there. Throws Error(invalid_file) if two
  /// have the same name, Error(system) if the folder cannot be made.
  SourceView(std::filesystem::path directory, std::vector<std::filesystem::path> added);

  /// The same source as seen through the view.
  [[nodiscard]] SourceFolder of(SourceFolder source) const;

 private:
  TemporaryFolder folder_;
  std::filesystem::path directory_;
  std::vector<std::filesystem::path> added_;
};

}  // namespace mlpipe
