#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "core/pipeline.h"

namespace mlpipe {

/// Where a step's sources come from: what makes two source directories one.
struct SourceKey {
  std::filesystem::path directory;              ///< Absolute.
  std::vector<std::string> include;             ///< As Step::include.
  std::vector<std::filesystem::path> added;     ///< As Step::added_sources.
  std::vector<std::filesystem::path> left_out;  ///< As Step::left_out_sources.

  auto operator<=>(const SourceKey&) const = default;
};

[[nodiscard]] SourceKey source_key(const Step& step);

/// A data input that was copied into the store.
struct FrozenInput {
  Hash object;
  std::string file_name;  ///< Of a file; empty: it is a folder.

  bool operator==(const FrozenInput&) const = default;
};

/// A pipeline or component as it was at one moment: the texts of all files that it consists of, and
/// its sources as objects of the store. Paths are those that the files had then; nothing need be
/// there any more. What a registered component, a run that is repeated and a published pipeline
/// have in common.
struct FrozenSpec {
  std::filesystem::path file;                          ///< The one to begin with; absolute.
  std::map<std::filesystem::path, std::string> texts;  ///< Of each file, by absolute path.
  /// Of those that are large: their texts lie elsewhere, under this hash of theirs. Whoever reads
  /// it fetches them to the others.
  std::map<std::filesystem::path, Hash> texts_elsewhere;
  std::map<SourceKey, Hash> sources;             ///< Objects of the store.
  std::set<std::filesystem::path> source_files;  ///< What `code` names that is a file; absolute.
  /// What `hash_paths` named, by absolute path. Steps read them in place: to tell of a change.
  std::map<std::filesystem::path, FrozenHashPath> hash_paths;
  /// Data inputs that are to be read as they were, by absolute path.
  std::map<std::filesystem::path, FrozenInput> inputs;
  /// Where the contents of those objects lie; filled in by who reads it, not recorded.
  std::map<Hash, std::filesystem::path> places;

  bool operator==(const FrozenSpec&) const = default;

  /// The sources and inputs, each once.
  [[nodiscard]] std::vector<Hash> objects() const;
  /// Where the input that was read from `path` lies in the store; nothing if it was not copied, or
  /// its place is not known.
  [[nodiscard]] std::optional<std::filesystem::path> frozen_input(
      const std::filesystem::path& path) const;
};

/// Canonical JSON, the same for equal ones; decode gives nothing for anything else.
[[nodiscard]] std::string encode(const FrozenSpec& spec);
[[nodiscard]] std::optional<FrozenSpec> decode_frozen_spec(std::string_view text);

}  // namespace mlpipe
