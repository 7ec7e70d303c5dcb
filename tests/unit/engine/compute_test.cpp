#include "engine/compute.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

Pipeline one_step(const std::string& target, const std::string& environment) {
  Pipeline pipeline;
  pipeline.steps.push_back(
      {.name = "train",
       .location = {"p.yaml", 5, 3},
       .settings = StepSettings{.compute_target = target, .environment = environment}});
  return pipeline;
}

std::string refusal(const Pipeline& pipeline, const Workspace& workspace) {
  try {
    const Places places(pipeline, workspace, false);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::invalid_file);
    return error.what();
  }
  return "it was taken";
}

}  // namespace

TEST_CASE("devices that gpus: names and the machine lacks are told") {
  ComputeTargetConfig target{.name = "box"};
  CHECK(missing_gpus_notice(target, {0}).empty());
  target.gpus = std::vector{0, 1};
  CHECK(missing_gpus_notice(target, {0, 1, 2}).empty());
  CHECK(missing_gpus_notice(target, {}).empty());  // none at all is told of the step
  CHECK_THAT(missing_gpus_notice(target, {0, 2}),
             Contains("'box' has no GPU 1, which its `gpus:` names (there: 0, 2)"));
}

TEST_CASE("without a workspace file everything is local and the system's") {
  const Places places(one_step("", ""), {}, false);
  CHECK(places.of({0}).target->name == "local");
  CHECK(places.of({0}).target->type == "local");
  CHECK(places.of({0}).environment->name == "system");
  CHECK(places.notices().empty());
}

TEST_CASE("a step gets the entry that has its name, else the star's") {
  const Workspace workspace{
      .compute_targets = {{.name = "*", .cpus = 1}, {.name = "big", .cpus = 8}},
      .environments = {{.name = "*", .python = "/bin/true"}, {.name = "sk", .python = "/bin/sh"}}};
  const Places named(one_step("big", "sk"), workspace, false);
  CHECK(named.of({0}).target->cpus == 8);
  CHECK(named.of({0}).environment->python == "/bin/sh");
  const Places star(one_step("cluster-7", "tf"), workspace, false);
  CHECK(star.of({0}).target->cpus == 1);
  CHECK(star.of({0}).environment->python == "/bin/true");
}

TEST_CASE("a workspace has its own compute targets, and local") {
  const auto names = [](const Workspace& workspace) {
    std::vector<std::string> all;
    for (const auto& target : compute_targets_of(workspace)) all.push_back(target.name);
    return all;
  };
  CHECK(names({}) == std::vector<std::string>{"local"});
  CHECK(names({.compute_targets = {{.name = "b"}, {.name = "a"}}}) ==
        std::vector<std::string>{"b", "a", "local"});
  CHECK(names({.compute_targets = {{.name = "local"}, {.name = "a"}}}) ==
        std::vector<std::string>{"local", "a"});
}

TEST_CASE("a compute target is found as a step finds it, or the nearest one is named") {
  std::vector<ComputeTargetConfig> targets{{.name = "gpu-box"}, {.name = "local"}};
  CHECK(compute_target_named(targets, "gpu-box").name == "gpu-box");
  CHECK_THROWS_WITH(compute_target_named(targets, "gpu-bx"),
                    Contains("no compute target 'gpu-bx'") && Contains("did you mean 'gpu-box'?"));
  targets.push_back({.name = "*"});
  CHECK(compute_target_named(targets, "gpu-bx").name == "*");
}

TEST_CASE("of types that are not run it is said why") {
  CHECK(target_type_problem("local").empty());
  CHECK(target_type_problem("ssh").empty());
  CHECK_THAT(target_type_problem("slurm"), Contains("does not run yet"));
  CHECK_THAT(target_type_problem("shs"), Contains("did you mean 'ssh'?"));
}

TEST_CASE("of environments that only the star has, one line is said") {
  const Workspace workspace{.environments = {{.name = "*"}, {.name = "sk"}}};
  auto pipeline = one_step("", "tf");
  CHECK(Places(pipeline, workspace, false).notices() ==
        std::vector<std::string>{"the environment 'tf' is taken from the entry \"*\" of "
                                 "mlpipe.yaml: what it defines is not built here"});
  pipeline.steps.push_back({.name = "score", .settings = StepSettings{.environment = "onnx"}});
  pipeline.steps.push_back({.name = "check", .settings = StepSettings{.environment = "sk"}});
  CHECK(Places(pipeline, workspace, false).notices() ==
        std::vector<std::string>{"the environments 'onnx', 'tf' are taken from the entry \"*\" of "
                                 "mlpipe.yaml: what they define is not built here"});
}

