#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/wildmatch.h"

namespace mlpipe {

/// One line of an ignore file.
class IgnorePattern {
 public:
  /// `line` is not empty and no comment.
  explicit IgnorePattern(std::string_view line);

  /// `path` is relative to the ignore file's folder.
  [[nodiscard]] bool matches(std::string_view path, bool is_folder) const;

  [[nodiscard]] bool negated() const { return negated_; }
  /// Whether the last name in it is spelled out, without wildcards.
  [[nodiscard]] bool names_its_target() const { return names_its_target_; }

 private:
  bool negated_ = false;
  bool folders_only_ = false;
  bool any_depth_ = false;  ///< No '/' in it: it is matched against the last name only.
  bool names_its_target_ = false;
  std::string literal_;  ///< What comes before the first wildcard.
  std::string suffix_;   ///< Of `*suffix`, the commonest kind.
  bool is_suffix_ = false;
  bool has_glob_ = false;
  Glob glob_;  ///< The rest.
};

/// What an ignore file has to say about one path.
enum class IgnoreVerdict : std::uint8_t { none, ignored, kept };

/// The patterns of one ignore file; the last that matches decides.
class IgnoreFile {
 public:
  IgnoreFile() = default;
  explicit IgnoreFile(std::string_view text);

  /// `path` is relative to the ignore file's folder. With `only_by_name`, a negated pattern counts
  /// only if it spells out the name.
  [[nodiscard]] IgnoreVerdict judge(std::string_view path, bool is_folder,
                                    bool only_by_name = false) const;

 private:
  std::vector<IgnorePattern> patterns_;
};

/// The ignore files that hold for one folder: its own, then those of the folders around it.
struct IgnoreScope {
  const IgnoreScope* outer = nullptr;
  std::size_t base = 0;  ///< Length of the folder's path with '/' (relative to the top folder).
  IgnoreFile file;
};

/// git's ignore rules for one source directory, with `.mlpipeignore`, else `.amlignore`, else
/// `.gitignore`: the first of the former two found in the source root or in a folder above it
/// within the git repository decides the name; files of that name are read there, above and in
/// nested folders. A pattern from above that ignores the source root itself is not applied: the
/// user named that folder.
///
/// The user's global excludes and .git/info/exclude are not read: the fingerprint of a source
/// directory would depend on who looks. A `.gitignore` that is a link is not read either, as in
/// git.
///
/// Without being asked it leaves out `.git`, `.mlpipe`, `__pycache__`, `.ipynb_checkpoints` and, at
/// the top, the folders `outputs` and `logs`. A line `!name` brings one back, not the first two;
/// `!*` does not.
class IgnoreRules {
 public:
  /// `root` is a folder. Throws Error(system) for an ignore file that cannot be read.
  explicit IgnoreRules(const std::filesystem::path& root);

  /// The name of the ignore files in use, whether there are any or not.
  [[nodiscard]] const std::string& file_name() const { return file_name_; }

  /// What no rule can bring back: `.git` and `.mlpipe`.
  [[nodiscard]] static bool never_taken(std::string_view name) {
    return name == ".git" || name == ".mlpipe";
  }

  /// What holds in a folder of the source: `outer`'s rules (that of the folder around it, or
  /// nothing at the root) and those of its own ignore file. It must not outlive either.
  [[nodiscard]] IgnoreScope scope(const IgnoreScope* outer, const std::filesystem::path& folder,
                                  std::string_view path) const;

  /// Whether what is at `path` (relative to the source root), in the folder of `scope`, is left
  /// out. Of a path below an ignored folder nobody asks: it is not walked.
  [[nodiscard]] bool ignored(const IgnoreScope& scope, std::string_view path, bool is_folder) const;
  /// Whether a negated pattern that spells out the name keeps it: of something that is left out
  /// otherwise.
  [[nodiscard]] bool brought_back(const IgnoreScope& scope, std::string_view path,
                                  bool is_folder) const;

 private:
  std::string file_name_;
  std::string prefix_;  ///< The source root relative to the repository, with '/'; or "".
  std::vector<IgnoreScope> above_;  ///< Of the folders above the root, outermost first.
};

}  // namespace mlpipe
