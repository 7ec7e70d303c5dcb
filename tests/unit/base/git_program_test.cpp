// Where the git program fails, or need not be asked.
#include "unit/base/git_testing.h"

namespace mlpipe {

using git_testing::holds;
using git_testing::Repositories;
using git_testing::Variable;

TEST_CASE("git: what the program knew before it failed counts where libgit2 is not sure either") {
  const Repositories world;
  world.commit_filtered_file();
  world.write("x.dat", "other words\n");
  world.write("new.txt", "");
  const std::string failing = GENERATE("diff", "status");
  const Variable path("PATH", world.path_where_git_fails(failing));
  const GitState state = world.ask();
  CHECK(state.answered_by == "git");
  CHECK(state.branch == "main");
  CHECK(state.commit.size() == 40);
  CHECK(state.dirty == (failing == "diff" ? std::optional(true) : std::nullopt));
  CHECK(holds(state.note, "untracked: new.txt") == (failing == "diff"));
  CHECK(holds(state.note, "the git program: exit code 1"));
}

TEST_CASE("git: no diff is asked for where nothing that git knows has changed") {
  const Repositories world;
  world.write("a.txt", "1\n");
  world.commit_all();
  world.write("new.txt", "");
  const Variable path("PATH", world.path_where_git_fails("diff"));
  const GitState state = world.ask();
  CHECK(state.answered_by == "git");
  CHECK(state.dirty == true);
  CHECK(state.diff.empty());
  CHECK_FALSE(holds(state.note, "exit code"));
  world.write("a.txt", "2\n");
  CHECK(world.ask().answered_by == "libgit2");  // it was asked for, and failed
}

}  // namespace mlpipe
