#include "engine/isolation.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/engine/execution_testing.h"

namespace mlpipe {

namespace {

namespace fs = std::filesystem;
using ShownHow = ShownPath::How;

/// The words of `argv` hold these three side by side.
bool has_words(const std::vector<std::string>& argv, const std::vector<std::string>& words) {
  return std::search(argv.begin(), argv.end(), words.begin(), words.end()) != argv.end();
}

}  // namespace

TEST_CASE("an isolated step is shown its directory, its inputs and the system") {
  Execution one;
  put_file(one.ground / "data" / "raw.csv", "1");
  put_file(one.ground / "data" / "other.csv", "1");
  put_file(one.ground / "made" / "m.txt", "1");
  put_file(one.ground / "shared" / "features.json", "1");
  one.add_path("raw", one.ground / "data" / "raw.csv");
  one.add_path("copied", one.ground / "data" / "other.csv", InputMode::download);
  one.add_object("made", one.ground / "made");
  one.execution.hashed = {one.ground / "shared" / "features.json"};
  const auto shown = shown_to(one.execution);
  CHECK(is_shown(shown, one.root() / "code" / "x"));
  CHECK(is_shown(shown, one.ground / "data" / "raw.csv"));
  CHECK_FALSE(is_shown(shown, one.ground / "data" / "other.csv"));
  CHECK_FALSE(is_shown(shown, one.ground / "data"));
  CHECK(leads_to_shown(shown, one.ground / "data"));
  CHECK_FALSE(leads_to_shown(shown, one.ground / "dat"));
  CHECK(is_shown(shown, one.execution.inputs.at(2).path / "m.txt"));
  CHECK_FALSE(is_shown(shown, one.execution.inputs.at(2).path.parent_path()));
  CHECK(is_shown(shown, one.ground / "shared" / "features.json"));
  CHECK(is_shown(shown, "/usr/bin/env"));
  CHECK(is_shown(shown, "/etc/passwd"));
  CHECK(is_shown(shown, "/proc/self"));
  for (const char* path : {"/", "/home", "/var", "/tmp", "/tmp/x", "/srv", "/boot", "/usr2"})
    CHECK_FALSE(is_shown(shown, path));
  CHECK(shown.at(one.root()).how == ShownHow::writable);
  CHECK(shown.at(one.ground / "data" / "raw.csv").how == ShownHow::read_only);
}

TEST_CASE("a step's home is empty, but what is shown in it is there") {
  Execution one;
  const auto home = one.ground / "home" / "me";
  put_file(home / "secret", "1");
  put_file(home / "venv" / "lib" / "x.py", "1");
  one.execution.base_environment["HOME"] = home.string() + "/";
  one.execution.installed = {home / "venv", home / "absent"};
  const auto shown = shown_to(one.execution);
  CHECK(shown.at(home).how == ShownHow::hidden);
  CHECK_FALSE(is_shown(shown, home / "secret"));
  CHECK(is_shown(shown, home / "venv" / "lib" / "x.py"));
  CHECK_FALSE(shown.contains(home / "absent"));
}

TEST_CASE("a home above the system's folders, or none, is left as it is") {
  Execution one;
  for (const char* home : {"/", "/var", "", "relative", "/usr/..", "/dev"}) {
    one.execution.base_environment["HOME"] = home;
    const auto shown = shown_to(one.execution);
    INFO(home);
    CHECK(std::count_if(shown.begin(), shown.end(), [](const auto& entry) {
            return entry.second.how == ShownHow::hidden;
          }) == 2);  // /tmp and /var/tmp
  }
}

TEST_CASE("what a link in an input folder leads to is shown with it") {
  Execution one;
  put_file(one.ground / "in" / "a.csv", "1");
  put_file(one.ground / "big" / "b.csv", "2");
  put_file(one.ground / "big" / "c.csv", "2");
  fs::create_symlink("../big/b.csv", one.ground / "in" / "b.csv");
  fs::create_symlink("a.csv", one.ground / "in" / "inside.csv");
  one.add_path("in", one.ground / "in");
  const auto shown = shown_to(one.execution);
  CHECK(is_shown(shown, one.ground / "big" / "b.csv"));
  CHECK_FALSE(is_shown(shown, one.ground / "big" / "c.csv"));
}

TEST_CASE("parents are put in place before what is inside of them, and nothing twice") {
  Execution one;
  put_file(one.ground / "data" / "deep" / "x", "1");
  put_file(one.ground / "big" / "y", "1");
  fs::create_symlink("../big/y", one.ground / "data" / "y");
  one.execution.base_environment["HOME"] = one.ground / "data" / "deep";
  one.add_path("x", one.ground / "data" / "deep" / "x");
  one.add_path("y", one.ground / "data" / "y");
  one.execution.isolated_by = "/usr/bin/bwrap";
  const std::string outer = one.ground / "data";
  const std::string inner = one.ground / "data" / "deep" / "x";
  const std::string link = one.ground / "data" / "y";
  const std::string target = one.ground / "big" / "y";
  CHECK(has_words(enclosure_of(one.execution), {"--ro-bind", target, link}));
  one.add_path("all", outer);
  const auto argv = enclosure_of(one.execution);
  CHECK(argv.front() == "/usr/bin/bwrap");
  CHECK(has_words(argv, {"--ro-bind", outer, outer}));
  CHECK(has_words(argv, {"--ro-bind", inner, inner}));  // the step's home lies between
  CHECK(std::find(argv.begin(), argv.end(), outer) < std::find(argv.begin(), argv.end(), inner));
  CHECK(std::find(argv.begin(), argv.end(), link) == argv.end());  // a link cannot be mounted on
  CHECK(has_words(argv, {"--ro-bind", target, target}));
  CHECK(has_words(argv, {"--bind", one.root(), one.root()}));
  CHECK(has_words(argv, {"--remount-ro", "/"}));
  CHECK(std::find(argv.begin(), argv.end(), "/home") == argv.end());
}

TEST_CASE("a step without a GPU sees none, one without a say sees all") {
  Execution one;
  const auto gpus_of = [&one] {
    const auto shown = shown_to(one.execution);
    return std::count_if(shown.begin(), shown.end(),
                         [](const auto& entry) { return entry.second.how == ShownHow::device; });
  };
  const auto all = gpus_of();
  one.execution.visible_gpus = "";
  CHECK(gpus_of() == 0);
  one.execution.visible_gpus = "0";
  CHECK(gpus_of() == all);
}

TEST_CASE("more inputs than bubblewrap takes are refused") {
  Execution one;
  put_file(one.ground / "x", "1");
  for (int i = 0; i < 3000; ++i) one.execution.hashed.push_back(one.ground / std::to_string(i));
  CHECK_THROWS_WITH(enclosure_of(one.execution), Catch::Contains("put its inputs into folders"));
}

}  // namespace mlpipe
