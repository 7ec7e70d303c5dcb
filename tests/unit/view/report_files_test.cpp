#include "view/report_files.h"

#include "support/catch.h"
#include "view/report_page.h"

namespace mlpipe {

TEST_CASE("an image is one by its bytes, not by its name") {
  CHECK(image_type("a.png", "\x89PNG\r\n\x1a\n...") == "image/png");
  CHECK(image_type("a.txt", "\xFF\xD8\xFF...") == "image/jpeg");
  CHECK(image_type("a.webp", "RIFF\x01\x02\x03\x04WEBPVP8") == "image/webp");
  CHECK(image_type("a.svg", "<?xml version=\"1.0\"?>\n<svg>") == "image/svg+xml");
  CHECK(image_type("a.html", "<svg onload=x>").empty());
  CHECK(image_type("a.png", "<svg>").empty());
  CHECK(image_type("a.png", "").empty());
  CHECK(shown_as("PLOT.PNG") == ShownAs::image);
  CHECK(shown_as("sub.folder/table.csv") == ShownAs::text);
  CHECK(shown_as("model.pkl") == ShownAs::nothing);
}

TEST_CASE("images are taken up to a size each and in all") {
  ReportBudget budget({.image_bytes = 100, .all_images_bytes = 250, .images = 3});
  CHECK_FALSE(budget.refuse_image(100));
  CHECK(budget.refuse_image(101).value() == "larger than 100 B");
  CHECK_FALSE(budget.refuse_image(100));
  CHECK(budget.refuse_image(51).value() == "with it the images would be larger than 250 B in all");
  CHECK_FALSE(budget.refuse_image(50));
  CHECK(budget.refuse_image(0).value() == "there are 3 images already");
}

TEST_CASE("a preview is whole lines, or what there is of a long one") {
  const ReportLimits limits{.preview_lines = 2};
  CHECK(beginning_of("a\nb\nc\n", 6, limits).text == "a\nb\n");
  CHECK(beginning_of("a\nb\nc\n", 6, limits).cut);
  CHECK_FALSE(beginning_of("a\nb\n", 4, limits).cut);
  CHECK(beginning_of("a\nb", 900, limits).cut);
  CHECK(beginning_of("x\xC3", 900, limits).text == "x");  // the first half of an ü
}

TEST_CASE("of a log the last lines are shown") {
  const ReportLimits limits{.log_lines = 2};
  CHECK(end_of({.content = "1\n2\n3\n"}, limits).text == "2\n3\n");
  CHECK(end_of({.content = "1\n2\n3\n"}, limits).cut);
  CHECK(end_of({.content = "1\n2"}, limits).text == "1\n2");
  CHECK_FALSE(end_of({.content = "1\n2\n"}, limits).cut);
  CHECK(end_of({.content = "piece\n2\n", .cut = true}, limits).text == "2\n");
}

TEST_CASE("a report's file name is fit for a folder") {
  RunRecord run{.id = "k3f", .pipeline = "breast-cancer"};
  CHECK(report_file_name(run) == "breast-cancer-k3f.html");
  run.pipeline = "../a b\n";
  CHECK(report_file_name(run) == "_.._a_b_x0a-k3f.html");
  run.pipeline = std::string(300, 'x');
  CHECK(report_file_name(run).size() == 109);
}

}  // namespace mlpipe
