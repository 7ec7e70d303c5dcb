#include "base/git.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <utility>

#include "base/git_answer.h"
#include "base/text.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

void add_note(GitState& state, const std::string& note) {
  if (note.empty()) return;
  if (!state.note.empty()) state.note += "; ";
  state.note += note;
}

std::vector<fs::path> resolved(const std::vector<fs::path>& folders) {
  std::vector<fs::path> result;
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::path path = fs::weakly_canonical(folder, error);
    result.push_back(error ? folder.lexically_normal() : path);
  }
  return result;
}

/// What is there of the way to a repository: without it, nobody needs to be asked.
bool may_lie_in_repository(fs::path folder) {
  const auto holds = [&folder](const char* name) {
    std::error_code error;
    return fs::exists(fs::symlink_status(folder / name, error));
  };
  while (true) {
    if (holds(".git") || (holds("HEAD") && holds("objects"))) return true;
    if (!folder.has_relative_path()) return false;
    folder = folder.parent_path();
  }
}

/// The program knows its own rules (configuration, filters such as LFS, owners) and starts in less
/// time than libgit2 needs to be loaded. Where it does not answer, libgit2 may know some of it.
GitState ask(const GitQuestion& question) {
  if (!may_lie_in_repository(question.folders.front())) return {.note = "not in a git repository"};
  GitAnswer answer = ask_git_program(question);
  if (answer.doubt.empty()) return std::move(answer.state);
  GitAnswer second = ask_libgit2(question);
  if (second.doubt.empty()) return std::move(second.state);
  GitState state = std::move(answer.state.commit.empty() ? second.state : answer.state);
  const std::string own_note = std::exchange(state.note, "");
  add_note(state, second.doubt);
  add_note(state, "the git program: " + answer.doubt);
  add_note(state, own_note);
  return state;
}

std::optional<bool> parse_truth(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (text == "true" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "no" || text == "0") return false;
  return std::nullopt;
}

void override_text(const char* variable, std::string& value) {
  const char* text = std::getenv(variable);
  if (text != nullptr && *text != '\0') value = text;
}

void apply_overrides(GitState& state) {
  override_text("AZUREML_GIT_REPOSITORY_URI", state.repository_uri);
  override_text("AZUREML_GIT_BRANCH", state.branch);
  override_text("AZUREML_GIT_COMMIT", state.commit);
  override_text("AZUREML_GIT_BUILD_ID", state.build_id);
  override_text("AZUREML_GIT_BUILD_URI", state.build_uri);
  std::string dirty;
  override_text("AZUREML_GIT_DIRTY", dirty);
  if (dirty.empty()) return;
  if (const std::optional<bool> value = parse_truth(dirty)) {
    state.dirty = value;
  } else {
    add_note(state, "AZUREML_GIT_DIRTY is neither True nor False, and is not used");
  }
}

/// Without the first name and password, as far as they can be told.
std::string without_first_credentials(const std::string& uri) {
  const std::size_t scheme_end = uri.find("://");
  const std::size_t begin = scheme_end == std::string::npos ? 0 : scheme_end + 3;
  std::size_t end = std::min(uri.find_first_of("/?#", begin), uri.size());
  std::size_t at = end == begin ? std::string::npos : uri.rfind('@', end - 1);
  if (at == std::string::npos || at < begin) {
    // A password with an unescaped slash: "https://user:a/b@host". What follows a host's ':' is a
    // port, so anything else up to the last '@' is taken for a secret.
    const std::size_t colon = uri.find(':', begin);
    if (scheme_end == std::string::npos || colon >= end) return uri;
    if (uri.find_first_not_of("0123456789", colon + 1) >= end) return uri;
    at = uri.rfind('@');
    if (at == std::string::npos || at < end) return uri;
  }
  // Over SSH the user's name is part of the address and no secret: git@host, ssh://git@host.
  const std::string scheme = uri.substr(0, begin == 0 ? 0 : scheme_end);
  const bool over_ssh = scheme_end == std::string::npos || scheme.ends_with("ssh");
  const std::size_t colon = uri.find(':', begin);
  if (!over_ssh) return uri.substr(0, begin) + uri.substr(at + 1);
  return colon < at ? uri.substr(0, colon) + uri.substr(at) : uri;
}

}  // namespace

GitState describe_git(const std::vector<std::filesystem::path>& folders, bool with_diff) {
  GitState state;
  try {
    if (!folders.empty()) state = ask({.folders = resolved(folders), .with_diff = with_diff});
  } catch (const std::exception& error) {
    add_note(state, std::string("git could not be asked: ") + error.what());
  } catch (...) {
    add_note(state, "git could not be asked");
  }
  apply_overrides(state);
  state.repository_uri = without_credentials(state.repository_uri);
  state.build_uri = without_credentials(state.build_uri);
  state.note = printable(state.note);
  return state;
}

std::string without_credentials(const std::string& uri) {
  std::string rest = uri;
  for (std::string fewer; (fewer = without_first_credentials(rest)) != rest;) rest = fewer;
  return rest;
}

}  // namespace mlpipe
