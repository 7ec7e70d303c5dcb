#include "store/ignore_rules.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "store/links.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view wildcards = "*?[\\";
constexpr std::array<const char*, 2> names_before_git = {".mlpipeignore", ".amlignore"};

/// What a line means: without blanks at its end, unless the last is escaped.
std::string_view without_trailing_blanks(std::string_view line) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
      if (i == line.size()) return line;
    } else if (line[i] == ' ') {
      continue;
    }
    end = i + 1;
  }
  return line.substr(0, end);
}

/// The ignore file's text; nothing if there is none that git would read.
std::optional<std::string> read_ignore_file(const fs::path& file) {
  const auto look = stat_link(file);
  if (!look) return std::nullopt;
  if (look->kind == FileKind::link) {
    const auto target = stat_file(file);
    if (file.filename() == ".gitignore" || !target || target->kind != FileKind::file)
      return std::nullopt;
  } else if (look->kind != FileKind::file) {
    return std::nullopt;
  }
  return read_file(file);
}

/// The folders from the repository that holds `root` down to `root`; just `root` outside of one.
std::vector<fs::path> folders_down_to(const fs::path& root) {
  std::vector<fs::path> folders = {root};
  while (!stat_link(folders.back() / ".git")) {
    const fs::path parent = folders.back().parent_path();
    if (parent == folders.back()) return {root};
    folders.push_back(parent);
  }
  std::reverse(folders.begin(), folders.end());
  return folders;
}

std::string used_name(const std::vector<fs::path>& folders) {
  for (const char* name : names_before_git)
    for (const auto& folder : folders)
      if (read_ignore_file(folder / name)) return name;
  return ".gitignore";
}

/// Left out unless a pattern names it. `path` is relative to the source root.
bool usually_left_out(std::string_view path, std::string_view name, bool is_folder) {
  if (name == "__pycache__" || name == ".ipynb_checkpoints") return true;
  return is_folder && (path == "outputs" || path == "logs");
}

}  // namespace

IgnorePattern::IgnorePattern(std::string_view line) {
  if (line.starts_with('!')) {
    negated_ = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    folders_only_ = true;
    line.remove_suffix(1);
  }
  const std::size_t slash = line.rfind('/');
  any_depth_ = slash == std::string_view::npos;
  const std::string_view last = any_depth_ ? line : line.substr(slash + 1);
  names_its_target_ = last.find_first_of(wildcards) == std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);

  // Like git, cut off what comes before the first wildcard: `a**/b` is then read as `a` and `**/b`.
  const std::size_t wild = line.find_first_of(wildcards);
  literal_ = line.substr(0, wild);
  has_glob_ = wild != std::string_view::npos;
  if (!has_glob_) return;
  const std::string_view rest = line.substr(wild);
  is_suffix_ = any_depth_ && wild == 0 && rest[0] == '*' &&
               rest.find_first_of(wildcards, 1) == std::string_view::npos;
  if (is_suffix_)
    suffix_ = rest.substr(1);
  else
    glob_ = Glob(rest);
}

bool IgnorePattern::matches(std::string_view path, bool is_folder) const {
  if (folders_only_ && !is_folder) return false;
  if (any_depth_) path = path.substr(path.rfind('/') + 1);
  if (is_suffix_) return path.ends_with(suffix_);
  if (!has_glob_) return path == literal_;
  if (!path.starts_with(literal_)) return false;
  return glob_.matches(path.substr(literal_.size()));
}

IgnoreFile::IgnoreFile(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    line = without_trailing_blanks(line.substr(0, line.find('\0')));
    if (!line.empty()) patterns_.emplace_back(line);
  }
}

IgnoreVerdict IgnoreFile::judge(std::string_view path, bool is_folder, bool only_by_name) const {
  for (auto pattern = patterns_.rbegin(); pattern != patterns_.rend(); ++pattern) {
    if (only_by_name && pattern->negated() && !pattern->names_its_target()) continue;
    if (pattern->matches(path, is_folder))
      return pattern->negated() ? IgnoreVerdict::kept : IgnoreVerdict::ignored;
  }
  return IgnoreVerdict::none;
}

IgnoreRules::IgnoreRules(const fs::path& root) {
  const fs::path real = canonical_path(root);
  const std::vector<fs::path> folders = folders_down_to(real);
  file_name_ = used_name(folders);
  const std::size_t top = folders.front().native().size();
  const auto below_top = [&](const fs::path& folder) {
    std::string_view below = std::string_view(folder.native()).substr(top);
    if (below.starts_with('/')) below.remove_prefix(1);
    return below.empty() ? std::string() : std::string(below) + '/';
  };
  prefix_ = below_top(real);
  above_.reserve(folders.size());  // the scopes point to each other
  for (std::size_t i = 0; i + 1 < folders.size(); ++i) {
    const auto text = read_ignore_file(folders[i] / file_name_);
    if (!text) continue;
    above_.push_back({.outer = above_.empty() ? nullptr : &above_.back(),
                      .base = below_top(folders[i]).size(),
                      .file = IgnoreFile(*text)});
  }
}

IgnoreScope IgnoreRules::scope(const IgnoreScope* outer, const fs::path& folder,
                               std::string_view path) const {
  IgnoreScope scope;
  scope.outer = outer;
  if (outer == nullptr && !above_.empty()) scope.outer = &above_.back();
  scope.base = prefix_.size() + (path.empty() ? 0 : path.size() + 1);
  if (const auto text = read_ignore_file(folder / file_name_)) scope.file = IgnoreFile(*text);
  return scope;
}

bool IgnoreRules::ignored(const IgnoreScope& scope, std::string_view path, bool is_folder) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (never_taken(name)) return true;
  const bool usually = usually_left_out(path, name, is_folder);
  const std::string full = prefix_ + std::string(path);
  for (const IgnoreScope* inner = &scope; inner != nullptr; inner = inner->outer) {
    const auto below = std::string_view(full).substr(inner->base);
    const auto verdict = inner->file.judge(below, is_folder, usually);
    if (verdict != IgnoreVerdict::none) return verdict == IgnoreVerdict::ignored;
  }
  return usually;
}

bool IgnoreRules::brought_back(const IgnoreScope& scope, std::string_view path,
                               bool is_folder) const {
  const std::string full = prefix_ + std::string(path);
  for (const IgnoreScope* inner = &scope; inner != nullptr; inner = inner->outer) {
    const auto verdict =
        inner->file.judge(std::string_view(full).substr(inner->base), is_folder, true);
    if (verdict != IgnoreVerdict::none) return verdict == IgnoreVerdict::kept;
  }
  return false;
}

}  // namespace mlpipe
