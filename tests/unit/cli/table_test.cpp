#include "cli/table.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

const Terminal pipe_end(-1);  // no terminal: nothing is cut, no colours

}  // namespace

TEST_CASE("columns are aligned, and no line ends in blanks") {
  Table table({{"step"}, {"took", Table::Align::right}, {"why"}});
  table.add({{"a"}, {"12 s"}, {""}});
  table.add({{"longer"}, {"1 s"}, {"two\nlines"}});
  CHECK(table.text(pipe_end) ==
        "step    took  why\n"
        "a       12 s\n"
        "longer   1 s  two\n"
        "              lines\n");
}

TEST_CASE("a column without any text is left out") {
  Table table({{"a"}, {"tags"}, {"b"}});
  table.add({{"1"}, {""}, {"2"}});
  CHECK(table.text(pipe_end) == "a  b\n1  2\n");
}

}  // namespace mlpipe
