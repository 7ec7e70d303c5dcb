#include "engine/hidden_paths.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/engine/execution_testing.h"

namespace mlpipe {

namespace {

std::vector<std::string> named(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& path : paths_named_in(text)) names.push_back(path);
  return names;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("paths are found in the messages of programs") {
  CHECK(named("cat: /data/x.csv: No such file or directory\n") == Texts{"/data/x.csv"});
  CHECK(named("FileNotFoundError: [Errno 2] No such file or directory: '/data/a b.csv'\n") ==
        Texts{"/data/a b.csv"});
  CHECK(named("main.sh: line 3: /data/it's.csv: No such file") == Texts{"/data/it's.csv"});
  CHECK(named("  File \"/w/code/train.py\", line 12, in <module>") == Texts{"/w/code/train.py"});
  CHECK(named("cannot open file '/data/x.csv': No such file") == Texts{"/data/x.csv"});
  CHECK(named("ls: cannot access \xe2\x80\x98/data/y\xe2\x80\x99: no") ==
        Texts{"/data/y\xe2\x80\x99"});
  CHECK(named("--in=/data/x.csv, then /data/z/ (/data/x.csv).") == Texts{"/data/x.csv", "/data/z"});
  CHECK(named("/a/../b//c") == Texts{"/b/c"});
}

TEST_CASE("what is no absolute path is none") {
  CHECK(named("").empty());
  CHECK(named("and/or 1/2 ./x ../y a/b/c / '/' \"/\n").empty());
  CHECK(named("/").empty());
}

TEST_CASE("a failed step is told what exists and was not shown to it, and nothing else") {
  Execution one;
  put_file(one.ground / "data" / "hidden.csv", "1");
  put_file(one.ground / "data" / "shown.csv", "1");
  one.add_path("raw", one.ground / "data" / "shown.csv");
  const auto path = [&one](const char* name) { return (one.ground / "data" / name).string(); };
  put_file(one.execution.stderr_file,
           "cat: " + path("hidden.csv") + ": No such file\n" + path("shown.csv") + "\n" +
               path("absent.csv") + "\n/usr/bin/env /tmp " + one.ground.folder.path().string() +
               "\n" + path("hidden.csv") + "\n");
  CHECK(hidden_paths_text(one.execution).empty());  // it is not isolated
  one.execution.isolated_by = "/usr/bin/bwrap";
  CHECK(hidden_paths_text(one.execution) ==
        "; isolated, it names '" + path("hidden.csv") +
            "', which exists but is not declared: add it to inputs, or to hash_paths");
}

TEST_CASE("many hidden paths are counted") {
  Execution one;
  one.execution.isolated_by = "/usr/bin/bwrap";
  std::string text;
  for (int i = 0; i < 8; ++i) {
    const auto file = one.ground / ("hidden" + std::to_string(i));
    put_file(file, "");
    text += file.string() + "\n";
  }
  put_file(one.execution.stderr_file, text);
  CHECK(hidden_paths_text(one.execution).find(" and 3 more, which exist but are not declared") !=
        std::string::npos);
}

}  // namespace mlpipe
