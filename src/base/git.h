#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mlpipe {

/// What git says about the sources of a run (azureml.md 2.11). Empty texts: not known.
struct GitState {
  std::string repository_uri;  ///< Without credentials.
  std::string branch;          ///< Empty on a detached HEAD.
  std::string commit;
  std::optional<bool> dirty;  ///< Limited to the folders asked about; untracked files count.
  std::string diff;           ///< Text only, at most 10 MB, limited to those folders.
  bool diff_truncated = false;
  std::string build_id;     ///< From the environment only.
  std::string build_uri;    ///< From the environment only.
  std::string answered_by;  ///< "libgit2", "git", or "" if there is no repository.
  std::string note;         ///< Why something is not known; names of untracked files.
};

/// Ask about the repository that holds `folders[0]`, limited to `folders` (absolute). The `git`
/// program answers; where there is none, or it does not, libgit2 does, as far as its answer is sure
/// to be git's (not with filters such as LFS, or worktree configuration). `AZUREML_GIT_*` variables
/// override single values. Never throws: no repository, no git, a broken one: empty values and a
/// note.
[[nodiscard]] GitState describe_git(const std::vector<std::filesystem::path>& folders,
                                    bool with_diff);

/// `uri` without user name and password or token: "https://a:b@host/x" becomes "https://host/x".
[[nodiscard]] std::string without_credentials(const std::string& uri);

}  // namespace mlpipe
