#include "cli/log_stream.h"

#include <fstream>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

/// The two log files of an attempt, and what was printed of them.
struct Followed {
  TemporaryFolder folder;
  std::vector<std::string> lines;
  LogStream stream{folder.path() / "s.1.stdout", "mlpipe logs r s"};

  void write(const char* ending, std::string_view text) const {
    std::ofstream(folder.path() / (std::string("s.1.") + ending), std::ios::app) << text;
  }
  std::vector<std::string> news() {
    lines.clear();
    stream.print_new([this](const std::string& line) { lines.push_back(line); });
    return lines;
  }
  std::vector<std::string> rest() {
    lines.clear();
    stream.print_rest([this](const std::string& line) { lines.push_back(line); });
    return lines;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("log stream: lines come when they are ended, and what is left at the end") {
  Followed followed;
  CHECK(followed.news().empty());  // no files yet
  followed.write("stdout", "one\ntw");
  followed.write("stderr", "warning\n");
  CHECK(followed.news() == Lines{"one", "warning"});
  CHECK(followed.news().empty());
  followed.write("stdout", "o\n\nthree");
  CHECK(followed.news() == Lines{"two", ""});
  CHECK(followed.rest() == Lines{"three"});
  CHECK(followed.rest().empty());
}

TEST_CASE("log stream: a bar that never ends its line does not pile up, and shows its last state") {
  Followed followed;
  for (int i = 0; i < 2000; ++i) followed.write("stderr", "\repoch " + std::to_string(i));
  CHECK(followed.news().empty());
  CHECK(followed.rest() == Lines{"epoch 1999"});
}

TEST_CASE("log stream: a line without end comes in pieces rather than not at all") {
  Followed followed;
  followed.write("stdout", std::string(std::size_t{3} << 20U, 'x'));
  std::size_t shown = 0;
  for (const auto& line : followed.news()) shown += line.size();
  for (const auto& line : followed.rest()) shown += line.size();
  CHECK(shown == std::size_t{3} << 20U);
}

TEST_CASE("log stream: of a chatty step each look prints a share, and nothing is lost") {
  Followed followed;
  std::string text;
  Lines expected;
  for (int i = 0; text.size() < std::size_t{3} << 20U; ++i) {
    expected.push_back("line " + std::to_string(i));
    text += expected.back() + "\n";
  }
  followed.write("stdout", text);
  Lines seen;
  for (int look = 0; look < 3; ++look) {
    std::size_t bytes = 0;
    for (const auto& line : followed.news()) {
      bytes += line.size() + 1;
      seen.push_back(line);
    }
    CHECK(bytes > LogStream::most_at_once / 2);
    CHECK(bytes <= static_cast<std::size_t>(LogStream::most_at_once) + 100);
  }
  for (const auto& line : followed.rest()) seen.push_back(line);
  CHECK((seen == expected));  // without printing a million lines
}

TEST_CASE(
    "log stream: of very much at the end the last lines are shown, and what is skipped is told") {
  Followed followed;
  std::string text;
  int last = 0;
  for (; text.size() < std::size_t{6} << 20U; ++last) text += "line " + std::to_string(last) + "\n";
  followed.write("stdout", "begun ");
  CHECK(followed.news().empty());
  followed.write("stdout", text);
  followed.write("stderr", "all of it\n");
  const auto lines = followed.rest();
  REQUIRE(lines.size() > 3);
  CHECK(lines[0] == "[... 5.2 MB skipped: `mlpipe logs r s` has all]");
  CHECK(lines.back() == "all of it");
  const auto shown = static_cast<int>(lines.size()) - 2;
  std::size_t bytes = 0;
  for (int i = 0; i < shown; ++i) {
    const auto& line = lines[static_cast<std::size_t>(i) + 1];
    bytes += line.size() + 1;
    if (line != "line " + std::to_string(last - shown + i)) FAIL("line " << i << ": " << line);
  }
  CHECK(bytes <= static_cast<std::size_t>(LogStream::tail_at_end));
  CHECK(bytes > static_cast<std::size_t>(LogStream::tail_at_end) - 100);
  CHECK(followed.rest().empty());
}

TEST_CASE("log stream: a line longer than the tail is shown from its middle") {
  Followed followed;
  followed.write("stdout", std::string(std::size_t{5} << 20U, 'x') + "\n");
  const auto lines = followed.rest();
  REQUIRE(lines.size() >= 2);
  std::size_t shown = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) shown += lines[i].size();
  CHECK(shown == static_cast<std::size_t>(LogStream::tail_at_end) - 1);
}

TEST_CASE("a settled line holds what is seen when it is through") {
  CHECK(settled_line("plain\ttext") == "plain\ttext");
  CHECK(settled_line("10%\r20%\r100%") == "100%");
  CHECK(settled_line("windows\r") == "windows");
  CHECK(settled_line("\x1b[31mred\x1b[0m") == "\x1b[31mred\x1b[0m");
  CHECK(settled_line("a\x1b[2K\x1b[1Ab\x1b[?25lc\a\b") == "abc");
  CHECK(settled_line("ends in\x1b[") == "ends in");
  CHECK(settled_line("ends in\x1b") == "ends in");
  CHECK(settled_line("caf\xc3\xa9 \xff") == "caf\xc3\xa9 \xff");
  CHECK(settled_line("\x1b]0;title\a"
                     "text") == "text");
}

}  // namespace mlpipe
