#include "cli/crontab.h"

#include <string>

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

const std::string others = "# mine\n5 4 * * 1 echo 100\\%\n";

TEST_CASE("a workspace's line is put into a crontab and taken out, and nothing else is touched") {
  const auto line = crontab_line("/w/a b");
  CHECK_THAT(line, Contains("schedule tick -C '/w/a b' --quiet # mlpipe schedules of /w/a b"));
  const auto with = with_line(others, "/w/a b", line);
  CHECK(with == others + line + "\n");
  CHECK(with_line(with, "/w/a b", line) == with);
  CHECK(has_line(with, "/w/a b"));
  CHECK_FALSE(has_line(with, "/w/a"));
  CHECK(with_line(with, "/w/a b", "") == others);
  CHECK(with_line("", "/w", crontab_line("/w")) == crontab_line("/w") + "\n");
  CHECK(with_line("last line without its end", "/w", "x # mlpipe schedules of /w") ==
        "last line without its end\nx # mlpipe schedules of /w\n");
}

TEST_CASE("the lines of two workspaces do not get in each other's way") {
  const auto both =
      with_line(with_line("", "/w", crontab_line("/w")), "/w/w", crontab_line("/w/w"));
  CHECK(with_line(both, "/w", "") == crontab_line("/w/w") + "\n");
  CHECK(with_line(both, "/w/w", "") == crontab_line("/w") + "\n");
}

TEST_CASE("a percent sign of a path is escaped, since it would end the command") {
  const auto line = crontab_line("/w/100%");
  CHECK_THAT(line, Contains("-C '/w/100\\%'") || Contains("-C /w/100\\%"));
  CHECK(has_line(line + "\n", "/w/100%"));
}

TEST_CASE("what no crontab can hold is refused") {
  for (const auto* path : {"/w/a\nb", "/w/a\\%"})
    CHECK_THROWS_WITH(crontab_line(path), Contains("schedule daemon"));
}

}  // namespace
}  // namespace mlpipe
