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

/// A resolved pipeline with one step and one parameter.
json pipeline_with(int epochs, json step) {
  step["name"] = "train.it";
  return {{"name", "p"}, {"parameters", {{"epochs", epochs}}}, {"steps", {std::move(step)}}};
}

/// The paths of what is not explained by epochs going from 1 to 2.
std::string unexplained(json before, json now) {
  std::string paths;
  for (const auto& change :
       spec_changes(pipeline_with(1, std::move(before)), pipeline_with(2, std::move(now))))
    paths += change.path + "\n";
  return paths;
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

TEST_CASE("a new step is shown without its name, which its path has") {
  CHECK(changes({{"steps", json::array()}}, {{"steps", {{{"name", "prep"}, {"cpus", 1}}}}}) ==
        "steps.prep: - > {\"cpus\":1}\n");
}

TEST_CASE("texts differ just by values if each place is equal or has the old and the new value") {
  const std::vector<ValueChange> values = {
      {"n", "1", "2"}, {"m", "10", "1"}, {"flag", "", "--fast"}, {"gone", "x", std::nullopt}};
  CHECK(differ_just_by("same", "same", values));
  CHECK(differ_just_by("for i in 1 2 3; do it 1", "for i in 1 2 3; do it 2", values));
  CHECK(differ_just_by("a 1 b 10 c", "a 2 b 1 c", values));
  CHECK(differ_just_by("10", "20", values));
  CHECK(differ_just_by("train ", "train --fast", values));
  CHECK_FALSE(differ_just_by("for i in 1 2 3", "for i in 1 2 4", values));
  CHECK_FALSE(differ_just_by("for i in 2", "for i in 1", values));
  CHECK_FALSE(differ_just_by("a 1", "a 2 ", values));
  CHECK_FALSE(differ_just_by("x", "", values));
  CHECK_FALSE(differ_just_by(std::string(5000, '1') + "a", std::string(5000, '1') + "b", values));
}

TEST_CASE("what follows from a parameter is left out, what only looks like it is told") {
  CHECK(
      unexplained({{"command", "for i in 1 2 3; do x 1"}}, {{"command", "for i in 1 2 3; do x 2"}})
          .empty());
  CHECK(unexplained({{"arguments", {"-e", "1"}}, {"inputs", {{"e", "1"}}}},
                    {{"arguments", {"-e", "2"}}, {"inputs", {{"e", "2"}}}})
            .empty());
  CHECK(unexplained({{"inputs", {{"t", {{"path", "/d/1.csv"}}}}}},
                    {{"inputs", {{"t", {{"path", "/d/2.csv"}}}}}})
            .empty());
  CHECK(unexplained({{"retry", {{"max_retries", 1}}}, {"command", "x 1"}},
                    {{"retry", {{"max_retries", 2}}}, {"command", "y 2"}}) ==
        "steps.train.it.command\nsteps.train.it.retry.max_retries\n");
}

}  // namespace mlpipe
