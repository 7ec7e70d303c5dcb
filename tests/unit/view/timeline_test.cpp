#include "view/timeline.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

using SegmentKind = TimelineSegment::Kind;

TimePoint at(std::int64_t seconds) { return from_micros((1000 + seconds) * 1'000'000); }
Duration after(std::int64_t seconds) { return std::chrono::seconds(seconds); }

StepDetails step_that(Status status, std::int64_t started, std::int64_t finished) {
  StepDetails step;
  step.record.step = "a";
  step.record.status = status;
  step.record.started = at(started);
  if (finished > 0) step.record.finished = at(finished);
  return step;
}

Attempt try_of(Status status, std::int64_t started, std::int64_t finished) {
  Attempt attempt{.status = status, .started = at(started)};
  if (finished > 0) attempt.finished = at(finished);
  return attempt;
}

RunDetails run_that(Status status, std::int64_t finished, std::vector<StepDetails> steps) {
  RunDetails details{.steps = std::move(steps)};
  details.run.status = status;
  details.run.started = at(0);
  if (finished > 0) details.run.finished = at(finished);
  return details;
}

}  // namespace

TEST_CASE("attempts are segments, what lies between them is waiting") {
  auto step = step_that(Status::completed, 1, 9);
  step.attempts = {try_of(Status::failed, 2, 4), try_of(Status::completed, 5, 8)};
  const auto timeline = timeline_of(run_that(Status::completed, 10, {step}), at(999));
  CHECK(timeline.length == after(10));
  const auto& row = timeline.rows.at(0);
  REQUIRE(row.segments.size() == 5);
  CHECK(row.segments[0].kind == SegmentKind::waiting);
  CHECK(row.segments[0].from == after(1));
  CHECK(row.segments[1].status == Status::failed);
  CHECK(row.segments[1].to == after(4));
  CHECK(row.segments[2].kind == SegmentKind::waiting);
  CHECK(row.segments[3].from == after(5));
  CHECK(row.segments[4].kind == SegmentKind::waiting);
  CHECK(row.segments[4].to == after(9));
  CHECK(row.took == after(8));
}

TEST_CASE("what goes on reaches to now") {
  auto step = step_that(Status::running, 1, 0);
  step.attempts = {try_of(Status::running, 2, 0)};
  const auto timeline = timeline_of(run_that(Status::running, 0, {step}), at(7));
  CHECK(timeline.length == after(7));
  CHECK(timeline.rows.at(0).segments.back().to == after(7));
  CHECK(timeline.rows.at(0).segments.back().status == Status::running);
}

TEST_CASE("a dead run ends with the last that is known of it") {
  auto first = step_that(Status::completed, 1, 3);
  first.attempts = {try_of(Status::completed, 1, 3)};
  auto second = step_that(Status::not_responding, 3, 0);
  second.attempts = {try_of(Status::running, 4, 0)};
  const auto timeline =
      timeline_of(run_that(Status::not_responding, 0, {first, second}), at(99999));
  CHECK(timeline.length == after(4));
  CHECK(timeline.rows.at(1).segments.back().status == Status::not_responding);
}

TEST_CASE("a reused step has no bar, and a run of reused steps no timeline") {
  auto step = step_that(Status::completed, 0, 0);
  step.record.reused = true;
  step.attempts = {try_of(Status::completed, -500, -400)};  // of the run that made it
  const auto timeline = timeline_of(run_that(Status::completed, 1, {step}), at(1));
  CHECK(timeline.rows.at(0).segments.empty());
  CHECK_FALSE(timeline.has_bars());
}

TEST_CASE("a clock that went back makes no negative bars") {
  auto step = step_that(Status::completed, -3, 2);
  step.attempts = {try_of(Status::completed, 5, 2)};
  const auto timeline = timeline_of(run_that(Status::completed, -5, {step}), at(9));
  for (const auto& segment : timeline.rows.at(0).segments) {
    CHECK(segment.from >= Duration{});
    CHECK(segment.to >= segment.from);
  }
  CHECK(timeline_table(timeline).html().find("nan") == std::string::npos);
}

}  // namespace mlpipe
