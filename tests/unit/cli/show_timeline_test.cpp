#include "cli/show_timeline.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

TimelineRow row_with(std::int64_t from, std::int64_t to) {
  return {.segments = {{.from = Duration(from), .to = Duration(to)}}};
}

}  // namespace

TEST_CASE("a bar stands where its time is") {
  CHECK(bar_text(row_with(0, 500), Duration(1000), 10, Glyphs::ascii) == "#####     ");
  CHECK(bar_text(row_with(500, 1000), Duration(1000), 10, Glyphs::ascii) == "     #####");
  CHECK(bar_text(row_with(0, 1000), Duration(1000), 4, Glyphs::unicode) == "████");
  CHECK(bar_text(row_with(0, 325), Duration(1000), 10, Glyphs::unicode) == "███▎      ");
  CHECK(bar_text(row_with(150, 300), Duration(1000), 10, Glyphs::unicode) == " ▐█       ");
}

TEST_CASE("the shortest bar is still seen, also at the end") {
  CHECK(bar_text(row_with(0, 0), Duration(1000), 4, Glyphs::ascii) == "#   ");
  CHECK(bar_text(row_with(1000, 1000), Duration(1000), 4, Glyphs::ascii) == "   #");
  CHECK(bar_text(row_with(0, 0), Duration(0), 4, Glyphs::ascii) == "#   ");
}

TEST_CASE("waiting and reuse look different from running") {
  TimelineRow row = row_with(400, 800);
  row.segments.insert(
      row.segments.begin(),
      {.kind = TimelineSegment::Kind::waiting, .from = Duration(0), .to = Duration(400)});
  CHECK(bar_text(row, Duration(1000), 10, Glyphs::ascii) == "----####  ");
  const TimelineRow reused{.reused = true, .at = Duration(500)};
  CHECK(bar_text(reused, Duration(1000), 10, Glyphs::ascii) == "     |    ");
}

}  // namespace mlpipe
