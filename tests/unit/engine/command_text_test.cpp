#include "engine/command_text.h"

#include <string>
#include <vector>

#include "base/process.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// "…@…": the text of a template whose '@' is the input `x`.
Template command_with_input(std::string_view written) {
  Template segments;
  std::string text;
  for (const char c : written) {
    if (c != '@') {
      text += c;
      continue;
    }
    segments.push_back({Segment::Kind::text, std::exchange(text, {})});
    segments.push_back({Segment::Kind::input, "x"});
  }
  segments.push_back({Segment::Kind::text, text});
  return segments;
}

/// What bash prints for a command whose '@' is an input at `location`.
std::string bash_says(std::string_view written, const std::string& location) {
  const std::string command =
      command_text(command_with_input(written), [&](const Segment&) { return location; });
  INFO(command);
  const auto result = run_process({.argv = {"/bin/bash", "-c", command}, .work_directory = "/"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

const std::vector<std::string> awkward_locations = {
    "/plain/path-1.csv",   "/with blank/and  two", "/it's",           "/say \"hi\"",
    "/$HOME/`id`/$(id)",   "/back\\slash\\",       "/tab\tand\nline", "/glob*?[a]{b,c}",
    "/semi;colon&pipe|<>", "/#hash !bang ~",       "/\xff\xc3 bytes", "/'\"'\"$`\\'",
};

}  // namespace

TEST_CASE("a location reaches the program whole, wherever it stands in the command") {
  const auto location = GENERATE(from_range(awkward_locations));
  CAPTURE(location);
  CHECK(bash_says("printf %s @", location) == location);
  CHECK(bash_says("printf %s --in=@", location) == "--in=" + location);
  CHECK(bash_says("printf '%s|' @ @", location) == location + "|" + location + "|");
  CHECK(bash_says("printf %s \"@\"", location) == location);
  CHECK(bash_says("printf %s \"a b=@/c d\"", location) == "a b=" + location + "/c d");
  CHECK(bash_says("printf %s '@'", location) == location);
  CHECK(bash_says("printf %s 'a \"b\" @'", location) == "a \"b\" " + location);
  CHECK(bash_says("printf %s \"it's \"@", location) == "it's " + location);
  CHECK(bash_says("printf %s 'say \"'@", location) == "say \"" + location);
  CHECK(bash_says("printf %s \\\"@", location) == "\"" + location);
  CHECK(bash_says("printf %s \"\\\"@\"", location) == "\"" + location);
  CHECK(bash_says("bash -c 'printf %s \"$1\"' - @", location) == location);
}

TEST_CASE("quotes inside of $(…) are followed, also within quotes") {
  const auto location = GENERATE(from_range(awkward_locations));
  CAPTURE(location);
  CHECK(bash_says("printf %s \"$(printf %s @)\"", location) == location);
  CHECK(bash_says("printf %s \"$(printf %s \"@\")\"", location) == location);
  CHECK(bash_says("printf %s \"$(printf %s '@')\"", location) == location);
  CHECK(bash_says("printf %s \"$(printf %s \"$(printf %s @)\")@\"", location) ==
        location + location);
  CHECK(bash_says("(printf %s \"(@)\"); printf %s \"$((1 + (2)))@\"", location) ==
        "(" + location + ")3" + location);
}

TEST_CASE("quotes inside of backquotes are followed") {
  const auto location = GENERATE(from_range(awkward_locations));
  CAPTURE(location);
  CHECK(bash_says("x=`printf %s @`; printf %s \"$x@\"", location) == location + location);
  CHECK(bash_says("x=`printf %s '@'`; printf %s \"$x\"", location) == location);
}

TEST_CASE("an apostrophe in a comment quotes nothing") {
  const auto location = GENERATE(from_range(awkward_locations));
  CAPTURE(location);
  CHECK(bash_says("# don't\nprintf %s @  # isn't \"it\n", location) == location);
  CHECK(bash_says("x=a#b'c d'; echo $# \"#\" > /dev/null; printf %s @", location) == location);
}

TEST_CASE("literals stand in a command as they are, for the shell to read") {
  CHECK(command_text({{Segment::Kind::text, "echo $HOME 'a b' | wc -l; # x"}}, [](const Segment&) {
          return std::string();
        }) == "echo $HOME 'a b' | wc -l; # x");
}

TEST_CASE("a plain location stays readable: it is not quoted") {
  CHECK(command_text(command_with_input("cat @"), [](const Segment&) {
          return std::string("/data/raw.csv");
        }) == "cat /data/raw.csv");
}

TEST_CASE("each binding gets its own location, inputs and outputs apart") {
  const Template segments = {{Segment::Kind::text, "cp "},
                             {Segment::Kind::input, "x"},
                             {Segment::Kind::text, " "},
                             {Segment::Kind::output, "x"}};
  const auto location = [](const Segment& segment) {
    return (segment.kind == Segment::Kind::input ? "/in/" : "/out/") + segment.text;
  };
  CHECK(command_text(segments, location) == "cp /in/x /out/x");
  CHECK(argument_text(segments, location) == "cp /in/x /out/x");
}

TEST_CASE("an argument is never quoted: no shell reads it") {
  CHECK(argument_text(command_with_input("--in='@'"),
                      [](const Segment&) { return std::string("/a b/$x"); }) == "--in='/a b/$x'");
  CHECK(argument_text({}, [](const Segment&) { return std::string(); }).empty());
}

}  // namespace mlpipe
