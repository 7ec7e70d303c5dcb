#include "engine/run_to_repeat.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("what a run was asked for is the same after it was written and read") {
  RunToRepeat run{.spec = {.file = "/w/p.yaml", .texts = {{"/w/p.yaml", "steps: {}\n"}}},
                  .overrides = {.parameter_files = {},
                                .parameters = {{"C", "0.5"}, {"word", "a=b"}},
                                .inputs = {{"table", "/d/t.csv"}},
                                .settings = {{"steps.a.limits.timeout", "5"}},
                                .compute_target = "gpu",
                                .experiment_name = std::nullopt},
                  .selection = {.from = {}, .only = {"a"}, .until = {"b", "c"}},
                  .everything_local = true,
                  .continue_on_step_failure = true,
                  .versions = {{"component prep@latest", "3"}}};
  run.spec.sources[{.directory = "/w/src"}] = hash_bytes("s");
  const auto read = decode_run_to_repeat(encode(run));
  REQUIRE(read);
  CHECK(read->spec == run.spec);
  CHECK(read->overrides.parameters == run.overrides.parameters);
  CHECK(read->overrides.inputs == run.overrides.inputs);
  CHECK(read->overrides.settings == run.overrides.settings);
  CHECK(read->overrides.compute_target == "gpu");
  CHECK_FALSE(read->overrides.experiment_name);
  CHECK(read->selection.only == run.selection.only);
  CHECK(read->selection.until == run.selection.until);
  CHECK(read->everything_local);
  CHECK(read->continue_on_step_failure);
  CHECK(read->versions == run.versions);
  CHECK(encode(*read) == encode(run));
}

TEST_CASE("what is no request of a run is not read as one") {
  const std::string good = encode(RunToRepeat{.spec = {.file = "/w/p.yaml"}});
  REQUIRE(decode_run_to_repeat(good));
  for (const auto* member : {"spec", "overrides", "only", "versions", "everything_local"}) {
    auto damaged = good;
    damaged.replace(damaged.find(std::string("\"") + member + "\""), 2, "\"_");
    CHECK_FALSE(decode_run_to_repeat(damaged).has_value());
  }
  for (const auto* text : {"", "[]", "{}", "{\"spec\": {}}"})
    CHECK_FALSE(decode_run_to_repeat(text).has_value());
}

}  // namespace mlpipe
