#include "engine/compute_judgement.h"

#include <string>

#include "support/catch.h"

namespace mlpipe {
namespace {

using Level = HealthCheck::Level;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;

/// "warning: text" of each check, one a line.
std::string told(const HealthReport& report) {
  std::string all;
  for (const auto& check : report.checks())
    all += std::string(to_text(check.level)) + " " + check.name + ": " + check.text + "\n";
  return all;
}

std::string clock_told(TimePoint asked, TimePoint said, TimePoint answered) {
  HealthReport report;
  judge_clock(asked, said, answered, report);
  return told(report);
}

std::string capacity_told(const ComputeTargetConfig& target, const MachineFacts& machine) {
  HealthReport report;
  judge_capacity(target, machine, report);
  return told(report);
}

std::string folder_told(const PlaceAnswer& found) {
  HealthReport report;
  judge_folder("/far/place", found, report);
  return told(report);
}

}  // namespace

TEST_CASE("a clock is only judged by what is sure of it") {
  const TimePoint asked{1'000'000s};
  const TimePoint answered = asked + 100s;
  CHECK(clock_told(asked, asked + 99s, answered) == "ok clock: it agrees with ours\n");
  CHECK(clock_told(asked, answered + 60s, answered) == "ok clock: 1 min 00 s ahead of ours\n");
  CHECK(clock_told(asked, asked - 60s, answered) == "ok clock: 1 min 00 s behind ours\n");
  CHECK_THAT(clock_told(asked, answered + 61s, answered), Contains("warning clock: it is"));
  CHECK_THAT(clock_told(asked, answered + 61s, answered), Contains("ahead of ours"));
  CHECK_THAT(clock_told(asked, asked - 61s, answered), Contains("behind ours"));
  CHECK_THAT(clock_told(asked, asked - 61s, answered), Contains("warning clock"));
}

TEST_CASE("a target that shares out more than its machine has is told") {
  const MachineFacts machine{
      .is_here = false, .processors = 4, .memory_bytes = 8'000'000'000, .devices = {0, 2}};
  CHECK(capacity_told({.cpus = 4, .memory_bytes = 8'000'000'000, .gpus = {{2}}}, machine) ==
        "ok processors: 4, of which steps get 4\n"
        "ok memory: 8.0 GB, of which steps get 8.0 GB\n"
        "ok GPUs: 0, 2; shared out: 2\n");
  const auto more =
      capacity_told({.cpus = 5, .memory_bytes = 8'000'000'001, .gpus = {{1, 2}}}, machine);
  CHECK_THAT(more, Contains("warning processors: it shares out 5 cpus, and the machine has 4"));
  CHECK_THAT(more, Contains("warning memory: it shares out 8.0 GB"));
  CHECK_THAT(more, Contains("warning GPUs: there is no GPU 1 on that machine"));
  CHECK_THAT(more, !Contains("GPU 2"));
}

TEST_CASE("what is not configured is no trouble") {
  CHECK(capacity_told({}, {.processors = 2, .memory_bytes = 1'000'000'000}) ==
        "ok processors: 2\nok memory: 1.0 GB, not counted\nok GPUs: none\n");
  CHECK_THAT(capacity_told({}, {.devices = {0}}), Contains("0; none is shared out"));
  CHECK_THAT(capacity_told({.max_concurrent_steps = 1}, {}), Contains("at most 1 step at a time"));
  // Numbers of AMD's are not known, so nothing can be wrong with them.
  CHECK_THAT(capacity_told({.gpus = {{7}}}, {.has_other_gpus = true}), Contains("ok GPUs: AMD"));
}

TEST_CASE("little space is a warning, hardly any a problem") {
  const auto space_told = [](std::uint64_t free) {
    HealthReport report;
    judge_space(free, "/p", "root", report);
    return told(report) + report.checks().front().advice;
  };
  CHECK(space_told(1'000'000'000) == "ok space: 1.0 GB free for '/p'\n");
  CHECK_THAT(space_told(999'999'999), Contains("warning space") && Contains("`root:`"));
  CHECK_THAT(space_told(100'000'000), Contains("warning space"));
  CHECK_THAT(space_told(99'999'999), Contains("problem space"));
}

TEST_CASE("a folder over there is its owner's alone") {
  CHECK_THAT(folder_told({.rights = 0700}), Contains("ok folder: '/far/place'"));
  CHECK(folder_told({.rights = 0750}) == "warning folder: '/far/place' has the rights 0750\n");
  CHECK_THAT(folder_told({.rights = 0700, .open_folders = {"/far/helpers"}}),
             Contains("warning folder: '/far/helpers'"));
  CHECK(folder_told({.rights = 0755, .write_problem = "disk full"}) ==
        "problem folder: disk full\n");
}

TEST_CASE("steps need bash and a folder for slots") {
  const auto place_told = [](const PlaceAnswer& found) {
    HealthReport report;
    judge_place(found, report);
    return told(report);
  };
  CHECK(place_told({.has_bash = true}) == "ok bash: '/bin/bash'\nok slots: none taken\n");
  CHECK_THAT(place_told({.has_bash = true, .taken_slots = "2 cpus"}), Contains("2 cpus"));
  CHECK_THAT(place_told({}), Contains("problem bash"));
  CHECK_THAT(place_told({.slot_problem = "no"}), Contains("problem slots: no"));
}

}  // namespace mlpipe