TEST_CASE("local and system may be configured, and a star does not replace them") {
  const Workspace configured{.compute_targets = {{.name = "local", .cpus = 3}},
                             .environments = {{.name = "system", .python = "/bin/sh"}}};
  CHECK(Places(one_step("", ""), configured, false).of({0}).target->cpus == 3);
  CHECK(Places(one_step("local", "system"), configured, false).of({0}).environment->python ==
        "/bin/sh");
  const Workspace star{.compute_targets = {{.name = "*", .cpus = 1}}};
  CHECK_FALSE(Places(one_step("", ""), star, false).of({0}).target->cpus);
}

TEST_CASE("with --local everything is local, and a notice says so") {
  const Workspace workspace{.compute_targets = {{.name = "hpc", .type = "slurm"}},
                            .environments = {{.name = "img", .type = "container"}}};
  const Places places(one_step("hpc", "img"), workspace, true);
  CHECK(places.of({0}).target->type == "local");
  CHECK(places.of({0}).environment->type == "system");
  REQUIRE(places.notices().size() == 1);
  CHECK_THAT(places.notices()[0], Contains("--local"));
  CHECK_NOTHROW(Places(one_step("unknown", "unknown"), workspace, true));
}

TEST_CASE("an unknown name is told with its place, the nearest name and the lines to add") {
  const Workspace workspace{.compute_targets = {{.name = "cluster"}}};
  const auto text = refusal(one_step("clustre", "torch"), workspace);
  CHECK_THAT(text, Contains("step 'train' names the compute target 'clustre'"));
  CHECK_THAT(text, Contains("p.yaml:5:") && Contains("did you mean 'cluster'?"));
  CHECK_THAT(text, Contains("compute_targets:\n            clustre: {type: local}"));
  CHECK_THAT(text, Contains("environments:\n            torch: {type: system}"));
  CHECK_THAT(text, Contains("--local"));
}

TEST_CASE("every problem is told, each once") {
  Pipeline pipeline = one_step("a", "");
  pipeline.steps.push_back(pipeline.steps[0]);
  pipeline.steps.push_back(one_step("b", "").steps[0]);
  const auto text = refusal(pipeline, {});
  const auto first = text.find("'a'");
  CHECK_THAT(text, Contains("'b'"));
  CHECK(text.find("target 'a'", first + 1) == std::string::npos);
}

TEST_CASE("a type that does not run yet is told with the line of its entry") {
  const Workspace workspace{
      .compute_targets = {{.name = "hpc", .type = "slurm", .location = {"mlpipe.yaml", 3, 5}}},
      .environments = {{.name = "img", .type = "container", .location = {"mlpipe.yaml", 9, 5}}}};
  const auto text = refusal(one_step("hpc", "img"), workspace);
  CHECK_THAT(text, Contains("mlpipe.yaml:3:") && Contains("slurm") && Contains("--local"));
  CHECK_THAT(text, Contains("mlpipe.yaml:9:") && Contains("container"));
  CHECK_NOTHROW(Places(one_step("", ""), workspace, false));  // nobody names them
}

TEST_CASE("an environment whose python cannot be started is told with its line") {
  const auto [python, problem] =
      GENERATE(table<std::string, std::string>({{"/no/such/python", "does not exist"},
                                                {"/tmp", "not an executable file"},
                                                {"/etc/passwd", "not an executable file"}}));
  const Workspace workspace{
      .environments = {{.name = "sk", .python = python, .location = {"mlpipe.yaml", 9, 5}}}};
  const auto text = refusal(one_step("", "sk"), workspace);
  CHECK_THAT(text, Contains("mlpipe.yaml:9:") && Contains(python) && Contains(problem));
}

TEST_CASE("a type that no mlpipe knows is told with the nearest one") {
  const Workspace workspace{.compute_targets = {{.name = "hpc", .type = "slrum"}}};
  CHECK_THAT(refusal(one_step("hpc", ""), workspace),
             Contains("unknown type 'slrum'") && Contains("'slurm'"));
}

}  // namespace mlpipe
