#include "base/git.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/process.h"
#include "support/catch.h"
#include "unit/base/git_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;
using namespace git_testing;

TEST_CASE("git: a clean repository tells branch, commit and address") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  world.git({"remote", "add", "origin", "https://me:secret@example.org/r.git"});
  const bool by_program = GENERATE(true, false);
  const GitState state = by_program ? world.ask() : world.ask_libgit2();
  CHECK(state.answered_by == (by_program ? "git" : "libgit2"));
  CHECK(state.branch == "main");
  CHECK(state.commit == world.git({"rev-parse", "HEAD"}));
  CHECK(state.repository_uri == "https://example.org/r.git");
  CHECK(state.dirty == false);
  CHECK(state.diff.empty());
  CHECK(state.note.empty());
}

TEST_CASE("git: the branch's own remote is the repository's address, with insteadOf applied") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  world.git({"remote", "add", "origin", "https://example.org/o.git"});
  world.git({"remote", "add", "fork", "gh:me/fork.git"});
  world.git({"config", "branch.main.remote", "fork"});
  world.git({"config", "url.https://token@example.org/.insteadOf", "gh:"});
  CHECK(world.ask().repository_uri == "https://example.org/me/fork.git");
  CHECK(world.ask_libgit2().answered_by == "libgit2");  // the other way gives the same answer
  CHECK(world.ask_libgit2().repository_uri == "https://example.org/me/fork.git");
}

TEST_CASE("git: changes count, and show, only in the folders asked about") {
  const Repositories world;
  world.write("train/a.py", "one\n");
  world.write("other/b.py", "one\n");
  world.commit_all();
  world.write("train/a.py", "two\n");
  world.write("other/new.txt", "x");
  CHECK(world.ask("train").dirty == true);
  CHECK(holds(world.ask("train").diff, "-one\n+two\n"));
  CHECK(holds(world.ask("train").diff, "+++ b/train/a.py"));
  CHECK_FALSE(holds(world.ask("train").note, "new.txt"));
  CHECK(world.ask("other").dirty == true);
  CHECK(world.ask("other").diff.empty());
  CHECK(world.ask("other").note == "untracked: other/new.txt");
  CHECK(world.ask("train", false).diff.empty());
  world.git({"checkout", "-q", "train/a.py"});
  CHECK(world.ask("train").dirty == false);
  CHECK(describe_git({world.root / "train", world.root / "other"}, true).dirty == true);
}

TEST_CASE("git: staged changes are in the diff, and ignored files are not dirt") {
  const Repositories world;
  world.write(".gitignore", "*.log\n");
  world.write("a.py", "one\n");
  world.commit_all();
  world.write("x.log", "x");
  CHECK(world.ask().dirty == false);
  world.write("b.py", "new\n");
  world.git({"add", "b.py"});
  CHECK(world.ask().dirty == true);
  CHECK(holds(world.ask().diff, "+new\n"));
}

TEST_CASE("git: a folder that is untracked as a whole is dirt for what lies in it") {
  const Repositories world;
  world.write("a.py", "one\n");
  world.commit_all();
  world.write("new/deep/b.py", "one\n");
  CHECK(world.ask("new/deep").dirty == true);
  CHECK(world.ask("new").dirty == true);
  CHECK(holds(world.ask("new/deep").note, "new/"));
}

TEST_CASE("git: names with blanks, brackets and bytes that are no text are taken as they are") {
  const Repositories world;
  world.write("a [b]*/x y.py", "one\n");
  world.write("a b/x.py", "one\n");
  world.write("caf\xe9/x.py", "one\n");
  world.commit_all();
  world.write("a [b]*/x y.py", "two\n");
  CHECK(world.ask("a [b]*").dirty == true);
  CHECK(world.ask("a b").dirty == false);
  CHECK(world.ask("caf\xe9").dirty == false);
  world.write("caf\xe9/n\xff", "");
  CHECK(world.ask("caf\xe9").dirty == true);
  CHECK(holds(world.ask("caf\xe9").note, "\\x"));
}

TEST_CASE("git: binary files are named in the diff, and text that is not UTF-8 is made printable") {
  const Repositories world;
  world.write("model.bin", std::string("a\0b", 3));
  world.write("latin.txt", "one\n");
  world.commit_all();
  world.write("model.bin", std::string("a\0c", 3));
  world.write("latin.txt", "caf\xe9\n");
  const GitState state = world.ask();
  CHECK(holds(state.diff, "Binary files a/model.bin and b/model.bin differ"));
  CHECK(holds(state.diff, "+caf\\x"));
  CHECK(state.diff.find('\0') == std::string::npos);
}

