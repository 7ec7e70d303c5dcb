#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

JobElsewhere job_of(const StepRunRecord& step) {
  return {.machine = "gpu1 ~/.cache/mlpipe", .job = "work", .step_run = step.key};
}

}  // namespace

TEST_CASE("a job that a later run takes up is that run's, and the earlier one's step says so") {
  Records records;
  const auto first = records.run();
  const auto begun = records.step(first, "train", Status::running);
  const auto second = records.run();
  const auto taken = records.step(second, "train", Status::running);
  records.history.job_sent(job_of(begun));
  records.history.job_sent(job_of(taken));  // the earlier one's, until it is known to go on

  CHECK(records.history.take_up_job(job_of(taken), second.id) == first.id);
  REQUIRE(records.history.jobs_elsewhere().size() == 1);
  CHECK(records.history.jobs_elsewhere().front().step_run == taken.key);
  CHECK(records.history.step_run(begun.key)->message == "run " + second.id + " goes on with it");
  CHECK(records.history.step_run(taken.key)->message.empty());

  CHECK(records.history.take_up_job(job_of(taken), second.id).empty());  // it is its own by now
  CHECK(records.history.step_run(taken.key)->message.empty());
}

TEST_CASE("what the step had to say before a later run took its job up is kept") {
  Records records;
  const auto first = records.run();
  auto begun = records.step(first, "train", Status::canceled);
  begun.message = "the connection is lost";
  records.history.update_step(begun);
  records.history.job_sent(job_of(begun));
  const auto second = records.run();
  CHECK(records.history.take_up_job(job_of(records.step(second, "train")), second.id) == first.id);
  CHECK_THAT(records.history.step_run(begun.key)->message,
             Contains("the connection is lost; run " + second.id));
}

}  // namespace mlpipe
