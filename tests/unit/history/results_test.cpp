// What may be reused, and what is executing: the part of History that decides.
#include <string>
#include <vector>

#include "history/history.h"
#include "history/live_runs.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;

const std::string odd_name("\xff\0'\"\n\xc3", 6);

}  // namespace

TEST_CASE("a result comes back with its producer and its outputs, by name") {
  Records records;
  const RunRecord run = records.run();
  const auto step = records.step(run, "train");
  ResultRecord result{.fingerprint = hash_bytes("work"),
                      .manifest = odd_name,
                      .producer = step.key,
                      .made = from_micros(10),
                      .duration = 20us};
  result.outputs = {{.name = "plots",
                     .object = hash_bytes("p"),
                     .content_hash = hash_bytes("p"),
                     .bytes = std::uint64_t{1} << 41U,
                     .files = 3},
                    {.name = "model" + odd_name,
                     .object = hash_bytes("m"),
                     .content_hash = hash_bytes("bytes"),
                     .is_file = true,
                     .executable = true,
                     .file_name = odd_name,
                     .bytes = 1,
                     .files = 1}};
  records.history.add_result(result);
  CHECK(result.key.value != 0);

  const auto found = records.history.find_offered(hash_bytes("work")).value();
  CHECK(found.key == result.key);
  CHECK(found.fingerprint == hash_bytes("work"));
  CHECK(found.manifest == odd_name);
  CHECK(found.producer == step.key);
  CHECK(found.run_id == run.id);
  CHECK(found.step == "train");
  CHECK(found.offered);
  CHECK_FALSE(found.varying);
  CHECK(found.made == from_micros(10));
  CHECK(found.duration == 20us);
  REQUIRE(found.outputs.size() == 2);
  CHECK(found.outputs[0].name == "model" + odd_name);
  CHECK(found.outputs[0].object == hash_bytes("m"));
  CHECK(found.outputs[0].content_hash == hash_bytes("bytes"));
  CHECK(found.outputs[0].is_file);
  CHECK(found.outputs[0].executable);
  CHECK(found.outputs[0].file_name == odd_name);
  CHECK(found.outputs[0].bytes == 1);
  CHECK(found.outputs[1].name == "plots");
  CHECK_FALSE(found.outputs[1].is_file);
  CHECK(found.outputs[1].file_name.empty());
  CHECK(found.outputs[1].bytes == std::uint64_t{1} << 41U);
  CHECK(found.outputs[1].files == 3);
  CHECK(records.history.find_result(result.key)->outputs.size() == 2);
  CHECK_FALSE(records.history.find_result({999}));
}

TEST_CASE("only the newest result of a fingerprint is offered") {
  Records records;
  const auto step = records.step(records.run(), "s");
  const auto first = records.result(step, "work");
  const auto other = records.result(step, "other work");
  const auto second = records.result(step, "work");
  CHECK(records.history.find_offered(hash_bytes("work"))->key == second.key);
  CHECK_FALSE(records.history.is_offered(first.key));
  CHECK(records.history.is_offered(second.key));
  CHECK(records.history.is_offered(other.key));
  CHECK_FALSE(records.history.is_offered({999}));
  CHECK_FALSE(records.history.find_offered(hash_bytes("never")));
}

TEST_CASE("a database goes on from its newest result, another one with the same numbers does not") {
  Records records;
  CHECK(records.history.newest_result() == NewestResult{});
  CHECK(records.history.goes_on_from({}));  // every one goes on from nothing
  const auto step = records.step(records.run(), "s");
  const auto made = records.result(step, "work");
  const auto newest = records.history.newest_result();
  CHECK(newest.key == made.key);
  CHECK(newest.fingerprint == hash_bytes("work"));
  records.result(step, "later work");
  CHECK(records.history.goes_on_from(newest));
  CHECK_FALSE(records.history.newest_result() == newest);

  Records other;
  CHECK_FALSE(other.history.goes_on_from(newest));
  CHECK(other.history.is_collected(newest.key));  // it is not there
  other.result(other.step(other.run(), "s"), "other work");
  REQUIRE(other.history.newest_result().key == newest.key);
  CHECK_FALSE(other.history.goes_on_from(newest));
  auto earlier = other.history.newest_result();
  --earlier.made;
  CHECK_FALSE(other.history.goes_on_from(earlier));
}

TEST_CASE("a result that is not offered neither counts nor withdraws an earlier one") {
  Records records;
  const auto step = records.step(records.run(), "s");
  CHECK_FALSE(records.history.is_offered(records.result(step, "work", false).key));
  CHECK_FALSE(records.history.find_offered(hash_bytes("work")));
  const auto good = records.result(step, "work");
  records.result(step, "work", false);
  CHECK(records.history.find_offered(hash_bytes("work"))->key == good.key);
}

TEST_CASE("a withdrawn result is not offered again, and its elder stays withdrawn") {
  Records records;
  const auto step = records.step(records.run(), "s");
  records.result(step, "work");
  const auto newest = records.result(step, "work");
  records.history.withdraw_result(newest.key);
  CHECK_FALSE(records.history.find_offered(hash_bytes("work")));
  CHECK(records.history.find_result(newest.key));  // history keeps it
}

