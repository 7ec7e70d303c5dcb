#include <algorithm>

#include "core/manifest.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

/// A run with one step, which made or reused a result; it has ended.
struct Collecting : Records {
  RunRecord run_with(std::optional<ResultKey> reused, const std::string& name = "a") {
    RunRecord record = run();
    StepRunRecord made{.run = record.key,
                       .step = name,
                       .status = Status::completed,
                       .reused = reused.has_value(),
                       .fingerprint = hash_bytes(name),
                       .result = reused,
                       .started = from_micros(5),
                       .finished = from_micros(++time)};
    history.add_step(made);
    if (!reused) {
      ResultRecord fresh{.fingerprint = hash_bytes(name),
                         .manifest = encode(Manifest{{PartKind::source, "", source.hex()}}),
                         .producer = made.key,
                         .made = made.finished,
                         .duration = Duration(7),
                         .outputs = {{.name = "o", .object = hash_bytes("object of " + name)}}};
      history.remember_object(fresh.outputs[0].object, {});
      history.add_result(fresh);
      made.result = fresh.key;
      history.update_step(made);
      last = fresh.key;
    }
    return record;
  }
  void end(const RunRecord& record) {
    history.finish_run(record.key, Status::completed, "", from_micros(++time));
  }
  HeldResult held(ResultKey key, const std::set<RunKey>& live = {}) {
    for (auto& result : history.object_holders(live).results)
      if (result.key == key) return result;
    FAIL("the result holds nothing");
    return {};
  }
  std::vector<ResultKey> collect(const HeldResult& result) {
    return history.collect_results({&result}, from_micros(1000));
  }

  Hash source = hash_bytes("source");
  std::int64_t time = 100;
  ResultKey last;
};

}  // namespace

TEST_CASE("what holds objects is told with its uses") {
  Collecting records;
  const auto first = records.run_with({});
  const auto made = records.last;
  const auto second = records.run_with(made);
  records.end(first);
  records.end(second);
  const auto held = records.held(made);
  CHECK(held.uses == 2);
  CHECK(held.last_used == from_micros(102));
  CHECK(held.duration == Duration(7));
  CHECK(held.shown);
  CHECK_FALSE(held.kept);
  auto objects = std::vector{records.source, hash_bytes("object of a")};
  std::sort(objects.begin(), objects.end());
  CHECK(held.objects == objects);

  records.history.set_pinned(second.key, true);
  CHECK(records.held(made).kept);
  records.history.set_pinned(second.key, false);
  records.history.delete_runs({first.key}, from_micros(1));
  CHECK(records.held(made).shown);
  records.history.delete_runs({second.key}, from_micros(1));
  CHECK_FALSE(records.held(made).shown);
}

TEST_CASE("what a living run has made or reuses is kept; a dead one keeps nothing") {
  Collecting records;
  const auto run = records.run_with({});
  CHECK(records.held(records.last, {run.key}).kept);
  CHECK_FALSE(records.held(records.last).kept);
}

TEST_CASE("a result whose step run has turned to another is kept while its maker's run lives") {
  Collecting records;
  const auto run = records.run_with({});
  auto step = records.history.steps_of(run.key).at(0);
  step.result.reset();
  records.history.update_step(step);
  CHECK(records.held(records.last, {run.key}).kept);
  CHECK_FALSE(records.held(records.last).shown);
}

TEST_CASE("a collected result is not offered, says since when, and holds nothing any more") {
  Collecting records;
  records.end(records.run_with({}));
  REQUIRE(records.history.find_offered(hash_bytes("a")));
  CHECK(records.collect(records.held(records.last)) == std::vector{records.last});
  CHECK_FALSE(records.history.find_offered(hash_bytes("a")));
  CHECK(records.history.is_collected(records.last));
  CHECK(records.history.find_result(records.last)->collected == from_micros(1000));
  CHECK(records.history.object_holders({}).results.empty());
}

