#include "remote/transfer.h"

#include <chrono>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;

ObjectHead two_files() {
  return {.id = {},
          .is_file = false,
          .entries = {{.path = "a", .kind = FileKind::file, .size = 1000, .hash = {}, .link = {}},
                      {.path = "d", .kind = FileKind::folder, .hash = {}, .link = {}},
                      {.path = "d/b", .kind = FileKind::file, .size = 20, .hash = {}, .link = {}}}};
}

}  // namespace

TEST_CASE("of a short transfer nobody is told") {
  std::vector<TransferNews> news;
  const TransferTold told = [&](const TransferNews& each) { news.push_back(each); };
  {
    TransferWatch watch(told, "box", false);
    watch.begin(two_files());
    watch.went(1020);
    watch.is_whole();
  }
  CHECK(news.empty());
}

TEST_CASE("a long transfer is told of, with what has to go, and so is its end") {
  std::vector<TransferNews> news;
  const TransferTold told = [&](const TransferNews& each) { news.push_back(each); };
  {
    TransferWatch watch(told, "box", true);
    watch.begin(two_files());
    watch.went(500);
    watch.begin(two_files(), {2});  // once more: the rest is there by now
    std::this_thread::sleep_for(2100ms);
    watch.went(5);
    watch.went(5);  // too soon to be told again
  }
  REQUIRE(news.size() == 2);
  CHECK(news[0].compute_target == "box");
  CHECK(news[0].comes_here);
  CHECK(news[0].what == "d/b");
  CHECK(news[0].bytes == 5);
  CHECK(news[0].of_bytes == 20);
  CHECK(news[0].elapsed >= 2000ms);
  CHECK_FALSE(news[0].has_ended);
  CHECK(news[1].number == news[0].number);
  CHECK(news[1].bytes == 10);
  CHECK(news[1].has_ended);
  CHECK_FALSE(news[1].is_whole);
}

}  // namespace mlpipe
