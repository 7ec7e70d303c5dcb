#include "engine/trace_report.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/engine/execution_testing.h"

namespace mlpipe {

namespace {

using How = FileAccess::How;
using AccessPlace = UndeclaredAccess::Place;
using Texts = std::vector<std::string>;

Texts lines_of(const std::vector<UndeclaredAccess>& accesses) {
  Texts lines;
  for (const auto& each : accesses)
    lines.push_back(std::string(to_text(each.how)) + " " + each.path.string() +
                    (each.files == 0 ? "" : " " + std::to_string(each.files)));
  return lines;
}

}  // namespace

TEST_CASE("what a step reads besides what it declares is told, with where it lies") {
  Execution one;
  for (const char* file : {"data/raw.csv", "data/more.csv", "src/lib.py", "home/rc", "gone"})
    put_file(one.ground / file, "1");
  remove_tree(one.ground / "gone");
  one.step.sources.edit().directory = one.ground / "src";
  one.execution.base_environment["HOME"] = one.ground / "home";
  one.add_path("raw", one.ground / "data" / "raw.csv");
  one.add_path("unused", one.ground / "data" / "raw.csv");
  one.execution.inputs[1].path = one.ground / "elsewhere";
  FileAccesses accesses;
  const auto add = [&accesses](const std::filesystem::path& path, How how, bool found = true) {
    accesses[path] = {.how = how, .found = found, .real = {}};
  };
  add(one.ground / "data" / "raw.csv", How::read);
  add(one.ground / "data" / "more.csv", How::looked_at);
  add(one.ground / "data", How::looked_at);
  add(one.ground / "src" / "lib.py", How::read);
  add(one.ground / "src", How::read);
  add(one.ground / "home" / "rc", How::executed);
  add(one.ground / "home" / "not there", How::read, false);
  add(one.ground / "gone", How::read);
  add(one.root() / "code" / "x", How::read);
  add("/usr/bin/env", How::executed);
  add("/proc/self/maps", How::read);
  put_file(one.ground / "log", "1");
  one.execution.stderr_file = one.ground / "log";
  add(one.ground / "log", How::read);  // opened as /dev/stderr
  const auto trace = report_accesses(accesses, one.execution, {.workspace = "/w"});
  CHECK(trace.step == "train");
  CHECK(trace.undeclared_paths == 4);
  const std::string ground = one.ground.folder.path();
  CHECK(lines_of(trace.undeclared) ==
        Texts{"looked at " + ground + "/data/more.csv", "executed " + ground + "/home/rc",
              "listed " + ground + "/src", "read " + ground + "/src/lib.py"});
  CHECK(trace.undeclared[0].place == AccessPlace::elsewhere);
  CHECK(trace.undeclared[1].place == AccessPlace::home);
  CHECK(trace.undeclared[3].place == AccessPlace::source);
  CHECK(trace.unused_inputs == Texts{"unused"});
}

TEST_CASE("of an isolated step what it did not get counts, not what it found in its own folders") {
  Execution one;
  put_file(one.ground / "data" / "hidden.csv", "1");
  put_file(one.ground / "home" / "rc", "1");
  one.execution.isolated_by = "/usr/bin/bwrap";
  one.execution.base_environment["HOME"] = one.ground / "home";
  const FileAccesses accesses{{one.ground / "data" / "hidden.csv", {.how = How::read}},
                              {one.ground / "data" / "absent.csv", {.how = How::read}},
                              {one.ground / "home" / "rc", {.how = How::read, .found = true}}};
  const auto trace = report_accesses(accesses, one.execution, {});
  REQUIRE(trace.undeclared.size() == 1);
  CHECK(trace.undeclared[0].path == one.ground / "data" / "hidden.csv");
  CHECK_FALSE(trace.undeclared[0].found);
}

TEST_CASE("many files are told by their folders") {
  std::vector<UndeclaredAccess> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back({.path = "/data/images/" + std::to_string(i % 3) + "/" + std::to_string(i),
                    .how = How::read});
  many.push_back({.path = "/data/labels.csv", .how = How::read});
  const auto few = grouped(many);
  CHECK(lines_of(few) == Texts{"read /data/images/0 334", "read /data/images/1 333",
                               "read /data/images/2 333", "read /data/labels.csv"});
  std::vector<UndeclaredAccess> folders;
  for (int i = 0; i < 20; ++i)
    folders.push_back({.path = "/d" + std::to_string(i) + "/x", .how = How::read});
  CHECK(grouped(folders).size() == 20);  // they have nothing in common but "/"
}

TEST_CASE("a trace that is not there is a problem, not nothing read") {
  Execution one;
  CHECK_FALSE(report_trace(one.execution, {}).problem.empty());
}

}  // namespace mlpipe
