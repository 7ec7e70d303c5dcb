#include "base/text.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("the nearest candidate is found within a third of the word's length") {
  const std::vector<std::string> names = {"script_name", "arguments", "inputs"};
  CHECK(nearest("scirpt_name", names) == "script_name");
  CHECK(nearest("argument", names) == "arguments");
  CHECK(nearest("zzz", names).empty());
  CHECK(did_you_mean("input", names) == " (did you mean 'inputs'?)");
}

TEST_CASE("a quoted word survives a shell whatever it holds") {
  CHECK(shell_quoted("plain-1.0") == "plain-1.0");
  CHECK(shell_quoted("") == "''");
  CHECK(shell_quoted("it's a $HOME") == "'it'\\''s a $HOME'");
}

TEST_CASE("bytes that are not UTF-8 print as escapes") {
  CHECK(printable("a\xff\nb") == "a\\xff\\x0ab");
  CHECK(printable("größe") == "größe");
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
}

TEST_CASE("sizes and counts read well") {
  CHECK(size_text(999) == "999 B");
  CHECK(size_text(1500) == "1.5 kB");
  CHECK(size_text(4'000'000'000) == "4.0 GB");
  CHECK(counted(1, "step") == "1 step");
  CHECK(counted(0, "step") == "0 steps");
}

TEST_CASE("split keeps empty pieces") {
  CHECK(split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
}

TEST_CASE("nothing is near to a word that nobody mistypes") {
  const std::string word(200'000, 'x');
  CHECK(nearest(word, std::vector<std::string>{word + "y", "x"}).empty());
  const std::string longest(100, 'x');
  CHECK(nearest(longest, std::vector<std::string>{longest + "y"}) == longest + "y");
}

}  // namespace mlpipe
