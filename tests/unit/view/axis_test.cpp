#include "view/axis.h"

#include <cmath>
#include <limits>

#include "support/catch.h"

namespace mlpipe {
namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> result;
  for (const auto& tick : axis.ticks) result.push_back(tick.label);
  return result;
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("ticks are round numbers that hold all values") {
  CHECK(labels(value_axis(0.13, 0.97, 6)) == Labels{"0", "0.2", "0.4", "0.6", "0.8", "1"});
  CHECK(labels(value_axis(-3, 12, 6)) == Labels{"-5", "0", "5", "10", "15"});
  CHECK(labels(value_axis(1001, 1004, 5)) == Labels{"1001", "1002", "1003", "1004"});
  CHECK(labels(value_axis(2e-9, 9e-9, 6)) == Labels{"2e-09", "4e-09", "6e-09", "8e-09", "1e-08"});
}

TEST_CASE("an axis has a length whatever the values are") {
  for (const auto& [a, b] : {std::pair(0.0, 0.0),
                             {5.0, 5.0},
                             {-1e300, 1e300},
                             {1e-300, 2e-300},
                             {7.0, 7.0 + 1e-15},
                             {3.0, 1.0},
                             {-1.7e308, 1.7e308}}) {
    const Axis axis = value_axis(a, b, 6);
    CAPTURE(a, b, axis.low, axis.high);
    CHECK(axis.low < axis.high);
    CHECK(axis.ticks.size() >= 2);
    CHECK(axis.ticks.size() <= 6);
    CHECK(std::isfinite(axis.position(a)));
    for (const auto& tick : axis.ticks) {
      CHECK(axis.position(tick.value) >= 0);
      CHECK(axis.position(tick.value) <= 1);
    }
  }
}

TEST_CASE("neighbouring ticks have different labels") {
  const auto all = labels(value_axis(0.99991, 0.99999, 6));
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i] != all[i - 1]);
}

TEST_CASE("whole numbers have whole ticks") {
  CHECK(labels(count_axis(0, 3, 6)) == Labels{"0", "1", "2", "3"});
  CHECK(labels(count_axis(1, 40, 6)) == Labels{"10", "20", "30", "40"});
  CHECK(labels(count_axis(7, 7, 6)) == Labels{"7"});
  CHECK(count_axis(1, 40, 6).position(1) == 0);
}

TEST_CASE("time has the steps that people count in") {
  using namespace std::chrono_literals;
  CHECK(labels(time_axis(2700ms, 7)) == Labels{"0", "500 ms", "1 s", "1.5 s", "2 s", "2.5 s"});
  CHECK(labels(time_axis(90s, 7)) ==
        Labels{"0", "15 s", "30 s", "45 s", "1:00 min", "1:15 min", "1:30 min"});
  CHECK(labels(time_axis(50min, 6)) ==
        Labels{"0", "10 min", "20 min", "30 min", "40 min", "50 min"});
  CHECK(labels(time_axis(5h, 6)) == Labels{"0", "1 h", "2 h", "3 h", "4 h", "5 h"});
  CHECK(labels(time_axis(Duration(250), 6)) ==
        Labels{"0", "50 µs", "100 µs", "150 µs", "200 µs", "250 µs"});
  CHECK(labels(time_axis(Duration(0), 6)).front() == "0");
  CHECK(labels(time_axis(240h, 6)) == Labels{"0", "2 d", "4 d", "6 d", "8 d", "10 d"});
}

TEST_CASE(
    "an axis has a length for numbers that differ in their last digits, or by next to nothing") {
  for (const auto& axis :
       {count_axis(9223372036854775807.0, 9223372036854775807.0, 6),
        count_axis(9.2e18, 9.2e18 + 2048, 6), value_axis(0, 5e-324, 6), value_axis(0, 1e-300, 6)}) {
    CHECK(axis.low < axis.high);
    CHECK(axis.ticks.size() <= 6);
    for (const auto& tick : axis.ticks) CHECK(std::isfinite(axis.position(tick.value)));
  }
}

}  // namespace mlpipe
