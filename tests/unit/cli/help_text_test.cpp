#include "cli/help_text.h"

#include "cli/help_topics.h"
#include "cli/terminal.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

using BlockKind = HelpBlock::Kind;

std::string lines(std::string_view text, std::size_t width) {
  return help_lines(read_help(text), width);
}

TEST_CASE("a help text is read block by block", "[help_text]") {
  const auto blocks = read_help(
      "One\nparagraph\n\n# Head\nBelow\n* first\n  goes on\n* second\n"
      "NAME :: what it is\nand more\n```yaml x.yaml\na:\n\n  - b  # c :: d\n```\nEnd\n");
  REQUIRE(blocks.size() == 8);
  CHECK(blocks[0].text == "One paragraph");
  CHECK(blocks[1].kind == BlockKind::heading);
  CHECK(blocks[2].text == "Below");
  CHECK(blocks[3].kind == BlockKind::item);
  CHECK(blocks[4].text == "second");
  CHECK(blocks[5].kind == BlockKind::term);
  CHECK(blocks[5].term == "NAME");
  CHECK(blocks[5].text == "what it is and more");
  CHECK(blocks[6].kind == BlockKind::verbatim);
  CHECK(blocks[6].text == "a:\n\n  - b  # c :: d");
  CHECK(blocks[7].text == "End");
}

TEST_CASE("a help text is wrapped at blanks, by columns and not by bytes", "[help_text]") {
  CHECK(lines("one two three", 8) == "one two\nthree\n");
  CHECK(lines("äöü äöü äöü", 7) == "äöü äöü\näöü\n");
  CHECK(lines("averylongword in here", 6) == "averylongword\nin\nhere\n");
  CHECK(lines("type `a b c` now", 11) == "type\n`a b c` now\n");
  CHECK(lines("type (`a b` `c`) now", 11) == "type (`a b`\n`c`) now\n");
  CHECK(lines("`longer than a line is`", 11) == "`longer\nthan a line\nis`\n");
  CHECK(lines("* one two three", 11) == "  * one two\n    three\n");
  CHECK(lines("```\nas it  is, however long\n```", 8) == "    as it  is, however long\n");
}

TEST_CASE("terms stand in one column, or alone where it is narrow", "[help_text]") {
  const std::string_view text = "a :: first\nlonger :: one two three four";
  CHECK(lines(text, 80) == "  a       first\n  longer  one two three four\n");
  CHECK(lines(text, 20) == "  a\n      first\n  longer\n      one two three\n      four\n");
  CHECK(term_lines("a, b, c", "text", 6, 8) == "  a, b,\n  c\n      text\n");
  CHECK(term_lines("much too long", "text", 8, 80) == "  much too long\n      text\n");
}

TEST_CASE("every topic has a summary that fits and a text", "[help_text]") {
  CHECK(help_topics().size() >= 8);
  for (const auto& topic : help_topics()) {
    INFO(topic.name);
    CHECK(columns_of(topic.summary()) >= 20);
    CHECK(columns_of(topic.summary()) <= 64);  // one line of `mlpipe help`
    CHECK(read_help(topic.body()).size() > 3);
  }
}

}  // namespace

}  // namespace mlpipe
