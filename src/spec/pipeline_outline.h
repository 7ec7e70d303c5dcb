#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "spec/keywords.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// A name that a pipeline file gives to something, and what there is to say about it.
struct OutlinedName {
  std::string name;
  std::string description;
};

/// The names in a pipeline file, also in one that is being written: whatever stands before the
/// first place that cannot be read. Checks and resolves nothing, which makes it quick.
class PipelineOutline {
 public:
  /// Empty if there is no such file. Never throws for what the file holds.
  explicit PipelineOutline(const std::filesystem::path& file);
  explicit PipelineOutline(const SourceText& source);

  /// With the description, or what it runs.
  [[nodiscard]] std::vector<OutlinedName> steps() const;
  /// With the default.
  [[nodiscard]] std::vector<OutlinedName> parameters() const;
  /// Data inputs, with the path.
  [[nodiscard]] std::vector<OutlinedName> inputs() const;
  /// The experiment that the file names; "" if none.
  [[nodiscard]] std::string experiment() const;
  /// How a `--set` key that begins with `key` can go on: "steps." -> "steps.train.", …; what ends
  /// in '.' has keys below it, what ends in '=' takes a value.
  [[nodiscard]] std::vector<OutlinedName> keys(std::string_view key) const;

 private:
  void read(const SourceText& source);
  [[nodiscard]] const YamlValue* find(std::string_view meaning) const;
  [[nodiscard]] std::vector<OutlinedName> fixed_keys(std::string_view before, Place place) const;

  YamlDocument document_;
  Spelling spelling_ = Spelling::ours;
};

}  // namespace mlpipe
