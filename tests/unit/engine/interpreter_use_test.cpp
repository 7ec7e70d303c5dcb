#include "engine/interpreter_use.h"

#include <string>
#include <vector>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Words = std::vector<std::string>;

Words of_command(const std::string& text) {
  return interpreters_of({.action = CommandAction{{{Segment::Kind::text, text}}}});
}

/// Of a script with this name and first line.
Words of_script(const std::string& name, const std::string& content = "") {
  TemporaryFolder folder;
  write_file_atomically(folder.path() / name, content);
  return interpreters_of(
      {.sources = StepSources{.directory = folder.path()}, .action = ScriptAction{name, {}}});
}

}  // namespace

TEST_CASE("a command uses the interpreters that it names as words") {
  const auto [command, words] = GENERATE(table<std::string, Words>({
      {"python train.py", {"python"}},
      {"python3 train.py && python eval.py", {"python"}},
      {"/usr/bin/python3 -m x", {"python"}},
      {"cat a | \"python\"", {"python"}},
      {"x=$(python3 -V)", {"python"}},
      {"Rscript a.R; python b.py", {"Rscript", "python"}},
      {"echo hello", {}},
      {"pythonic mypython python_x", {}},
      {"python3.11 train.py", {}},
      {"./train.python.sh", {}},
      {"rscript a.R", {}},
      {"", {}},
  }));
  CAPTURE(command);
  CHECK(of_command(command) == words);
}

TEST_CASE("what a binding is called is not a word of the command") {
  CHECK(interpreters_of({.action = CommandAction{{{Segment::Kind::text, "cat "},
                                                  {Segment::Kind::input, "python"}}}})
            .empty());
}

TEST_CASE("a script's ending says what it needs") {
  CHECK(of_script("train.py") == Words{"python"});
  CHECK(of_script("train.R") == Words{"Rscript"});
  CHECK(of_script("train.r") == Words{"Rscript"});
  CHECK(of_script("train.sh", "#!/usr/bin/env python3\n").empty());  // bash runs it
  CHECK(of_script("train.sh", "#!/bin/bash\npython train.py\n") == Words{"python"});
}

TEST_CASE("a script with another ending says it in its first line") {
  CHECK(of_script("train", "#!/usr/bin/env python3\nimport os\n") == Words{"python"});
  CHECK(of_script("train.x", "#!/usr/bin/python -u") == Words{"python"});
  CHECK(of_script("train", "#!/usr/bin/env Rscript\n") == Words{"Rscript"});
  CHECK(of_script("train", "#!/bin/sh\npython x\n").empty());
  CHECK(of_script("train", "python\n").empty());
  CHECK(of_script("train").empty());
}

TEST_CASE("a script that is not there needs nothing yet: it is refused elsewhere") {
  CHECK(interpreters_of(
            {.sources = StepSources{.directory = "/no/such"}, .action = ScriptAction{"x", {}}})
            .empty());
}

}  // namespace mlpipe
