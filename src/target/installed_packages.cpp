#include "target/installed_packages.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  try {
    return list_names(folder);
  } catch (const Error&) {
    return {};
  }
}

/// The value of a "Name: value" line in a file's head (it ends with the first empty line).
std::string field(std::string_view text, std::string_view name) {
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty()) break;
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return std::string(trim(line.substr(name.size() + 1)));
    }
  }
  return "";
}

/// The file's content, and a note that it was read; nothing if it is not there.
std::optional<std::string> read_noted(const fs::path& file, std::vector<fs::path>& noted) {
  try {
    const auto look = stat_file(file);
    if (!look || look->kind != FileKind::file) return std::nullopt;
    noted.push_back(file);
    return read_file(file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// "numpy-1.24.2" is "numpy==1.24.2", also "numpy-1.24.2-py3.11"; nothing without a version.
std::string from_stem(std::string_view stem) {
  const std::vector<std::string_view> parts = split(stem, '-');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return "";
  return fmt::format("{}=={}", parts[0], parts[1]);
}

/// A *.dist-info or *.egg-info without a version in its name; the latter may be a file itself.
std::string from_metadata(const fs::path& entry, const std::string& stem,
                          std::vector<fs::path>& noted) {
  for (const fs::path& file : {entry / "METADATA", entry / "PKG-INFO", entry}) {
    const std::optional<std::string> text = read_noted(file, noted);
    const std::string version = text ? field(*text, "Version") : "";
    if (!version.empty()) return fmt::format("{}=={}", stem, version);
  }
  return "";
}

/// Add what one name in a site folder stands for, if it stands for a package.
void add_python_entry(const fs::path& folder, const std::string& name, InstalledPackages& found) {
  if (name.ends_with(".pth")) found.files.push_back(folder / name);
  if (name.ends_with(".pth") || name.ends_with(".egg-link") || name.starts_with("__editable__")) {
    found.names.push_back(name);
    return;
  }
  for (const std::string_view suffix : {".dist-info", ".egg-info", ".egg"}) {
    if (!name.ends_with(suffix)) continue;
    const std::string stem = name.substr(0, name.size() - suffix.size());
    std::string text = from_stem(stem);
    if (text.empty()) text = from_metadata(folder / name, stem, found.files);
    found.names.push_back(text.empty() ? name : text);
    return;
  }
}

void sort_names(InstalledPackages& found) {
  std::sort(found.names.begin(), found.names.end());
  found.names.erase(std::unique(found.names.begin(), found.names.end()), found.names.end());
}

}  // namespace

InstalledPackages python_packages(const std::vector<fs::path>& folders) {
  InstalledPackages found;
  for (const fs::path& folder : folders) {
    for (const std::string& name : names_in(folder)) add_python_entry(folder, name, found);
  }
  sort_names(found);
  return found;
}

InstalledPackages r_packages(const std::vector<fs::path>& folders) {
  InstalledPackages found;
  for (const fs::path& folder : folders) {
    for (const std::string& name : names_in(folder)) {
      const std::optional<std::string> text =
          read_noted(folder / name / "DESCRIPTION", found.files);
      if (!text) continue;
      const std::string package = field(*text, "Package");
      found.names.push_back(
          fmt::format("{}=={}", package.empty() ? name : package, field(*text, "Version")));
    }
  }
  sort_names(found);
  return found;
}

}  // namespace mlpipe
