#include "history/history.h"

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

/// Bytes that are neither UTF-8 nor free of NULs and quotes.
const std::string odd("\xff\0'\"\n\xc3", 6);

RunRecord full_run() {
  return {.pipeline = "pipe" + odd,
          .experiment = "exp" + odd,
          .spec_file = "/w/" + odd,
          .resolved_spec = "{}" + odd,
          .command_line = "mlpipe run " + odd,
          .status = Status::running,
          .host = "host",
          .user = "user",
          .version = "1.2",
          .pid = 4711,
          .started = from_micros(1'700'000'000'000'001),
          .tags = {{"k" + odd, "v" + odd}, {"", ""}},
          .properties = {{"azureml.git.branch", "main" + odd}}};
}

std::vector<std::string> names(const std::vector<RunRecord>& runs) {
  std::vector<std::string> result;
  for (const auto& run : runs) result.push_back(run.pipeline);
  return result;
}

}  // namespace

TEST_CASE("a run comes back as it was recorded") {
  Records records;
  RunRecord run = full_run();
  records.history.begin_run(run);
  CHECK(run.id.size() == 10);
  CHECK(run.key.value != 0);
  records.history.set_property(run.key, "more", "1");
  records.history.set_property(run.key, "more", "2");

  const RunRecord found = records.history.find_run(run.id);
  CHECK(found.key == run.key);
  CHECK(found.pipeline == run.pipeline);
  CHECK(found.experiment == run.experiment);
  CHECK(found.spec_file == run.spec_file);
  CHECK(found.resolved_spec == run.resolved_spec);
  CHECK(found.command_line == run.command_line);
  CHECK(found.status == Status::running);
  CHECK(found.message.empty());
  CHECK(found.host == run.host);
  CHECK(found.user == run.user);
  CHECK(found.version == run.version);
  CHECK(found.pid == 4711);
  CHECK(found.started == run.started);
  CHECK(found.finished == TimePoint{});
  CHECK(found.tags == run.tags);
  CHECK(found.properties ==
        std::map<std::string, std::string>{{"azureml.git.branch", "main" + odd}, {"more", "2"}});
}

TEST_CASE("a run's status moves until it is finished, then not any more") {
  Records records;
  const RunRecord run = records.run();
  records.history.set_run_status(run.key, Status::cancel_requested);
  CHECK(records.history.find_run(run.id).status == Status::cancel_requested);
  CHECK(records.history.unfinished_runs().size() == 1);
  records.history.finish_run(run.key, Status::canceled, "why " + odd, from_micros(99));
  records.history.set_run_status(run.key, Status::cancel_requested);
  const auto found = records.history.find_run(run.id);
  CHECK(found.status == Status::canceled);
  CHECK(found.message == "why " + odd);
  CHECK(found.finished == from_micros(99));
  CHECK(records.history.unfinished_runs().empty());
}

TEST_CASE("the newest runs come first, no more than asked for") {
  Records records;
  for (const auto* name : {"a", "b", "c"}) records.run(name);
  CHECK(names(records.history.newest_runs(2)) == std::vector<std::string>{"c", "b"});
  CHECK(names(records.history.newest_runs(9)) == std::vector<std::string>{"c", "b", "a"});
  CHECK(records.history.newest_runs(0).empty());
  CHECK(records.history.find_run("latest").pipeline == "c");
}

TEST_CASE("a run is found by its id and by a prefix that no other has") {
  Records records;
  std::vector<RunRecord> runs;
  std::set<char> first;  // by 40 runs at the latest two begin alike: there are 31 letters
  while (runs.size() < 40) runs.push_back(records.run());
  for (const auto& run : runs) CHECK(records.history.find_run(run.id).key == run.key);

  const RunRecord* twin = nullptr;
  for (const auto& run : runs)
    if (!first.insert(run.id[0]).second) twin = &run;
  REQUIRE(twin != nullptr);
  try {
    (void)records.history.find_run(twin->id.substr(0, 1));
    FAIL("it was found");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_found);
    CHECK_THAT(error.what(), Contains(twin->id));
  }
  std::size_t length = 1;  // the shortest prefix that only this one has
  const auto same = [&](const RunRecord& run) {
    return run.id.starts_with(twin->id.substr(0, length));
  };
  while (std::count_if(runs.begin(), runs.end(), same) > 1) ++length;
  CHECK(records.history.find_run(twin->id.substr(0, length)).key == twin->key);
}

