#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "base/file.h"
#include "base/git.h"
#include "base/process.h"
#include "support/catch.h"

namespace mlpipe::git_testing {

namespace fs = std::filesystem;

/// Sets an environment variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

/// A real repository made by the git program, and a home folder without settings.
struct Repositories {
  TemporaryFolder folder;
  fs::path root = fs::canonical(folder.path()) / "repo";
  Variable home{"HOME", (folder.path() / "home").string()};
  Variable config_home{"XDG_CONFIG_HOME", (folder.path() / "home").string()};

  Repositories() {
    make_folders(folder.path() / "home");
    make_folders(root);
    git({"init", "-q", "-b", "main"});
  }

  std::string git(std::vector<std::string> arguments, const fs::path& where = {}) const {
    std::vector<std::string> argv{"git",
                                  "-c",
                                  "user.name=A",
                                  "-c",
                                  "user.email=a@example.org",
                                  "-c",
                                  "protocol.file.allow=always"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const ProcessResult result = run_process(
        {.argv = argv,
         .work_directory = where.empty() ? root : where,
         .environment = std::vector<std::string>{
             "PATH=/usr/bin:/bin", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1"}});
    INFO(result.err);
    REQUIRE(result.ok());
    return result.out.substr(0, result.out.find('\n'));
  }

  void write(const std::string& name, const std::string& content) const {
    make_folders((root / name).parent_path());
    std::ofstream(root / name, std::ios::binary) << content;
  }

  void commit_all() const {
    git({"add", "-A"});
    git({"commit", "-q", "-m", "c"});
  }

  /// One that a content filter applies to, of which libgit2 is not sure.
  void commit_filtered_file() const {
    git({"config", "filter.upper.clean", "tr a-z A-Z"});
    write(".gitattributes", "*.dat filter=upper\n");
    write("x.dat", "words\n");
    commit_all();
  }

  /// With a `git` that fails where it is asked for `command`.
  [[nodiscard]] std::string path_where_git_fails(const std::string& command) const {
    write_file_atomically(folder.path() / "git",
                          "#!/bin/sh\ncase \" $* \" in *\" " + command +
                              " \"*) exit 1;; esac\nexec /usr/bin/git \"$@\"\n");
    fs::permissions(folder.path() / "git", fs::perms::owner_all);
    return folder.path().string() + ":/usr/bin:/bin";
  }

  [[nodiscard]] GitState ask(const std::string& below = "", bool with_diff = true) const {
    return describe_git({below.empty() ? root : root / below}, with_diff);
  }
  /// As on a machine without the git program.
  [[nodiscard]] GitState ask_libgit2(const std::string& below = "") const {
    const Variable path("PATH", "/nowhere");
    return ask(below);
  }
};

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace mlpipe::git_testing
