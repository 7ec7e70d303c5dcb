#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/git.h"

/// The two ways describe_git() has to ask about a repository. Nobody else includes this.
namespace mlpipe {

/// A kept diff is never longer than this.
inline constexpr std::size_t git_diff_limit = 10'000'000;

/// The first folder decides which repository is meant; all are absolute, links resolved.
struct GitQuestion {
  std::vector<std::filesystem::path> folders;
  bool with_diff = false;
};

struct GitAnswer {
  GitState state;
  /// Why the answer is not complete, or may be wrong; empty: it can be trusted.
  std::string doubt;
};

/// Ask libgit2. On doubt `state` holds what is certain (names, not contents).
[[nodiscard]] GitAnswer ask_libgit2(const GitQuestion& question);

/// Ask the `git` program. Throws Error(system) if no process can be made.
[[nodiscard]] GitAnswer ask_git_program(const GitQuestion& question);

/// `folders` relative to `work_tree`; those outside are left out. Empty: the whole tree is meant.
/// Nothing: none of them lies in it.
[[nodiscard]] std::optional<std::vector<std::string>> paths_in_work_tree(
    const std::filesystem::path& work_tree, const std::vector<std::filesystem::path>& folders);

/// "untracked: a, b" for a note; names that are too many are counted.
[[nodiscard]] std::string untracked_note(const std::vector<std::string>& names);

/// Names as git spells them ("remote.origin.url"), in the order of their weight, lowest first.
using GitSettings = std::vector<std::pair<std::string, std::string>>;

/// Where `git` itself would fetch from on this branch ("": none): the branch's own remote, else
/// "origin", else the only one; rewritten by `url.….insteadOf`. "" if there is no remote.
[[nodiscard]] std::string remote_address(const GitSettings& settings, const std::string& branch);

/// Put `text` in `state.diff`: cut at a line's end if it is too long, and lines that are not UTF-8
/// made printable.
void keep_diff(std::string_view text, GitState& state);

}  // namespace mlpipe