TEST_CASE("what names no run is not found") {
  Records records;
  const auto kind = [&](const std::string& id) {
    try {
      (void)records.history.find_run(id);
    } catch (const Error& error) {
      return error.kind();
    }
    return ErrorKind::internal;
  };
  CHECK(kind("latest") == ErrorKind::not_found);
  const RunRecord run = records.run();
  CHECK(kind("") == ErrorKind::not_found);
  CHECK(kind("0000") == ErrorKind::not_found);
  CHECK(kind(run.id + "a") == ErrorKind::not_found);
  CHECK(kind("%") == ErrorKind::not_found);
}

TEST_CASE("a step run comes back as it was recorded and as it was changed") {
  Records records;
  const RunRecord run = records.run();
  StepRunRecord step{.run = run.key,
                     .step = "s" + odd,
                     .status = Status::preparing,
                     .reason = "r" + odd,
                     .fingerprint = hash_bytes("f"),
                     .manifest = odd,
                     .started = from_micros(5)};
  records.history.add_step(step);
  auto found = records.history.step_run(step.key).value();
  CHECK(found.run == run.key);
  CHECK(found.step == "s" + odd);
  CHECK(found.status == Status::preparing);
  CHECK_FALSE(found.reused);
  CHECK(found.reason == "r" + odd);
  CHECK(found.message.empty());
  CHECK(found.fingerprint == hash_bytes("f"));
  CHECK(found.manifest == odd);
  CHECK_FALSE(found.result);
  CHECK(found.started == from_micros(5));
  CHECK(found.finished == TimePoint{});

  found.status = Status::failed;
  found.message = "m" + odd;
  found.fingerprint.reset();
  found.manifest.clear();
  found.finished = from_micros(9);
  records.history.update_step(found);
  const auto again = records.history.step_run(step.key).value();
  CHECK(again.status == Status::failed);
  CHECK(again.message == "m" + odd);
  CHECK_FALSE(again.fingerprint);
  CHECK(again.manifest.empty());
  CHECK(again.finished == from_micros(9));
  CHECK_FALSE(records.history.step_run({12345}));
}

TEST_CASE("the steps of a run come in the order they were added, other runs' not at all") {
  Records records;
  const RunRecord one = records.run();
  const RunRecord two = records.run();
  records.step(one, "z");
  records.step(two, "other");
  records.step(one, "a");
  std::vector<std::string> steps;
  for (const auto& step : records.history.steps_of(one.key)) steps.push_back(step.step);
  CHECK(steps == std::vector<std::string>{"z", "a"});
}

TEST_CASE("a reused step shows the manifest of its result") {
  Records records;
  const RunRecord run = records.run();
  const ResultRecord result = records.result(records.step(run, "made"), "work");
  StepRunRecord reused{.run = run.key, .step = "again", .reused = true, .result = result.key};
  records.history.add_step(reused);
  const auto found = records.history.step_run(reused.key).value();
  CHECK(found.reused);
  CHECK(found.result == result.key);
  CHECK(found.manifest == "work");
}