TEST_CASE("marking a fingerprint as varying marks all its results and no others") {
  Records records;
  const auto step = records.step(records.run(), "s");
  const auto first = records.result(step, "work");
  const auto second = records.result(step, "work");
  const auto other = records.result(step, "other");
  records.history.mark_varying(hash_bytes("work"));
  CHECK(records.history.find_result(first.key)->varying);
  CHECK(records.history.find_result(second.key)->varying);
  CHECK_FALSE(records.history.find_result(other.key)->varying);
}

TEST_CASE("the last completed step run is of that pipeline and that step") {
  Records records;
  const auto old_run = records.run("p");
  records.step(old_run, "s");
  const auto wanted = records.step(records.run("p"), "s");
  records.step(records.run("q"), "s");
  records.step(records.run("p"), "t");
  for (const auto status : {Status::failed, Status::running, Status::canceled, Status::skipped})
    records.step(records.run("p"), "s", status);
  CHECK(records.history.last_completed("p", "s")->key == wanted.key);
  CHECK_FALSE(records.history.last_completed("p", "none"));
  CHECK_FALSE(records.history.last_completed("r", "s"));
}

TEST_CASE("the run that executes a fingerprint is the one whose step is between start and end") {
  Records records;
  const Hash work = hash_bytes("work");
  const auto execute = [&](TimePoint started, TimePoint finished) {
    const auto run = records.run();
    StepRunRecord step{.run = run.key,
                       .step = "s",
                       .status = Status::running,
                       .fingerprint = work,
                       .started = started,
                       .finished = finished};
    records.history.add_step(step);
    return run.id;
  };
  CHECK(records.history.executing_run(work).empty());
  execute(from_micros(4), from_micros(5));
  execute({}, {});  // waits itself
  CHECK(records.history.executing_run(work).empty());
  const auto id = execute(from_micros(4), {});
  execute(from_micros(4), from_micros(5));
  CHECK(records.history.executing_run(work) == id);
  CHECK(records.history.executing_run(hash_bytes("other")).empty());
}

TEST_CASE("a batch is one transaction: all of it is there, or nothing") {
  Records records;
  History reader(records.file, Database::Mode::read_only);
  records.history.begin_batch();
  records.history.begin_batch();  // still the same
  CHECK(records.history.in_batch());
  const RunRecord run = records.run();
  records.step(run, "s");
  CHECK(reader.newest_runs(1).empty());  // and the reader is not blocked
  CHECK(records.history.newest_runs(1).size() == 1);
  records.history.commit_batch();
  CHECK_FALSE(records.history.in_batch());
  REQUIRE(reader.newest_runs(1).size() == 1);
  CHECK(reader.steps_of(run.key).size() == 1);
  CHECK_NOTHROW(records.history.commit_batch());  // nothing open: nothing to do
}

TEST_CASE("an abandoned batch leaves nothing, and the next one works") {
  Records records;
  records.history.begin_batch();
  records.run("lost");
  records.history.abandon_batch();
  CHECK_FALSE(records.history.in_batch());
  CHECK(records.history.newest_runs(1).empty());
  records.history.begin_batch();
  records.run("kept");
  records.history.commit_batch();
  CHECK(records.history.find_run("latest").pipeline == "kept");
}

TEST_CASE("a history that goes away in the middle of a batch leaves nothing of it") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  {
    History history(file, Database::Mode::read_write);
    RunRecord run{.pipeline = "p"};
    history.begin_batch();
    history.begin_run(run);
  }
  CHECK(History(file, Database::Mode::read_write).newest_runs(1).empty());
}

TEST_CASE("a write outside of a batch is there at once") {
  Records records;
  History other(records.file, Database::Mode::read_write);
  const RunRecord run = records.run();
  CHECK(other.find_run(run.id).key == run.key);
  other.set_run_status(run.key, Status::cancel_requested);
  CHECK(records.history.find_run(run.id).status == Status::cancel_requested);
}

TEST_CASE("a run is alive as long as its driver holds its lock") {
  Records records;
  const auto locks = records.folder.path() / "runs.lock";
  const RunRecord mine = records.run();
  const RunRecord dead = records.run();
  const LiveRuns early(locks, LockFile::OnlyLook{});  // looks before there is a lock file
  CHECK_FALSE(early.is_alive(mine.key));
  CHECK_FALSE(stat_file(locks));
  {
    LiveRuns driver(locks);
    driver.hold(mine.key);
    const LiveRuns other(locks);
    const LiveRuns look(locks, LockFile::OnlyLook{});
    CHECK(other.is_alive(mine.key));
    CHECK(look.is_alive(mine.key));
    CHECK_FALSE(other.is_alive(dead.key));
  }
  CHECK_FALSE(LiveRuns(locks).is_alive(mine.key));  // the lock went with its holder
}

}  // namespace mlpipe
