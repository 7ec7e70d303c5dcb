#include "base/git_answer.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// "x.y" of "remote.x.y.url"; "" if `name` does not begin and end so.
std::string between(std::string_view name, std::string_view begin, std::string_view end) {
  if (name.size() <= begin.size() + end.size()) return "";
  if (!name.starts_with(begin) || !name.ends_with(end)) return "";
  return std::string(name.substr(begin.size(), name.size() - begin.size() - end.size()));
}

}  // namespace

std::optional<std::vector<std::string>> paths_in_work_tree(const fs::path& work_tree,
                                                           const std::vector<fs::path>& folders) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(work_tree, error);
  std::vector<std::string> paths;
  for (const fs::path& folder : folders) {
    const std::string relative = folder.lexically_relative(root).generic_string();
    if (relative == "." || relative == "./") return std::vector<std::string>{};
    if (relative.empty() || relative == ".." || relative.starts_with("../")) continue;
    paths.push_back(relative.ends_with('/') ? relative.substr(0, relative.size() - 1) : relative);
  }
  if (paths.empty()) return std::nullopt;
  return paths;
}

std::string untracked_note(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::string note;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    note += (i == 0 ? "untracked: " : ", ") + names[i];
  }
  if (names.size() > most) note += " and " + std::to_string(names.size() - most) + " more";
  return note;
}

std::string remote_address(const GitSettings& settings, const std::string& branch) {
  std::string own_remote;
  std::map<std::string, std::string> addresses;
  for (const auto& [name, value] : settings) {
    if (!branch.empty() && name == "branch." + branch + ".remote") own_remote = value;
    const std::string remote = between(name, "remote.", ".url");
    if (!remote.empty()) addresses.try_emplace(remote, value);
  }
  auto chosen = addresses.find(own_remote);
  if (chosen == addresses.end()) chosen = addresses.find("origin");
  if (chosen == addresses.end() && addresses.size() == 1) chosen = addresses.begin();
  if (chosen == addresses.end()) return "";

  std::string address = chosen->second;
  std::size_t longest = 0;
  for (const auto& [name, prefix] : settings) {
    const std::string base = between(name, "url.", ".insteadof");
    if (base.empty() || prefix.size() <= longest || !chosen->second.starts_with(prefix)) continue;
    longest = prefix.size();
    address = base + chosen->second.substr(prefix.size());
  }
  return address;
}

void keep_diff(std::string_view text, GitState& state) {
  if (text.size() > git_diff_limit) {
    text = text.substr(0, text.rfind('\n', git_diff_limit - 1) + 1);
    state.diff_truncated = true;
  }
  if (is_utf8(text) && text.find('\0') == std::string_view::npos) {
    state.diff = text;
    return;
  }
  for (const std::string_view line : split(text, '\n')) {
    const bool plain = is_utf8(line) && line.find('\0') == std::string_view::npos;
    if (!state.diff.empty()) state.diff += '\n';
    state.diff += plain ? std::string(line) : printable(line);
  }
  if (state.diff.size() > git_diff_limit) {
    state.diff.resize(state.diff.rfind('\n', git_diff_limit - 1) + 1);
    state.diff_truncated = true;
  }
}

}  // namespace mlpipe