TEST_CASE("an attempt comes back as it was saved, and saving it again replaces it") {
  Records records;
  const auto step = records.step(records.run(), "s");
  Attempt attempt{.number = 2,
                  .status = Status::failed,
                  .exit_code = 0,
                  .signal = 9,
                  .message = odd,
                  .pid = 77,
                  .started = from_micros(1),
                  .finished = from_micros(2),
                  .user_time = 3us,
                  .system_time = 4us,
                  .peak_memory_bytes = std::uint64_t{1} << 40U,
                  .lingering = 5,
                  .stdout_file = "logs/" + odd,
                  .stderr_file = "logs/err"};
  records.history.save_attempt(step.key, attempt);
  records.history.save_attempt(step.key, {.number = 1, .started = from_micros(1)});
  auto found = records.history.attempts_of(step.key);
  REQUIRE(found.size() == 2);
  CHECK(found[0].number == 1);
  CHECK(found[0].status == Status::running);
  CHECK_FALSE(found[0].exit_code);
  CHECK_FALSE(found[0].signal);
  CHECK(found[1].number == 2);
  CHECK(found[1].status == Status::failed);
  CHECK(found[1].exit_code == 0);
  CHECK(found[1].signal == 9);
  CHECK(found[1].message == odd);
  CHECK(found[1].pid == 77);
  CHECK(found[1].started == from_micros(1));
  CHECK(found[1].finished == from_micros(2));
  CHECK(found[1].user_time == 3us);
  CHECK(found[1].system_time == 4us);
  CHECK(found[1].peak_memory_bytes == std::uint64_t{1} << 40U);
  CHECK(found[1].lingering == 5);
  CHECK(found[1].stdout_file == "logs/" + odd);
  CHECK(found[1].stderr_file == "logs/err");

  attempt.status = Status::completed;
  attempt.signal.reset();
  records.history.save_attempt(step.key, attempt);
  found = records.history.attempts_of(step.key);
  REQUIRE(found.size() == 2);
  CHECK(found[1].status == Status::completed);
  CHECK_FALSE(found[1].signal);
}

TEST_CASE("metrics come back in their order, a later attempt's replace an earlier one's") {
  Records records;
  const auto step = records.step(records.run(), "s");
  records.history.add_metrics(step.key, {{"old", "1"}, {"old2", "2"}, {"old3", "3"}});
  records.history.add_metrics(
      step.key, {{"z" + odd, "0.5", 7, from_micros(3)}, {"a", "\"NaN\"", std::nullopt, {}}});
  const auto found = records.history.metrics_of(step.key);
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "z" + odd);
  CHECK(found[0].value == "0.5");
  CHECK(found[0].step == 7);
  CHECK(found[0].time == from_micros(3));
  CHECK(found[1].name == "a");
  CHECK(found[1].value == "\"NaN\"");
  CHECK_FALSE(found[1].step);
}

TEST_CASE("objects' stats, long texts and published paths are remembered") {
  Records records;
  auto& history = records.history;
  const Hash id = hash_bytes("o");
  CHECK_FALSE(history.object_stat(id));
  const FileStat stat{.kind = FileKind::folder,
                      .dev = ~std::uint64_t{0},
                      .ino = 2,
                      .size = 3,
                      .mtime_ns = -4,
                      .ctime_ns = 5};
  history.remember_object(id, {});
  history.remember_object(id, stat);
  CHECK(history.object_stat(id)->same_content_as(stat));
  CHECK(history.object_stat(id)->kind == FileKind::folder);

  CHECK(history.text_of(id).empty());
  history.remember_text(id, odd);
  history.remember_text(id, odd);
  CHECK(history.text_of(id) == odd);

  const std::filesystem::path path = "/w/" + odd.substr(2);
  CHECK_FALSE(history.published_content(path));
  history.remember_published(path, hash_bytes("1"), {1}, {});
  history.remember_published(path, hash_bytes("2"), {1}, {});
  CHECK(history.published_content(path) == hash_bytes("2"));
}

