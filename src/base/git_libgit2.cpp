#include <fmt/format.h>
#include <git2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/git_answer.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

/// Keeps the library ready while it lives; the library counts.
class Library {
 public:
  Library() {
    if (git_libgit2_init() < 0) fail(ErrorKind::system, "libgit2 cannot be started");
  }
  ~Library() { git_libgit2_shutdown(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

template <class T, void (*free_it)(T*)>
struct Free {
  void operator()(T* object) const { free_it(object); }
};
template <class T, void (*free_it)(T*)>
using Owned = std::unique_ptr<T, Free<T, free_it>>;

using Repository = Owned<git_repository, git_repository_free>;
using Config = Owned<git_config, git_config_free>;
using Reference = Owned<git_reference, git_reference_free>;
using Index = Owned<git_index, git_index_free>;
using Commit = Owned<git_commit, git_commit_free>;
using Tree = Owned<git_tree, git_tree_free>;
using Diff = Owned<git_diff, git_diff_free>;
using StatusList = Owned<git_status_list, git_status_list_free>;

/// A list of paths as libgit2 wants it; valid while this lives.
class PathArray {
 public:
  explicit PathArray(std::vector<std::string> paths) : paths_(std::move(paths)) {
    for (std::string& path : paths_) pointers_.push_back(path.data());
  }
  PathArray(const PathArray&) = delete;
  PathArray& operator=(const PathArray&) = delete;

  [[nodiscard]] git_strarray array() { return {pointers_.data(), pointers_.size()}; }
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::vector<std::string> paths_;
  std::vector<char*> pointers_;
};

std::string last_error() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "unknown error";
}

/// Throws if a call failed.
void check(int code, const char* what) {
  if (code < 0) fail(ErrorKind::system, "libgit2 cannot read {}: {}", what, last_error());
}

/// Every setting, read one by one: libgit2 1.5 leaks memory at every name it matches with a
/// pattern, as its own functions for remotes do.
GitSettings read_settings(git_repository& repository) {
  git_config* raw_config = nullptr;
  check(git_repository_config_snapshot(&raw_config, &repository), "the configuration");
  const Config config(raw_config);
  git_config_iterator* raw = nullptr;
  check(git_config_iterator_new(&raw, raw_config), "the configuration");
  const Owned<git_config_iterator, git_config_iterator_free> entries(raw);
  GitSettings settings;
  git_config_entry* entry = nullptr;
  while (git_config_next(&entry, raw) == 0) {
    settings.emplace_back(entry->name, entry->value != nullptr ? entry->value : "true");
  }
  return settings;
}

bool is_on(const GitSettings& settings, std::string_view name) {
  bool on = false;  // the last one wins
  for (const auto& [key, value] : settings) {
    int parsed = 0;
    if (key == name) on = git_config_parse_bool(&parsed, value.c_str()) == 0 && parsed != 0;
  }
  return on;
}

bool has_filter_driver(const GitSettings& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    const std::string& name = setting.first;
    return name.starts_with("filter.") && (name.ends_with(".clean") || name.ends_with(".process"));
  });
}

bool lies_below(const std::string& path, const std::vector<std::string>& folders) {
  const auto holds_path = [&](const std::string& folder) {
    return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
  };
  return folders.empty() || std::any_of(folders.begin(), folders.end(), holds_path);
}

/// Whether a content filter applies to a tracked file: libgit2 knows no external filters, so it
/// would compare filtered with unfiltered bytes.
bool has_filtered_file(git_repository& repository, const std::vector<std::string>& folders) {
  git_index* raw = nullptr;
  check(git_repository_index(&raw, &repository), "the index");
  const Index index(raw);
  for (std::size_t i = 0; i < git_index_entrycount(raw); ++i) {
    const git_index_entry* entry = git_index_get_byindex(raw, i);
    if (!lies_below(entry->path, folders)) continue;
    const char* value = nullptr;
    check(git_attr_get(&value, &repository, GIT_ATTR_CHECK_FILE_THEN_INDEX, entry->path, "filter"),
          "the attributes");
    if (git_attr_value(value) == GIT_ATTR_VALUE_STRING) return true;
  }
  return false;
}

/// Why libgit2's view of this repository's files may differ from git's; empty: it does not.
std::string doubt_about_files(git_repository& repository, const GitSettings& settings,
                              const std::vector<std::string>& folders) {
  for (const char* variable : {"GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL",
                               "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"}) {
    if (std::getenv(variable) != nullptr) return fmt::format("{} is set", variable);
  }
  if (is_on(settings, "extensions.worktreeconfig")) return "worktree configuration is in use";
  if (is_on(settings, "core.sparsecheckout")) return "a sparse checkout is in use";
  if (has_filter_driver(settings) && has_filtered_file(repository, folders)) {
    return "content filters (such as LFS) are in use";
  }
  return "";
}

