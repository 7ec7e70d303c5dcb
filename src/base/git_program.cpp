#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <string_view>

#include "base/git_answer.h"
#include "base/look_recorder.h"
#include "base/process.h"
#include "base/text.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

/// This process's environment without what points git at another repository or makes it ask back.
std::vector<std::string> git_environment() {
  constexpr std::array<std::string_view, 12> left_out{"GIT_DIR=",
                                                      "GIT_WORK_TREE=",
                                                      "GIT_INDEX_FILE=",
                                                      "GIT_COMMON_DIR=",
                                                      "GIT_OBJECT_DIRECTORY=",
                                                      "GIT_ALTERNATE_OBJECT_DIRECTORIES=",
                                                      "GIT_NAMESPACE=",
                                                      "GIT_PREFIX=",
                                                      "GIT_EXTERNAL_DIFF=",
                                                      "GIT_DIFF_OPTS=",
                                                      "GIT_TRACE=",
                                                      "LC_ALL="};
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool out = std::any_of(left_out.begin(), left_out.end(),
                                 [&](std::string_view name) { return text.starts_with(name); });
    if (!out) result.emplace_back(text);
  }
  result.insert(result.end(), {"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0"});
  return result;
}

std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// Runs `git` in one folder.
class Git {
 public:
  explicit Git(fs::path folder) : folder_(std::move(folder)), environment_(git_environment()) {}

  [[nodiscard]] ProcessResult run(const std::vector<std::string>& arguments) const {
    ProcessSpec spec;
    spec.argv = {
        "git", "--no-pager",          "--literal-pathspecs", "-c", "core.bigFileThreshold=10m",
        "-c",  "core.fsmonitor=false"};  // it would leave a daemon behind
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.work_directory = folder_;
    spec.environment = environment_;
    spec.output_limit = git_diff_limit + 4096;
    return run_process(spec);
  }

  /// stdout without its last line end; "" if git said no.
  [[nodiscard]] std::string line(const std::vector<std::string>& arguments) const {
    const ProcessResult result = run(arguments);
    return result.ok() ? without_line_end(result.out) : std::string();
  }

 private:
  fs::path folder_;
  std::vector<std::string> environment_;
};

std::string why_failed(const ProcessResult& result) {
  if (result.exit_code == 127) return "not installed, or not in PATH";
  if (result.timed_out) return "no answer in time";
  std::string words;
  for (const std::string_view line : split(result.err, '\n')) {
    if (trim(line).empty()) continue;
    if (!words.empty()) words += ' ';
    words += trim(line);
  }
  return words.empty() ? "exit code " + std::to_string(result.exit_code) : words.substr(0, 500);
}

std::vector<std::string> with_paths(std::vector<std::string> arguments,
                                    const std::vector<std::string>& paths) {
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), paths.begin(), paths.end());
  return arguments;
}

/// What `-z` gives: texts that each end with a NUL byte.
std::vector<std::string> texts(std::string_view out) {
  std::vector<std::string> result;
  for (const std::string_view text : split(out, '\0')) {
    if (!text.empty()) result.emplace_back(text);
  }
  return result;
}

GitSettings read_settings(const Git& git) {
  GitSettings settings;
  for (const std::string& entry : texts(git.run({"config", "--list", "-z"}).out)) {
    const std::size_t end = entry.find('\n');  // a name without a value means true
    if (end == std::string::npos) continue;
    settings.emplace_back(entry.substr(0, end), entry.substr(end + 1));
  }
  return settings;
}

/// Branch and commit alone, which need no look at files.
void read_names(const Git& git, GitState& state) {
  state.branch = git.line({"symbolic-ref", "--quiet", "--short", "HEAD"});
  state.commit = git.line({"rev-parse", "--quiet", "--verify", "HEAD^{commit}"});
}

struct GitStatus {
  std::string doubt;           ///< Why it could not be read, or "".
  bool has_tracked_changes{};  ///< Something that git knows is not as in the commit.
};

