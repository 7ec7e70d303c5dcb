#include "spec/check_pipeline.h"

#include "spec_folder.h"

namespace mlpipe {

TEST_CASE("a cycle is printed step by step with its places") {
  CHECK(error_of("steps:\n"
                 "  first: {command: x}\n"
                 "  a: {command: x, inputs: {i: \"${{steps.c.outputs.o}}\"}, outputs: {o: }}\n"
                 "  b: {command: x, inputs: {i: \"${{steps.a.outputs.o}}\"}, depends_on: first}\n"
                 "  c: {command: x, depends_on: [b], outputs: {o: }}\n") ==
        "p.yaml:3:31: error: the steps form a cycle, each needs the next: a -> c -> b -> a\n"
        "    3 |   a: {command: x, inputs: {i: \"${{steps.c.outputs.o}}\"}, outputs: {o: }}\n"
        "      |                               ^\n"
        "      = 'a' needs 'c.o' (p.yaml:3:31)\n"
        "      = 'c' depends on 'b' (p.yaml:5:3)\n"
        "      = 'b' needs 'a.o' (p.yaml:4:31)");
  CHECK(error_of("steps: {a: {command: x, depends_on: [a]}}\n")
            .find("each needs the next: a -> a\n") != std::string::npos);
  CHECK(
      error_of(
          "steps:\n  a: {command: x, depends_on: [b, c]}\n  b: {command: x, depends_on: [c]}\n  c: "
          "{command: x}\n")
          .empty());
}

TEST_CASE("of the cycles that one wrong reference makes the shortest is told, at the reference") {
  CHECK(error_of(
            "steps:\n"
            "  a: {command: x, inputs: {i: \"${{steps.d.outputs.o}}\"}, outputs: {o: }}\n"
            "  b: {command: x, inputs: {i: \"${{steps.a.outputs.o}}\"}, outputs: {o: }}\n"
            "  c: {command: x, inputs: {i: \"${{steps.b.outputs.o}}\"}, outputs: {o: }}\n"
            "  d: {command: x, inputs: {i: \"${{steps.c.outputs.o}}\",\n"
            "      k: \"${{steps.b.outputs.o}}\", l: \"${{steps.a.outputs.o}}\"}, outputs: {o: }}\n"
            "  z: {command: x, depends_on: [z]}\n") ==
        "p.yaml:2:31: error: the steps form a cycle, each needs the next: a -> d -> a\n"
        "    2 |   a: {command: x, inputs: {i: \"${{steps.d.outputs.o}}\"}, outputs: {o: }}\n"
        "      |                               ^\n"
        "      = 'a' needs 'd.o' (p.yaml:2:31)\n"
        "      = 'd' needs 'a.o' (p.yaml:6:39)\n"
        "      = at least 1 more cycle through the first of these\n"
        "p.yaml:7:3: error: the steps form a cycle, each needs the next: z -> z\n"
        "    7 |   z: {command: x, depends_on: [z]}\n"
        "      |   ^\n"
        "      = 'z' depends on 'z' (p.yaml:7:3)");
}

TEST_CASE("the cycle check of 100,000 steps neither recurses nor prints them all") {
  Pipeline pipeline;
  constexpr std::size_t count = 100'000;
  pipeline.steps.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    pipeline.steps[i].name = "s" + std::to_string(i);
    if (i + 1 < count) pipeline.steps[i].depends_on.push_back(StepId{i + 1});
  }
  const SpecFolder folder("steps: {}\n");
  SpecFiles files;
  const auto& problems = files.open_first(folder.path("p.yaml"), {}, nullptr).problems;
  check_cycles(pipeline, files);
  CHECK(problems.error_count() == 0);
  pipeline.steps.back().depends_on.push_back(StepId{0});
  check_cycles(pipeline, files);
  REQUIRE(problems.error_count() == 1);
  try {
    files.throw_if_any();
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find(
              "s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> … (99980 more) -> "
              "s99990 -> ") != std::string::npos);
    CHECK(message.find("s99999 -> s0") != std::string::npos);
    CHECK(message.size() < 3000);
  }
}