TEST_CASE("a result is not collected that has come to be needed since it was looked at") {
  Collecting records;
  const auto run = records.run_with({});
  const auto held = records.held(records.last);
  CHECK(records.collect(held).empty());  // its run is not finished
  records.end(run);
  SECTION("pinned") {
    records.history.set_pinned(run.key, true);
    CHECK(records.collect(held).empty());
  }
  SECTION("reused by a run that has ended already") {
    records.end(records.run_with(records.last));
    CHECK(records.collect(held).empty());
    CHECK(records.collect(records.held(records.last)).size() == 1);
  }
  SECTION("collected already") {
    CHECK(records.collect(held).size() == 1);
    CHECK(records.collect(held).empty());
  }
  CHECK_FALSE(records.history.in_batch());
}

TEST_CASE("a run that shows the steps of another one holds what they hold") {
  Collecting records;
  records.end(records.run_with({}));
  const auto made = records.last;
  const auto owner = records.run_with(made);
  records.end(owner);
  const auto before = records.held(made);
  RunRecord shows{.pipeline = "p", .steps_of = owner.key, .started = from_micros(200)};
  records.history.begin_run(shows);
  CHECK(records.held(made, {shows.key}).kept);
  records.end(shows);
  CHECK(records.collect(before).empty());  // it was given to another run meanwhile
  const auto held = records.held(made);
  CHECK(held.uses == before.uses + 1);
  CHECK(held.last_used == from_micros(200));
  CHECK(records.history.delete_runs({owner.key}, from_micros(1)) == 0);
  CHECK(records.held(made).shown);
  records.history.set_pinned(shows.key, true);
  CHECK(records.held(made).kept);
  CHECK(records.collect(held).empty());
}

TEST_CASE("what a collected result had replaced is offered again, if it was not collected too") {
  Collecting records;
  const auto first = records.run_with({});
  const auto old = records.last;
  records.end(first);
  records.end(records.run_with({}));
  REQUIRE(records.history.is_offered(records.last));
  REQUIRE_FALSE(records.history.is_offered(old));
  const bool both = GENERATE(false, true);
  if (both) {
    const auto a = records.held(old);
    const auto b = records.held(records.last);
    CHECK(records.history.collect_results({&a, &b}, from_micros(1)).size() == 2);
  } else {
    CHECK(records.collect(records.held(records.last)).size() == 1);
  }
  CHECK(records.history.is_offered(old) != both);
}

TEST_CASE("a step run without a result holds its sources while its run is shown") {
  Collecting records;
  const auto run = records.run();
  StepRunRecord failed{.run = run.key,
                       .step = "x",
                       .status = Status::failed,
                       .manifest = encode(Manifest{{PartKind::source, "", records.source.hex()}}),
                       .started = from_micros(50)};
  records.history.add_step(failed);
  const auto live = records.history.object_holders({run.key});
  REQUIRE(live.sources.size() == 1);
  CHECK(live.sources[0].object == records.source);
  CHECK(live.sources[0].kept);
  CHECK(live.sources[0].last_used == from_micros(50));
  records.end(run);
  CHECK_FALSE(records.history.object_holders({run.key}).sources.at(0).kept);
  records.history.delete_runs({run.key}, from_micros(1));
  CHECK(records.history.object_holders({}).sources.empty());
}

TEST_CASE("logs of deleted runs are told, but for those of a result that another run shows") {
  Collecting records;
  const auto first = records.run_with({});
  const auto made = records.last;
  const auto step = records.history.steps_of(first.key).at(0).key;
  records.history.save_attempt(step, {.stdout_file = "out", .stderr_file = "err"});
  records.end(first);
  const auto second = records.run_with(made);
  records.end(second);
  CHECK(records.history.logs_of_deleted_runs().empty());
  records.history.delete_runs({first.key}, from_micros(1));
  CHECK(records.history.logs_of_deleted_runs().empty());
  records.history.delete_runs({second.key}, from_micros(1));
  CHECK(records.history.logs_of_deleted_runs() == std::vector<std::string>{"out", "err"});
}

TEST_CASE("work is told that runs have executed which are not deleted, and since when") {
  Collecting records;
  const auto run = records.run_with({});
  CHECK(records.history.work_executed_since(from_micros(1'000'000)).size() == 1);  // goes on
  records.end(run);
  CHECK(records.history.work_executed_since({}).size() == 1);
  CHECK(records.history.work_executed_since(from_micros(1'000'000)).empty());
  records.history.delete_runs({run.key}, from_micros(1));
  CHECK(records.history.work_executed_since({}).empty());
}

}  // namespace mlpipe