/// Branch, commit, the dirty flag and the names of untracked files, in one go.
GitStatus read_status(const Git& git, const std::vector<std::string>& paths, GitState& state) {
  constexpr std::string_view head = "# branch.head ";
  constexpr std::string_view commit = "# branch.oid ";
  const ProcessResult result =
      git.run(with_paths({"status", "--porcelain=v2", "--branch", "-z", "--no-renames",
                          "--no-ahead-behind", "--untracked-files=all"},
                         paths));
  if (!result.ok()) return {.doubt = why_failed(result)};
  std::vector<std::string> untracked;
  bool tracked = false;
  for (const std::string& entry : texts(result.out)) {
    if (entry.starts_with(head))
      state.branch = entry.substr(head.size());
    else if (entry.starts_with(commit))
      state.commit = entry.substr(commit.size());
    else if (entry.starts_with("? "))
      untracked.emplace_back(entry.substr(2));
    else if (!entry.starts_with("# "))
      tracked = true;
  }
  state.dirty = tracked || !untracked.empty();
  if (state.branch == "(detached)") state.branch.clear();
  if (state.commit == "(initial)") {
    state.commit.clear();
    state.note = "no commit yet";
  }
  const std::string note = untracked_note(untracked);
  if (!note.empty()) state.note += (state.note.empty() ? "" : "; ") + note;
  return {.has_tracked_changes = tracked};
}

std::string read_diff(const Git& git, const std::vector<std::string>& paths, GitState& state) {
  const std::string base =
      state.commit.empty() ? git.line({"hash-object", "-t", "tree", "/dev/null"}) : state.commit;
  const ProcessResult result =
      git.run(with_paths({"diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames",
                          "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", base},
                         paths));
  const bool cut = result.out.size() > git_diff_limit;  // git may have been stopped at the limit
  if (!result.ok() && !cut) return why_failed(result);
  keep_diff(result.out, state);
  return "";
}

/// The nearest folder at or above `start` that has a `.git`: the work tree, if no setting moves it.
fs::path work_tree_above(fs::path start) {
  std::error_code error;
  while (!fs::exists(fs::symlink_status(start / ".git", error)) && start.has_relative_path())
    start = start.parent_path();
  return start;
}

bool is_set(const GitSettings& settings, std::string_view name) {
  return std::any_of(settings.begin(), settings.end(),
                     [name](const auto& setting) { return setting.first == name; });
}

/// All in two processes at once, and a third if there is a diff. `moved`: the settings say that the
/// work tree may be elsewhere.
GitAnswer ask_in(const fs::path& work_tree, const GitQuestion& question, bool& moved) {
  GitAnswer answer;
  const auto paths = paths_in_work_tree(work_tree, question.folders);
  if (!paths) {
    answer.doubt = "the folder is outside of the work tree";
    return answer;
  }
  const Git git(work_tree);
  answer.state.answered_by = "git";
  auto reading = std::async(std::launch::async, [&git] {
    const LookRecorder::Pause aside;  // as this thread's own
    return read_settings(git);
  });
  const auto status = read_status(git, *paths, answer.state);
  answer.doubt = status.doubt;
  if (!answer.doubt.empty()) read_names(git, answer.state);
  const auto settings = reading.get();
  moved = is_set(settings, "core.worktree");
  answer.state.repository_uri = remote_address(settings, answer.state.branch);
  if (answer.doubt.empty() && question.with_diff && status.has_tracked_changes)
    answer.doubt = read_diff(git, *paths, answer.state);
  return answer;
}

}  // namespace

GitAnswer ask_git_program(const GitQuestion& question) {
  std::error_code error;
  fs::path start = question.folders.front();
  while (start.has_relative_path() && !fs::is_directory(start, error)) start = start.parent_path();
  const fs::path likely = work_tree_above(start);
  if (const auto way = start.lexically_relative(likely); *way.begin() == ".git")
    return {.state = {}, .doubt = "this is git's own folder"};
  bool moved = false;
  GitAnswer answer = ask_in(likely, question, moved);
  if (!moved) return answer;
  const ProcessResult place = Git(start).run({"rev-parse", "--show-toplevel"});
  if (!place.ok()) return {.state = {}, .doubt = why_failed(place)};
  const fs::path work_tree{without_line_end(place.out)};
  return work_tree == likely ? answer : ask_in(work_tree, question, moved);
}

}  // namespace mlpipe