TEST_CASE("git: a diff above 10 MB is cut at a line's end, and says so") {
  const Repositories world;
  world.write("a.txt", "");
  world.write("b.txt", "");
  world.commit_all();
  std::string text;
  while (text.size() < 6'000'000) text += "some line of text\n";
  world.write("a.txt", text);
  world.write("b.txt", text);
  const GitState state = world.ask();
  CHECK(state.diff_truncated);
  CHECK(state.diff.size() <= 10'000'000);
  CHECK(state.diff.size() > 9'000'000);
  CHECK(state.diff.ends_with("+some line of text\n"));
}

TEST_CASE("git: a detached HEAD has a commit but no branch") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  world.git({"checkout", "-q", "--detach"});
  CHECK(world.ask().branch.empty());
  CHECK(world.ask().commit == world.git({"rev-parse", "HEAD"}));
}

TEST_CASE("git: a repository without a commit has a branch, and what is staged is its diff") {
  const Repositories world;
  CHECK(world.ask().branch == "main");
  CHECK(world.ask().commit.empty());
  CHECK(world.ask().dirty == false);
  CHECK(world.ask().note == "no commit yet");
  world.write("a.txt", "1\n");
  world.git({"add", "a.txt"});
  CHECK(world.ask().dirty == true);
  CHECK(holds(world.ask().diff, "+1\n"));
}

TEST_CASE("git: neither a bare repository nor git's own folder nor no repository tells anything") {
  const Repositories world;
  world.git({"init", "-q", "--bare", "../bare.git"});
  const GitState bare = describe_git({world.root.parent_path() / "bare.git"}, true);
  CHECK(bare.commit.empty());
  CHECK_FALSE(bare.dirty.has_value());
  CHECK(holds(bare.note, "bare"));
  CHECK(holds(world.ask(".git/refs").note, "git's own folder"));
  const GitState none = describe_git({world.root.parent_path()}, true);
  CHECK(none.answered_by.empty());
  CHECK(none.note == "not in a git repository");
  CHECK(describe_git({}, true).answered_by.empty());
}

TEST_CASE("git: a folder that is not there yet belongs to the repository around it") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  CHECK(world.ask("not/there").commit.size() == 40);
  CHECK(world.ask("not/there").dirty == false);
}

TEST_CASE("git: a submodule is a repository of its own, and dirt in it is dirt around it") {
  const Repositories world;
  const Repositories inner;
  inner.write("x.txt", "1\n");
  inner.commit_all();
  world.git({"submodule", "--quiet", "add", inner.root.string(), "sub"});
  world.commit_all();
  CHECK(world.ask().dirty == false);
  CHECK(world.ask("sub").commit == inner.git({"rev-parse", "HEAD"}));
  world.write("sub/x.txt", "2\n");
  CHECK(world.ask("sub").dirty == true);
  CHECK(world.ask().dirty == true);
}

TEST_CASE(
    "git: a linked worktree has its own branch; its own configuration needs the git program") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  world.git({"worktree", "add", "-q", "-b", "side", "../side"});
  const fs::path side = world.root.parent_path() / "side";
  CHECK(describe_git({side}, true).branch == "side");
  world.git({"config", "extensions.worktreeConfig", "true"});
  world.git({"config", "--worktree", "core.autocrlf", "true"}, side);
  std::ofstream(side / "a.txt", std::ios::binary) << "1\r\n";
  const GitState state = describe_git({side}, true);
  CHECK(state.answered_by == "git");
  CHECK(state.branch == "side");
  CHECK(state.dirty == !world.git({"status", "--porcelain"}, side).empty());
  const Variable path("PATH", "/nowhere");
  const GitState without = describe_git({side}, true);
  CHECK(without.branch == "side");
  CHECK_FALSE(without.dirty.has_value());
  CHECK(holds(without.note, "worktree configuration"));
}

TEST_CASE("git: where a content filter applies, only the git program's answer counts") {
  const Repositories world;
  world.git({"config", "filter.upper.clean", "tr a-z A-Z"});
  world.git({"config", "filter.upper.smudge", "tr A-Z a-z"});
  world.write("plain/a.txt", "text\n");
  world.commit_all();
  CHECK(world.ask_libgit2().dirty == false);  // a driver that no file uses

  world.write("data/.gitattributes", "*.dat filter=upper\n");
  world.write("data/x.dat", "words\n");
  world.commit_all();
  world.write("data/x.dat", "words\n");  // a new time: both must look at the bytes
  CHECK(world.ask().answered_by == "git");
  CHECK(world.ask().dirty == false);
  CHECK(holds(world.ask_libgit2().note, "filters"));
  CHECK_FALSE(world.ask_libgit2().dirty.has_value());
  CHECK(world.ask_libgit2("plain").dirty == false);
  world.write("data/x.dat", "other\n");
  world.write("data/new file.dat", "");
  const GitState state = world.ask("data");
  CHECK(state.dirty == true);
  CHECK(holds(state.diff, "-WORDS\n+OTHER\n"));
  CHECK(holds(state.note, "untracked: data/new file.dat"));
  CHECK(state.branch == "main");
  CHECK(state.commit == world.git({"rev-parse", "HEAD"}));
}

