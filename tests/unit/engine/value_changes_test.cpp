#include "engine/value_changes.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

using nlohmann::json;

/// One line a change.
std::string changes(const json& before, const json& now) {
  std::string text;
  for (const auto& change : value_changes(before, now))
    text +=
        change.path + ": " + change.before.value_or("-") + " > " + change.now.value_or("-") + "\n";
  return text;
}

}  // namespace

TEST_CASE("equal documents have no changes") {
  CHECK(changes({{"a", {1, 2}}}, {{"a", {1, 2}}}).empty());
  CHECK(changes(json::object(), json::object()).empty());
}

TEST_CASE("changed, new and lost values are told by their path") {
  CHECK(changes({{"a", 1}, {"b", {{"c", "x"}, {"d", true}}}},
                {{"a", 2}, {"b", {{"c", "y"}, {"e", nullptr}}}}) ==
        "a: 1 > 2\n"
        "b.c: x > y\n"
        "b.d: true > -\n"
        "b.e: - > null\n");
  CHECK(changes({{"a", {{"b", 1}}}}, {{"a", 5}}) == "a: {\"b\":1} > 5\n");
}

TEST_CASE("elements of an array go by their name, else by their position") {
  const json before = {{"steps", {{{"name", "prep"}, {"cpus", 1}}, {{"name", "train"}}}}};
  const json now = {{"steps", {{{"name", "train"}}, {{"name", "prep"}, {"cpus", 2}}}}};
  CHECK(changes(before, now) == "steps.prep.cpus: 1 > 2\n");
  CHECK(changes({{"list", {"a", "b"}}}, {{"list", {"a", "c", "d"}}}) ==
        "list.2: b > c\nlist.3: - > d\n");
}

}  // namespace mlpipe
