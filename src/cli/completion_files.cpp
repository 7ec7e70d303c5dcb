#include "cli/completion_files.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "base/file.h"

namespace mlpipe {

namespace {

bool is_pipeline_name(const std::string& name) {
  return (name.ends_with(".yaml") || name.ends_with(".yml")) && name != "mlpipe.yaml";
}

bool can_be_told(const std::string& name) {
  return std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

bool leads_to_folder(const std::filesystem::path& path) {
  const auto look = stat_file(path);
  return look && look->kind == FileKind::folder;
}

}  // namespace

std::string with_home_folder(const std::string& path) {
  const char* home = std::getenv("HOME");  // NOLINT(*-mt-unsafe)
  if (home == nullptr || !path.starts_with("~/")) return path;
  return home + path.substr(1);
}

std::vector<Candidate> files_for(const std::string& prefix, FileChoice choice) {
  const auto slash = prefix.rfind('/');
  const std::string shown = slash == std::string::npos ? "" : prefix.substr(0, slash + 1);
  const std::string beginning = prefix.substr(shown.size());
  const std::filesystem::path folder(shown.empty() ? "." : with_home_folder(shown));
  if (!leads_to_folder(folder)) return {};
  std::vector<Candidate> files;
  std::vector<Candidate> folders;
  for (const auto& name : list_names(folder)) {
    if (!name.starts_with(beginning) || !can_be_told(name)) continue;
    if (name.front() == '.' && !beginning.starts_with(".")) continue;
    if (leads_to_folder(folder / name))
      folders.push_back({shown + name + "/", ""});
    else if (choice == FileChoice::any || (choice == FileChoice::yaml && is_pipeline_name(name)))
      files.push_back({shown + name, ""});
  }
  files.insert(files.end(), folders.begin(), folders.end());
  return files;
}

}  // namespace mlpipe
