#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/frozen_spec.h"
#include "spec/problems.h"
#include "spec/source_text.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// One file that a pipeline consists of, with all that is wrong in it. Does not move.
struct SpecFile {
  SpecFile(std::filesystem::path file, SourceText text, std::vector<std::string> settings,
           std::shared_ptr<const FrozenSpec> from)
      : path(std::move(file)),
        source(std::move(text)),
        problems(source, std::move(settings)),
        frozen(std::move(from)) {}
  SpecFile(const SpecFile&) = delete;
  SpecFile& operator=(const SpecFile&) = delete;

  std::filesystem::path path;  ///< Absolute: paths in the file are relative to its folder.
  SourceText source;
  Problems problems;
  YamlDocument document;  ///< Without a root if the text could not be parsed.
  /// What the file was taken from, if not from the disk; the files that it names are there, too.
  std::shared_ptr<const FrozenSpec> frozen;

  [[nodiscard]] std::filesystem::path folder() const { return path.parent_path(); }
};

/// The files that one pipeline consists of: each is read and parsed once, and kept.
class SpecFiles {
 public:
  /// The file to begin with. `settings`: the texts of `--set`. Throws as read_source().
  SpecFile& open_first(const std::filesystem::path& file, std::vector<std::string> settings,
                       std::shared_ptr<const FrozenSpec> frozen);
  /// One that another file names. `what` it is: "component file"; `shown` is what messages call it.
  /// Throws as read_source(); Error(not_found) if `frozen` does not have it.
  SpecFile& open(const std::filesystem::path& file, const std::shared_ptr<const FrozenSpec>& frozen,
                 std::string_view what, const std::string& shown);

  /// What a registered component consists of, once for each of its versions ("train:3").
  [[nodiscard]] std::shared_ptr<const FrozenSpec> keep(const std::string& id, FrozenSpec spec);

  /// All problems of all files in one Error, those of the first file first.
  void throw_if_any() const;
  /// Those of the file that a location is in; of the first file if it is in none.
  [[nodiscard]] Problems& problems_at(const SpecLocation& location);
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Whether it is of something registered, and not of what the first file is of.
  [[nodiscard]] bool is_registered(const SpecFile& file) const {
    return file.frozen != files_.front()->frozen;
  }

  /// The texts of the first and of those that are read from where it is, by absolute path: not
  /// those of what is registered. Nothing can be said of places in them any more.
  [[nodiscard]] std::map<std::filesystem::path, std::string> take_texts();

 private:
  SpecFile& add(std::unique_ptr<SpecFile> file);

  std::vector<std::unique_ptr<SpecFile>> files_;
  std::map<std::pair<const FrozenSpec*, std::filesystem::path>, SpecFile*> opened_;
  std::map<std::string, std::shared_ptr<const FrozenSpec>> registered_;
};

}  // namespace mlpipe
