#include "base/error.h"
#include "history/run_names.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

/// Runs with a step `train` each, its metrics, parameters and tags.
struct Searched : Records {
  RunRecord add(const std::string& pipeline, const std::string& c, const std::string& accuracy,
                std::map<std::string, std::string> tags = {}) {
    RunRecord record{.pipeline = pipeline,
                     .experiment = "e",
                     .status = Status::running,
                     .started = from_micros(1'000'000),
                     .parameters = {{"C", c}},
                     .tags = std::move(tags)};
    history.begin_run(record);
    const auto train = step(record, "train");
    history.add_metrics(train.key, {{.name = "loss", .value = "9"},
                                    {.name = "accuracy", .value = "0.1"},
                                    {.name = "accuracy", .value = accuracy}});
    history.finish_run(record.key, Status::completed, "", from_micros(3'000'000));
    return record;
  }

  /// The parameter C of the runs that fit, newest first.
  std::string fit(const std::string& where) {
    RunQuery query{.where = parse_conditions(where, "--where", from_micros(9'000'000)),
                   .now = from_micros(9'000'000)};
    resolve_names(query.where, history);
    return found(query);
  }

  std::string found(const RunQuery& query) {
    std::string text;
    for (const auto& run : history.find_runs(query)) text += run.parameters.at("C") + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("filters compare a metric's last value as a number") {
  Searched records;
  records.add("p", "0.5", "0.91");
  records.add("p", "1", "0.95");
  records.add("p", "10", "1");
  CHECK(records.fit("metrics.accuracy>0.91") == "10 1 ");
  CHECK(records.fit("metrics.accuracy>=0.91") == "10 1 0.5 ");
  CHECK(records.fit("metrics.accuracy=1.0") == "10 ");
  CHECK(records.fit("metrics.accuracy=0.1").empty());  // not the last one
  CHECK(records.fit("metrics.train.accuracy<0.95") == "0.5 ");
  CHECK(records.fit("metrics.loss=9 and metrics.accuracy<1") == "1 0.5 ");
}

TEST_CASE("a metric that is a text or NaN compares as a text, never as a number") {
  Searched records;
  records.add("p", "a", "\"NaN\"");
  records.add("p", "b", "\"good one\"");
  records.add("p", "c", "true");
  CHECK(records.fit("metrics.accuracy<1").empty());
  CHECK(records.fit("metrics.accuracy>0").empty());
  CHECK(records.fit("metrics.accuracy=NaN") == "a ");
  CHECK(records.fit("metrics.accuracy~good") == "b ");
  CHECK(records.fit("metrics.accuracy=true") == "c ");
}

TEST_CASE("parameters and tags compare as numbers where they are ones") {
  Searched records;
  records.add("p", "0.50", "1", {{"kind", "base"}});
  records.add("p", "9", "1");
  records.add("p", "10", "1", {{"kind", "other"}});
  records.add("p", "auto", "1");
  CHECK(records.fit("parameters.C=0.5") == "0.50 ");
  CHECK(records.fit("parameters.C>9") == "10 ");
  CHECK(records.fit("parameters.C=auto") == "auto ");
  CHECK(records.fit("tags.kind=base") == "0.50 ");
  CHECK(records.fit("tags.kind!=base") == "10 ");  // who has no tag fits nothing
}

TEST_CASE("durations, statuses and the columns of a run are compared") {
  Searched records;
  records.add("p", "1", "1");
  records.add("q", "2", "1");
  CHECK(records.fit("duration=2s") == "2 1 ");
  CHECK(records.fit("duration>2s").empty());
  CHECK(records.fit("pipeline=q and status=Completed") == "2 ");
  CHECK(records.fit("status!=Completed").empty());
}

TEST_CASE("a run whose driver is gone is found as NotResponding") {
  Searched records;
  RunRecord run{.pipeline = "p", .status = Status::running, .parameters = {{"C", "dead"}}};
  records.history.begin_run(run);
  RunQuery query{.statuses = {Status::running}};
  CHECK(records.found(query) == "dead ");
  query.dead = {run.key};
  CHECK(records.found(query).empty());
  query.statuses = {Status::not_responding};
  CHECK(records.found(query) == "dead ");
}

TEST_CASE("a reused step has its producer's metrics") {
  Searched records;
  const auto first = records.add("p", "1", "0.9");
  const auto made = records.result(records.history.steps_of(first.key).front(), "work");
  RunRecord second{.pipeline = "p", .parameters = {{"C", "2"}}};
  records.history.begin_run(second);
  StepRunRecord reused{.run = second.key,
                       .step = "learn",
                       .status = Status::completed,
                       .reused = true,
                       .result = made.key};
  records.history.add_step(reused);
  CHECK(records.fit("metrics.accuracy>0.8") == "2 1 ");
  CHECK(records.fit("metrics.learn.accuracy>0.8") == "2 ");
  const auto metrics = records.history.last_metrics(second.key);
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].name == "loss");
  CHECK(metrics[1].step == "learn");
  CHECK(metrics[1].value == "0.9");
}