TEST_CASE("the resolved spec that runs share is kept once") {
  Records records;
  const std::string spec = "{\"a\": \"" + std::string(10'000, 'x') + "\"}";
  for (int i = 0; i < 3; ++i) {
    RunRecord run{.pipeline = "p", .resolved_spec = spec};
    records.history.begin_run(run);
    CHECK(records.history.find_run(run.id).resolved_spec == spec);
  }
  RunRecord other{.pipeline = "p", .resolved_spec = "{}"};
  records.history.begin_run(other);
  CHECK(records.history.find_run(other.id).resolved_spec == "{}");
  auto& query = records.history.database().cached(
      "SELECT count(*), (SELECT sum(length(resolved_spec)) FROM runs) FROM texts");
  REQUIRE(query.step());
  CHECK(query.integer(0) == 2);
  CHECK(query.integer(1) == 0);
  query.reset();
}

TEST_CASE("a run can show the steps of the newest run of its pipeline, and says the same of them") {
  Records records;
  RunRecord first{.pipeline = "p", .resolved_spec = "{\"a\": 1}", .started = from_micros(1)};
  records.history.begin_run(first);
  StepRunRecord step{.run = first.key,
                     .step = "s",
                     .status = Status::completed,
                     .reused = true,
                     .reason = "why",
                     .started = from_micros(2),
                     .finished = from_micros(3)};
  records.history.add_step(step);
  CHECK(records.history.may_show_steps_of(first.key, first.id, "p"));
  CHECK_FALSE(records.history.may_show_steps_of(first.key, "of another database", "p"));
  RunRecord second{.pipeline = "p", .steps_of = first.key, .started = from_micros(10)};
  records.history.begin_run(second);
  CHECK(records.history.may_show_steps_of(first.key, first.id, "p"));
  CHECK_FALSE(
      records.history.may_show_steps_of(second.key, second.id, "p"));  // it has none of its own

  const auto shown = records.history.steps_of(second.key);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].run == second.key);
  CHECK(shown[0].reason == "why");
  CHECK(shown[0].reused);
  CHECK(shown[0].started == from_micros(10));
  CHECK(records.history.steps_of(first.key).at(0).started == from_micros(2));
  CHECK(records.history.find_run(second.id).resolved_spec == "{\"a\": 1}");
  CHECK(records.history.last_completed("p", "s")->run == second.key);
  CHECK(records.history.newest_run_with_step("s") == second.id);

  (void)records.run("other");
  CHECK(records.history.may_show_steps_of(first.key, first.id, "p"));
  (void)records.run("p");
  CHECK_FALSE(records.history.may_show_steps_of(first.key, first.id, "p"));
}

TEST_CASE("it is counted when a result is withdrawn or replaced, and only then") {
  Records records;
  const auto step = records.step(records.run(), "s");
  const auto count = records.history.withdrawn_results();
  const auto result = records.result(step, "work");
  (void)records.result(step, "other work");
  CHECK(records.history.withdrawn_results() == count);
  (void)records.result(step, "work");
  CHECK(records.history.withdrawn_results() == count + 1);
  records.history.withdraw_result(records.history.find_offered(result.fingerprint)->key);
  CHECK(records.history.withdrawn_results() == count + 2);
  records.history.withdraw_result(result.key);  // it is not offered any more
  CHECK(records.history.withdrawn_results() == count + 2);
}

TEST_CASE("what is asked of runs' steps is found by an index, however many runs there are") {
  Records records;
  StepRunRecord step;
  ResultRecord result;
  records.history.begin_batch();
  for (int i = 0; i < 50; ++i) {
    const auto run = records.run();
    step = records.step(run, "s");
    result = records.result(step, "work " + std::to_string(i));
    step.result = result.key;
    records.history.update_step(step);
    RunRecord shows{.pipeline = "p", .steps_of = run.key};
    records.history.begin_run(shows);
  }
  records.history.commit_batch();
  auto& history = records.history;
  const auto scanned = [&history] { return history.database().scanned_rows(); };
  REQUIRE(history.last_completed("p", "s"));
  CHECK(scanned() == 0);
  CHECK(history.newest_run_with_step("s"));
  CHECK(scanned() == 0);
  CHECK(history.steps_of(step.run).size() == 1);
  CHECK(scanned() == 0);
  const HeldResult held{.key = result.key, .uses = 2};
  CHECK(history.collect_results({&held}, from_micros(1)).empty());  // its runs are not finished
  CHECK(scanned() == 0);
  history.begin_batch();
  CHECK(history.delete_runs({step.run}, from_micros(1)) == 0);
  history.commit_batch();
  CHECK(scanned() == 0);
  CHECK(history.find_runs({.limit = 5}).size() == 5);
  CHECK(scanned() < 10);
}

}  // namespace mlpipe
