#include "cli/transfer_progress.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;

TransferNews sent(std::chrono::milliseconds elapsed, std::uint64_t bytes) {
  return {.number = 7,
          .compute_target = "box",
          .what = "table.csv",
          .bytes = bytes,
          .of_bytes = 2'000'000'000,
          .elapsed = elapsed};
}

}  // namespace

TEST_CASE("on a terminal a transfer is a line that is drawn, until it has ended") {
  TransferProgress progress;
  CHECK(progress.take(sent(20s, 500'000'000), true).empty());
  REQUIRE(progress.lines().size() == 1);
  CHECK(progress.lines().front() ==
        "sending table.csv to box: 500.0 MB of 2.0 GB (25%), 25.0 MB/s");
  auto end = sent(40s, 2'000'000'000);
  end.has_ended = end.is_whole = true;
  CHECK(progress.take(end, true) == "sent table.csv to box: 2.0 GB in 40.0 s (50.0 MB/s)\n");
  CHECK(progress.empty());
}

TEST_CASE("how long transfers still take counts, as far as their rates say") {
  TransferProgress progress;
  CHECK(progress.to_go() == 0s);
  (void)progress.take(sent(20s, 500'000'000), true);
  CHECK(progress.to_go() == 60s);
  auto other = sent(10s, 1'000'000'000);
  other.number = 8;
  (void)progress.take(other, true);
  CHECK(progress.to_go() == 60s);
  (void)progress.take(sent(60s, 1'500'000'000), true);
  CHECK(progress.to_go() == 20s);
}

TEST_CASE("elsewhere a transfer says now and then how far it is, ever less often") {
  TransferProgress progress;
  std::vector<int> said;
  for (int seconds = 2; seconds < 1500; ++seconds)
    if (!progress.take(sent(std::chrono::seconds(seconds), 1), false).empty())
      said.push_back(seconds);
  CHECK(said == std::vector{10, 20, 40, 80, 160, 320, 620, 920, 1220});
}

TEST_CASE("of a transfer that was given up the end is not told as one") {
  TransferProgress progress;
  CHECK(progress.take(sent(3s, 1), true).empty());
  auto end = sent(4s, 2);
  end.has_ended = true;
  CHECK(progress.take(end, true).empty());
  CHECK(progress.empty());
}

}  // namespace mlpipe