TEST_CASE("git: without the git program, what libgit2 cannot know stays unknown") {
  const Repositories world;
  world.commit_filtered_file();
  const Variable path("PATH", "/nowhere");
  const GitState state = world.ask();
  CHECK(state.answered_by == "libgit2");
  CHECK(state.branch == "main");
  CHECK(state.commit.size() == 40);
  CHECK_FALSE(state.dirty.has_value());
  CHECK(holds(state.note, "not installed"));
}

TEST_CASE("git: another user's repository is not read, and the note says what to do") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  if (::geteuid() != 0) {
    WARN("skipped: only root can give a repository to another user");
    return;
  }
  for (const auto& entry : fs::recursive_directory_iterator(world.root)) {
    REQUIRE(::lchown(entry.path().c_str(), 4711, 4711) == 0);
  }
  REQUIRE(::lchown(world.root.c_str(), 4711, 4711) == 0);
  const GitState refused = world.ask();
  CHECK(refused.answered_by.empty());
  CHECK(refused.commit.empty());
  CHECK_FALSE(refused.dirty.has_value());
  CAPTURE(refused.note);
  CHECK(holds(refused.note, "another user"));
  CHECK(holds(refused.note, "dubious ownership"));
  CHECK(holds(refused.note, "safe.directory"));

  std::ofstream(world.folder.path() / "home" / ".gitconfig") << "[safe]\n\tdirectory = *\n";
  const GitState allowed = world.ask();
  CHECK_FALSE(allowed.answered_by.empty());
  CHECK(allowed.commit.size() == 40);
}

TEST_CASE("git: what libgit2 cannot read at all, the git program answers") {
  const Repositories world;
  fs::remove_all(world.root / ".git");
  world.git({"init", "-q", "-b", "main", "--object-format=sha256"});
  world.write("a.txt", "1\n");
  world.commit_all();
  const GitState state = world.ask();
  CHECK(state.answered_by == "git");
  CHECK(state.commit.size() == 64);
  CHECK(state.dirty == false);
}

TEST_CASE("git: a broken repository leads to a note, not to an error") {
  const Repositories world;
  world.write(".git/HEAD", "nonsense");
  world.write(".git/config", "[[[");
  const GitState state = world.ask();
  CHECK(state.commit.empty());
  CHECK_FALSE(state.note.empty());
}

TEST_CASE("git: AZUREML_GIT_ variables win over the repository, and stand alone without one") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  const Variable uri("AZUREML_GIT_REPOSITORY_URI", "https://u:p@ci.example.org/r");
  const Variable branch("AZUREML_GIT_BRANCH", "release");
  const Variable dirty("AZUREML_GIT_DIRTY", "True");
  const Variable id("AZUREML_GIT_BUILD_ID", "42");
  const Variable build("AZUREML_GIT_BUILD_URI", "https://ci.example.org/42?view=results");
  const GitState state = world.ask();
  CHECK(state.repository_uri == "https://ci.example.org/r");
  CHECK(state.branch == "release");
  CHECK(state.dirty == true);
  CHECK(state.build_id == "42");
  CHECK(state.build_uri == "https://ci.example.org/42?view=results");
  CHECK(state.commit == world.git({"rev-parse", "HEAD"}));
  CHECK(describe_git({world.root.parent_path()}, false).branch == "release");
}

TEST_CASE("git: variables that point git elsewhere do not change which repository is meant") {
  const Repositories world;
  const Repositories other;
  world.write("a.txt", "1\n");
  world.commit_all();
  const Variable elsewhere("GIT_DIR", (other.root / ".git").string());
  CHECK(world.ask().commit == world.git({"rev-parse", "HEAD"}));
  CHECK(world.ask_libgit2().commit == world.git({"rev-parse", "HEAD"}));
  const Variable none("GIT_CONFIG_GLOBAL", "/dev/null");  // libgit2 does not know this variable
  CHECK(world.ask().commit == world.git({"rev-parse", "HEAD"}));
}

TEST_CASE("git: a background thread may ask while this one does") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  GitState there;
  std::jthread thread([&] { there = world.ask(); });
  const GitState here = world.ask();
  thread.join();
  CHECK(here.commit == there.commit);
  CHECK(there.answered_by == "git");
}

}  // namespace mlpipe
