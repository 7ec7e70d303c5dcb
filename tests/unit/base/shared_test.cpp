#include "base/shared.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

using namespace mlpipe;

TEST_CASE("copies of a shared value are one until one of them is changed") {
  Shared<std::string> first = "text";
  Shared<std::string> second = first;
  CHECK(second.identity() == first.identity());

  second.edit() += " more";
  CHECK(*first == "text");
  CHECK(*second == "text more");
  const void* const own = second.identity();
  second.edit() += " and more";
  CHECK(second.identity() == own);
}

TEST_CASE("a shared value that was given nothing is the default, and may be changed") {
  Shared<std::vector<int>> none;
  const Shared<std::vector<int>> other = none;
  CHECK(none.identity() == nullptr);
  CHECK(none->empty());

  none.edit().push_back(3);
  CHECK(*none == std::vector{3});
  CHECK(other->empty());
  CHECK(none == std::vector{3});
}

TEST_CASE("equal values become shared ones") {
  SharedValues<std::string, std::hash<std::string>> values;
  Shared<std::string> first = "same";
  Shared<std::string> second = "same";
  Shared<std::string> third = "other";
  Shared<std::string> none;
  for (auto* each : {&first, &second, &third, &none}) values.unite(*each);

  CHECK(first == second);
  CHECK(first.identity() == second.identity());
  CHECK(*third == "other");
  CHECK(none.identity() == nullptr);
}
