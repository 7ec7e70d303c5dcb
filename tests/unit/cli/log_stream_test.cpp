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
  LogStream stream{folder.path() / "s.1.stdout"};

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
