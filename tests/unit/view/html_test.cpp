#include "view/html.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("what people wrote cannot become markup") {
  CHECK(escaped("<script>alert(\"x\" + 'y')</script> & more") ==
        "&lt;script&gt;alert(&quot;x&quot; + &#39;y&#39;)&lt;/script&gt; &amp; more");
  CHECK(element("p", {{"title", "\" onload=\"x"}}, "</p>").html() ==
        "<p title=\"&quot; onload=&quot;x\">&lt;/p&gt;</p>");
}

TEST_CASE("an attribute without a value is left out, an empty one is not") {
  CHECK(element("details", {{"open", no_attribute}, {"class", ""}}, Markup()).html() ==
        "<details class=\"\"></details>");
}

TEST_CASE("bytes that cannot be shown become visible") {
  CHECK(escaped("a\xFF\x01z") == "a\\xff\\x01z");
  CHECK(escaped("two\nlines\tand a tab") == "two\nlines\tand a tab");
  CHECK(escaped("ünï ✓") == "ünï ✓");
  // A name that would be read backwards: U+202E, U+2066.
  CHECK(escaped("txt.\u202Egnp") == "txt.\\u202egnp");
  CHECK(escaped("\u2066x") == "\\u2066x");
  CHECK(escaped("\xE2\x80") == "\\xe2\\x80");
}

TEST_CASE("images become base64") {
  CHECK(data_uri("image/png", "") == "data:image/png;base64,");
  CHECK(data_uri("a/b", "f") == "data:a/b;base64,Zg==");
  CHECK(data_uri("a/b", "fo") == "data:a/b;base64,Zm8=");
  CHECK(data_uri("a/b", "foo") == "data:a/b;base64,Zm9v");
  CHECK(data_uri("a/b", "\xFF\xFE\xFD\xFC") == "data:a/b;base64,//79/A==");
}

TEST_CASE("a log is shown as it would stand on a terminal") {
  CHECK(log_text("\x1b[31mred\x1b[0m plain\n") == "red plain\n");
  CHECK(log_text("before\n10%\r50%\r100%\nafter\n") == "before\n100%\nafter\n");
  CHECK(log_text("dos\r\nlines\r\n") == "dos\nlines\n");
  CHECK(log_text("\x1b[").empty());
}

}  // namespace mlpipe
