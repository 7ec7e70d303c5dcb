// What of a plan still holds, and that what was written is read again.
#include "engine/remembered_plan.h"

#include "base/file.h"
#include "base/look_again.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// A plan of two steps, each with a file of its own, and one that both go by.
struct Remembered {
  TemporaryFolder folder;
  Pipeline pipeline;
  RememberedPlan plan;
  Variables caller{{"COUNTED", "1"}};
  WorkerPool pool{2};

  Remembered() {
    for (const char* name : {"of a", "of b", "of both"})
      write_file_atomically(file(name), std::string("text ") + name);
    for (const char* name : {"a", "b"}) {
      Step step;
      step.name = name;
      pipeline.steps.push_back(step);
    }
    pipeline.steps[1].settings.edit().pass_environment = {"COUNTED"};
    const LookRecorder recorder;
    (void)read_file(file("of both"));
    for (const auto& step : pipeline.steps) {
      const LookRecorder::Scope scope(owner_of_step(step));
      (void)read_file(file("of " + step.name));
    }
    plan.seen = recorder.seen().value();
    plan.passed_variables = hashes_of_passed_variables(pipeline, caller);
    for (const auto& step : pipeline.steps)
      plan.steps.emplace_back(RememberedStep{.owners = {owner_of_step(step)},
                                             .needs = {ResultKey{3}},
                                             .source = hash_bytes(step.name),
                                             .fingerprint = hash_bytes("of " + step.name),
                                             .result = {5},
                                             .outputs = {{.name = "o", .bytes = 3}},
                                             .reason = "reused"});
  }

  [[nodiscard]] std::filesystem::path file(const std::string& name) const {
    return folder.path() / name;
  }
  /// The steps of which all holds; "-" if nothing does.
  std::string holding() {
    if (!keep_what_holds(plan, which_hold(plan.seen.looks, pool), pipeline, caller)) return "-";
    std::string names;
    for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
      if (plan.find({i}) != nullptr) names += pipeline.steps[i].name;
    return names;
  }
};

}  // namespace

TEST_CASE("of a remembered plan, those steps hold of which all is as it was") {
  Remembered remembered;
  SECTION("nothing changed") { CHECK(remembered.holding() == "ab"); }
  SECTION("a file of one") {
    write_file_atomically(remembered.file("of a"), "another");
    CHECK(remembered.holding() == "b");
  }
  SECTION("a file of one is gone") {
    std::filesystem::remove(remembered.file("of b"));
    CHECK(remembered.holding() == "a");
  }
  SECTION("a file that all go by") {
    write_file_atomically(remembered.file("of both"), "another");
    CHECK(remembered.holding() == "-");
  }
  SECTION("a variable that one is passed") {
    remembered.caller["COUNTED"] = "2";
    CHECK(remembered.holding() == "a");
  }
  SECTION("one is passed another variable, of which nothing is known") {
    remembered.pipeline.steps[0].settings.edit().pass_environment = {"OTHER"};
    CHECK(remembered.holding() == "b");
  }
  SECTION("a pipeline of another number of steps") {
    remembered.pipeline.steps.emplace_back();
    CHECK(remembered.holding() == "-");
  }
}

TEST_CASE("what everybody goes by is looked at anew") {
  Remembered remembered;
  auto& [folder, pipeline, plan, caller, pool] = remembered;
  const auto holds = which_hold(plan.seen.looks, pool);
  CHECK(still_holds_for_everybody(plan, pool));
  write_file_atomically(remembered.file("of a"), "another");
  CHECK(still_holds_for_everybody(plan, pool));  // one step's
  write_file_atomically(remembered.file("of both"), "another");
  CHECK(keep_what_holds(plan, holds, pipeline, caller));  // by a look that is too old
  CHECK_FALSE(still_holds_for_everybody(plan, pool));
}

TEST_CASE("a remembered plan is written, and read as the same") {
  Remembered remembered;
  const StateDirectory state{remembered.folder.path() / "state"};
  const Hash key = hash_bytes("key");
  CHECK_FALSE(read_remembered_plan(state, key));
  remembered.plan.steps[0].reset();
  remembered.plan.withdrawn_results = 4;
  CHECK_FALSE(read_remembered_looks(state, key));
  const auto& looks = remembered.plan.seen.looks;
  remembered.plan.looks = write_remembered_looks(state, key, looks);
  write_remembered_plan(state, key, remembered.plan);
  auto read = read_remembered_plan(state, key).value();
  auto seen = see_again(state, key, remembered.pool).value();
  CHECK(seen.all_hold());
  auto others = seen.last;
  others.id =
      write_remembered_looks(state, hash_bytes("another"), {looks.begin(), looks.begin() + 2});
  CHECK_FALSE(take_looks(read, others));
  others = seen.last;
  others.looks.pop_back();
  CHECK_FALSE(take_looks(read, others));
  REQUIRE(take_looks(read, std::move(seen.last)));
  CHECK(read.withdrawn_results == 4);
  CHECK(read.seen.looks.size() == 3);
  CHECK(read.seen.owners == remembered.plan.seen.owners);
  CHECK(read.passed_variables == remembered.plan.passed_variables);
  CHECK(read.find({0}) == nullptr);
  CHECK(read.find({2}) == nullptr);
  const auto* step = read.find({1});
  REQUIRE(step != nullptr);
  CHECK(step->owners == std::vector{owner_of_step(remembered.pipeline.steps[1])});
  CHECK(step->needs == std::vector{ResultKey{3}});
  CHECK(step->source == hash_bytes("b"));
  CHECK(step->result == ResultKey{5});
  CHECK(step->outputs.at(0).bytes == 3);
  remembered.plan = read;
  CHECK(remembered.holding() == "b");
}

TEST_CASE("owners of different things are different") {
  Step step;
  step.name = "x";
  CHECK(owner_of_step(step) != owner_of_path("x"));
  CHECK(owner_of_path("x") != owner_of_sources("x"));
  CHECK(owner_of_path("x") != owner_of_path("y"));
  CHECK(owner_of_path("x") == owner_of_path("x"));
}

}  // namespace mlpipe