void read_head(git_repository& repository, GitState& state) {
  git_reference* raw = nullptr;
  check(git_reference_lookup(&raw, &repository, "HEAD"), "HEAD");
  const Reference head(raw);
  if (git_reference_type(raw) == GIT_REFERENCE_SYMBOLIC) {
    state.branch = git_reference_symbolic_target(raw);
    if (state.branch.starts_with("refs/heads/")) state.branch.erase(0, sizeof("refs/heads/") - 1);
  }
  git_oid id;
  const int code = git_reference_name_to_id(&id, &repository, "HEAD");
  if (code == GIT_ENOTFOUND) {
    state.note = "no commit yet";
    return;
  }
  check(code, "HEAD");
  std::string hex(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(hex.data(), &id);
  state.commit = hex;
}

/// The dirty flag, and the names of untracked files as a note.
void read_status(git_repository& repository, PathArray& paths, GitState& state) {
  git_status_options options;
  check(git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION), "the status");
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
                  GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
  options.pathspec = paths.array();
  git_status_list* raw = nullptr;
  check(git_status_list_new(&raw, &repository, &options), "the status");
  const StatusList list(raw);
  state.dirty = git_status_list_entrycount(raw) > 0;
  std::vector<std::string> untracked;
  for (std::size_t i = 0; i < git_status_list_entrycount(raw); ++i) {
    const git_status_entry* entry = git_status_byindex(raw, i);
    if ((entry->status & GIT_STATUS_WT_NEW) != 0 && entry->index_to_workdir != nullptr) {
      untracked.emplace_back(entry->index_to_workdir->new_file.path);
    }
  }
  const std::string note = untracked_note(untracked);
  if (!note.empty()) state.note += (state.note.empty() ? "" : "; ") + note;
}

int append_line(const git_diff_delta* /*delta*/, const git_diff_hunk* /*hunk*/,
                const git_diff_line* line, void* target) {
  std::string& text = *static_cast<std::string*>(target);
  if (line->origin == '+' || line->origin == '-' || line->origin == ' ') text += line->origin;
  text.append(line->content, line->content_len);
  return text.size() > git_diff_limit ? GIT_EUSER : 0;
}

void read_diff(git_repository& repository, PathArray& paths, GitState& state) {
  Tree tree;  // none: there is no commit yet
  if (!state.commit.empty()) {
    git_oid id;
    check(git_oid_fromstr(&id, state.commit.c_str()), "HEAD");
    git_commit* raw_commit = nullptr;
    check(git_commit_lookup(&raw_commit, &repository, &id), "the commit");
    const Commit commit(raw_commit);
    git_tree* raw_tree = nullptr;
    check(git_commit_tree(&raw_tree, raw_commit), "the commit");
    tree.reset(raw_tree);
  }
  git_diff_options options;
  check(git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION), "the diff");
  options.flags = GIT_DIFF_DISABLE_PATHSPEC_MATCH;
  options.pathspec = paths.array();
  options.max_size = static_cast<git_off_t>(git_diff_limit);  // larger files count as binary
  git_diff* raw = nullptr;
  check(git_diff_tree_to_workdir_with_index(&raw, &repository, tree.get(), &options), "the diff");
  const Diff diff(raw);
  std::string text;
  const int code = git_diff_print(raw, GIT_DIFF_FORMAT_PATCH, append_line, &text);
  if (code != GIT_EUSER) check(code, "the diff");
  keep_diff(text, state);
}

/// Where to look for a repository: the folder, or what exists of the way to it.
fs::path existing(fs::path folder) {
  std::error_code error;
  while (folder.has_relative_path() && !fs::is_directory(folder, error)) {
    folder = folder.parent_path();
  }
  return folder;
}

/// Why libgit2 found no repository from `start` up although there is one; empty: there is none.
/// Version 1.5 says "not found" instead of "another owner" if no configuration file exists.
std::string why_not_found(fs::path start) {
  while (true) {
    struct stat raw {};
    if (::lstat((start / ".git").c_str(), &raw) == 0) {
      if (raw.st_uid != ::geteuid()) return "the repository belongs to another user";
      return "libgit2 finds no repository in " + (start / ".git").string();
    }
    if (!start.has_relative_path()) return "";
    start = start.parent_path();
  }
}

void read_repository(git_repository& repository, const GitQuestion& question, GitAnswer& answer) {
  GitState& state = answer.state;
  state.answered_by = "libgit2";
  const std::vector<fs::path> asked{question.folders.front()};
  const char* work_tree = git_repository_workdir(&repository);
  if (work_tree == nullptr || !paths_in_work_tree(work_tree, asked) ||
      paths_in_work_tree(git_repository_path(&repository), asked)) {
    state.note = "not in a work tree (a bare repository, or git's own folder)";
    return;
  }
  read_head(repository, state);
  const GitSettings settings = read_settings(repository);
  state.repository_uri = remote_address(settings, state.branch);
  PathArray paths(*paths_in_work_tree(work_tree, question.folders));
  answer.doubt = doubt_about_files(repository, settings, paths.paths());
  if (!answer.doubt.empty()) return;
  read_status(repository, paths, state);
  if (question.with_diff) read_diff(repository, paths, state);
}

}  // namespace

GitAnswer ask_libgit2(const GitQuestion& question) {
  GitAnswer answer;
  try {
    const Library library;
    git_repository* raw = nullptr;
    const std::string start = existing(question.folders.front()).string();
    const int code = git_repository_open_ext(&raw, start.c_str(), 0, nullptr);
    const Repository repository(raw);
    if (code == GIT_ENOTFOUND) {
      answer.doubt = why_not_found(start);
      if (answer.doubt.empty()) answer.state.note = "not in a git repository";
    } else if (code == GIT_EOWNER) {
      answer.doubt = "the repository belongs to another user";
    } else if (code < 0) {
      answer.doubt = "libgit2 cannot open the repository: " + last_error();
    } else {
      read_repository(*repository, question, answer);
    }
  } catch (const Error& error) {
    answer.doubt = error.what();
  }
  return answer;
}

}  // namespace mlpipe