TEST_CASE("pages, times and tags choose among runs") {
  Searched records;
  records.add("p", "1", "1", {{"t", "x"}});
  const auto second = records.add("p", "2", "1", {{"t", ""}});
  records.add("q", "3", "1");
  CHECK(records.found({.limit = 2}) == "3 2 ");
  CHECK(records.found({.before = second.key}) == "1 ");
  CHECK(records.found({.pipeline = "p"}) == "2 1 ");
  CHECK(records.found({.experiment = "nope"}).empty());
  CHECK(records.found({.tags = {{.name = "t", .value = {}}}}) == "2 1 ");
  CHECK(records.found({.tags = {{.name = "t", .value = "x"}}}) == "1 ");
  CHECK(records.found({.since = from_micros(1'000'001)}).empty());
  CHECK(records.found({.until = from_micros(1'000'001)}) == "3 2 1 ");
}

TEST_CASE("a name that no run has is refused with the nearest") {
  Searched records;
  records.add("p", "1", "1");
  CHECK_THROWS_WITH(records.fit("metrics.acuracy>1"), Contains("did you mean 'accuracy'?"));
  CHECK_THROWS_WITH(records.fit("metrics.train.acuracy>1"), Contains("did you mean 'accuracy'?"));
  CHECK_THROWS_WITH(records.fit("metrics.trian.accuracy>1"), Contains("step 'trian'"));
  CHECK_THROWS_WITH(records.fit("parameters.D>1"), Contains("'D'"));
  CHECK_THROWS_WITH(records.fit("tags.x=1"), Contains("no run has the tag 'x'"));
}

TEST_CASE("a deleted run is hidden, but found by its id") {
  Searched records;
  const auto first = records.add("p", "1", "1");
  const auto second = records.add("p", "2", "1");
  records.history.delete_runs({second.key}, from_micros(7));
  CHECK(records.history.find_run("latest").id == first.id);
  CHECK(records.found({}) == "1 ");
  CHECK(records.found({.deleted = true}) == "2 ");
  CHECK(records.history.find_run(second.id).deleted == from_micros(7));
  CHECK(records.history.find_run(second.id.substr(0, 9)).id == second.id);
}

TEST_CASE("why compares with runs that were not deleted") {
  Searched records;
  const auto first = records.add("p", "1", "1");
  const auto second = records.add("p", "2", "1");
  CHECK(records.history.last_completed("p", "train")->run == second.key);
  records.history.delete_runs({second.key}, from_micros(7));
  CHECK(records.history.last_completed("p", "train")->run == first.key);
}

TEST_CASE("a deleted run's results are offered as long as another run uses them") {
  Records records;
  const auto first = records.run();
  auto made_by = records.step(first, "a");
  const auto made = records.result(made_by, "work");
  made_by.result = made.key;
  records.history.update_step(made_by);
  const auto second = records.run();
  StepRunRecord user{.run = second.key,
                     .step = "a",
                     .status = Status::completed,
                     .reused = true,
                     .result = made.key};
  records.history.add_step(user);
  CHECK(records.history.delete_runs({first.key}, from_micros(7)) == 0);
  CHECK(records.history.find_offered(made.fingerprint));
  CHECK(records.history.delete_runs({second.key}, from_micros(8)) == 1);
  CHECK_FALSE(records.history.find_offered(made.fingerprint));
}

TEST_CASE("tags are set and removed, and runs pinned") {
  Records records;
  const auto run = records.run();
  records.history.set_tag(run.key, "a", "1");
  records.history.set_tag(run.key, "a", "2");
  CHECK(records.history.find_run(run.id).tags.at("a") == "2");
  CHECK(records.history.remove_tag(run.key, "a"));
  CHECK_FALSE(records.history.remove_tag(run.key, "a"));
  records.history.set_pinned(run.key, true);
  CHECK(records.history.find_run(run.id).pinned);
}

}  // namespace mlpipe
