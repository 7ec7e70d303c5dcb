#include "engine/pipeline_codec.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <tuple>
#include <vector>

using namespace mlpipe;

namespace {

/// Two steps with the same sources and settings, and one with its own.
Pipeline three_steps() {
  Pipeline pipeline{.name = "p"};
  const Shared<StepSources> sources =
      StepSources{.directory = "/w/src", .include = {"a.py", "b.py"}};
  const Shared<StepSettings> settings =
      StepSettings{.compute_target = "box", .timeout = std::chrono::seconds(7)};
  for (const auto* name : {"a", "b"})
    pipeline.steps.push_back({.name = name,
                              .location = {"p.yaml", 3, 1},
                              .sources = sources,
                              .action = CommandAction{{{.text = "run"}}},
                              .settings = settings});
  pipeline.steps.push_back({.name = "c", .action = ScriptAction{"c.py", {}}});
  pipeline.steps[2].inputs = {{.name = "raw", .source = PathSource{.path = "/data/raw"}},
                              {.name = "made", .source = OutputSource{{0}, "out"}}};
  pipeline.steps[2].settings.edit().allow_reuse = false;
  return pipeline;
}

}  // namespace

TEST_CASE("a pipeline is read from its bytes as it was, and its steps share what they shared") {
  const auto bytes = encode(three_steps());
  const auto pipeline = decode_pipeline(bytes);
  REQUIRE(pipeline);
  const auto& [a, b, c] = std::tie(pipeline->steps[0], pipeline->steps[1], pipeline->steps[2]);
  CHECK(a.sources->include == std::vector<std::string>{"a.py", "b.py"});
  CHECK(b.settings->timeout == std::chrono::seconds(7));
  CHECK(a.sources.identity() == b.sources.identity());
  CHECK(a.settings.identity() == b.settings.identity());
  CHECK(c.sources.identity() == nullptr);
  CHECK_FALSE(c.settings->allow_reuse);
  CHECK(path_source(c.inputs[0].source)->path == "/data/raw");
  CHECK(path_source(c.inputs[1].source) == nullptr);
  CHECK(encode(*pipeline) == bytes);
}

TEST_CASE("what is shared is written once") {
  auto alike = three_steps();
  auto apart = alike;
  apart.steps[1].sources.edit().is_file = false;  // as it was, but its own
  CHECK(encode(alike).size() < encode(apart).size());
}

TEST_CASE("no bytes that were damaged are read as another pipeline") {
  const auto bytes = encode(three_steps());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CHECK_FALSE(decode_pipeline(bytes.substr(0, i)));
    auto damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x03);
    if (const auto read = decode_pipeline(damaged)) CHECK(encode(*read) == damaged);
  }
}