TEST_CASE("10,000 steps are read, in the order written") {
  std::string text = "steps:\n";
  for (int i = 0; i < 10'000; ++i) {
    const auto name = "step_" + std::to_string(i);
    text += "  " + name +
            ":\n    command: echo ${{inputs.n}} > ${{outputs.o}}\n    inputs:\n      n: " +
            std::to_string(i) + "\n";
    if (i > 0) text += "      d: ${{steps.step_" + std::to_string(i - 1) + ".outputs.o}}\n";
    text +=
        "    outputs: {o: {type: uri_file, file_name: o.txt}}\n    allow_reuse: true\n    limits: "
        "{timeout: 5}\n";
  }
  const auto pipeline = SpecFolder(text).read();
  REQUIRE(pipeline.steps.size() == 10'000);
  const auto& last = pipeline.steps.back();
  CHECK(last.name == "step_9999");
  CHECK(command_of(last) == "echo 9999 > ‹output:o›");
  CHECK(std::get<OutputSource>(last.inputs.at(0).source).step == StepId{9998});
}

namespace {

/// The error of two steps with these outputs, in a folder with sources and data.
std::string paths_error(const std::string& first, const std::string& second) {
  const SpecFolder folder(
      "inputs: {raw: {type: uri_folder, path: data}}\n"
      "steps:\n"
      "  a: {command: x, source_directory: src, hash_paths: [../shared.json], inputs: {raw: "
      "\"${{parent.inputs.raw}}\"}, outputs: {o: {path: " +
      first +
      "}}}\n"
      "  b: {command: x, outputs: {o: {path: " +
      second + "}}}\n");
  folder.write("data/x.csv");
  folder.write("src/x.py");
  folder.write("shared.json");
  return folder.error();
}

}  // namespace

TEST_CASE("two outputs cannot be written to the same place") {
  const auto error = paths_error("out/m", "./out/../out/m/");
  CHECK(error ==
        "p.yaml:4:29: error: 'a.o' and 'b.o' both write 'out/m'\n"
        "    4 |   b: {command: x, outputs: {o: {path: ./out/../out/m/}}}\n"
        "      |                             ^\n"
        "      = give each output a path of its own");
  CHECK(paths_error("out", "out/m")
            .find("'b.o' writes 'out/m', which lies inside what 'a.o' writes") !=
        std::string::npos);
  CHECK(paths_error("out/m", "out")
            .find("'a.o' writes 'out/m', which lies inside what 'b.o' writes") !=
        std::string::npos);
  CHECK(paths_error("out", "out2").empty());
  CHECK(paths_error("out/m", "out/m-1").empty());
  CHECK(error_of("outputs: {m: {path: o}}\nsteps:\n  a: {command: x, outputs: {x: "
                 "\"${{parent.outputs.m}}\"}}\n"
                 "  b: {command: x, outputs: {y: \"${{parent.outputs.m}}\"}}\n")
            .find("'a.x' and 'b.y' both write the pipeline's output 'm'") != std::string::npos);
}

TEST_CASE("an output cannot be written into what is hashed") {
  CHECK(paths_error("out", "data/sub")
            .find("'b.o' writes 'data/sub', which would change the input 'raw' of 'a'") !=
        std::string::npos);
  CHECK(paths_error("out", "data").find("which would change the input 'raw' of 'a'") !=
        std::string::npos);
  CHECK(paths_error("out", "src").find("which would change the source directory of 'a'") !=
        std::string::npos);
  CHECK(paths_error("out", "shared.json").find("'../shared.json' of the 'hash_paths' of 'a'") !=
        std::string::npos);
  CHECK(paths_error("out", "p.yaml").find("which would change the pipeline file") !=
        std::string::npos);
  CHECK(paths_error("out", ".").find("which would change") != std::string::npos);
  // Below a source directory it is left out of the snapshot.
  CHECK(paths_error("out", "src/out").empty());
}

TEST_CASE("an output of the pipeline that no step writes is a warning") {
  CHECK(SpecFolder("outputs: {m: {path: o}}\nsteps: {a: {command: x}}\n")
            .warnings()
            .find("p.yaml:1:11: warning: no step writes the pipeline's output 'm'") == 0);
}

}  // namespace mlpipe
