#include "core/run.h"

#include <string>
#include <tuple>

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("statuses are Azure ML's words, both ways, and say whether they are final") {
  const auto [status, text, final] = GENERATE(table<Status, std::string, bool>({
      {Status::not_started, "NotStarted", false},
      {Status::queued, "Queued", false},
      {Status::preparing, "Preparing", false},
      {Status::running, "Running", false},
      {Status::finalizing, "Finalizing", false},
      {Status::completed, "Completed", true},
      {Status::failed, "Failed", true},
      {Status::cancel_requested, "CancelRequested", false},
      {Status::canceled, "Canceled", true},
      {Status::not_responding, "NotResponding", true},
      {Status::skipped, "Skipped", true},
  }));
  CAPTURE(text);
  CHECK(to_text(status) == text);
  CHECK(parse_status(text) == status);
  CHECK(is_final(status) == final);
}

TEST_CASE("a word that is no status is none, nor is one in other letters") {
  CHECK_FALSE(parse_status(""));
  CHECK_FALSE(parse_status("completed"));
  CHECK_FALSE(parse_status("Completed "));
  CHECK_FALSE(parse_status("Cancelled"));
}

}  // namespace mlpipe
