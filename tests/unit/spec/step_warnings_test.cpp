#include "spec_folder.h"

namespace mlpipe {

namespace {

/// The first line of each warning about a step with some inputs and outputs, and these lines.
std::string warnings_of(std::string_view lines) {
  const SpecFolder folder(
      "parameters: {rate: 1}\n"
      "steps:\n"
      "  before: {command: date, outputs: {x: {type: uri_file}}}\n"
      "  a:\n"
      "    inputs: {data: \"${{steps.before.outputs.x}}\"}\n"
      "    outputs: {model: }\n"
      "    " +
      std::string(lines) + "\n");
  folder.write("src/train.py");
  folder.write("train.py");
  folder.write("lib/run.sh");
  std::string first;
  const auto all = folder.warnings();
  for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
    const auto line = all.substr(at, all.find('\n', at) - at);
    if (line.starts_with("p.yaml:") || line.find("      = write") == 0) first += line + "\n";
  }
  return first;
}

std::string left_to_shell(std::string_view place, std::string_view written,
                          std::string_view meant) {
  return "p.yaml:" + std::string(place) + ": warning: '" + std::string(written) +
         "' has single braces: it is left to the shell, which does not know it\n      = write " +
         std::string(meant) + "\n";
}

}  // namespace

TEST_CASE("single braces around what the step has are told, at their place") {
  CHECK(warnings_of("command: cat ${inputs.data} > x") ==
        left_to_shell("7:18", "${inputs.data}", "${{inputs.data}}"));
  CHECK(warnings_of("command: \"cat ${data} > '${model}' --rate ${rate}\"") ==
        left_to_shell("7:19", "${data}", "${{inputs.data}}") +
            left_to_shell("7:47", "${rate}", "${{parameters.rate}}"));
  CHECK(warnings_of("command: |\n      date\n      echo ${ outputs.model } ${parameters.rate} "
                    "${steps.before.outputs.x}") ==
        left_to_shell("9:12", "${ outputs.model }", "${{outputs.model}}") +
            left_to_shell("9:31", "${parameters.rate}", "${{parameters.rate}}") +
            left_to_shell("9:50", "${steps.before.outputs.x}", "${{steps.before.outputs.x}}"));
}

TEST_CASE("single braces in an argument reach the script as they are, and that is told") {
  CHECK(warnings_of("source_directory: src\n    script_name: train.py\n"
                    "    arguments: [--to, \"${model}\", \"${HOME}\", \"${inputs.none}\"]") ==
        "p.yaml:9:24: warning: '${model}' has single braces: it reaches the script as it stands "
        "here\n      = write ${{outputs.model}}\n");
}

TEST_CASE("variables of the shell are left alone") {
  for (const auto* command :
       {"echo ${HOME} ${x}", "for data in 1 2; do echo ${data}; done", "data=3; echo ${data}",
        "read -r data; echo ${data}", "echo ${data:-none} ${#data}", "echo '${data}' $data",
        "echo \\${data}", "echo ${{inputs.data}}", "echo $${{inputs.data}}",
        "echo ${inputs.none}"}) {
    INFO(command);
    CHECK(warnings_of("command: |\n      " + std::string(command)).empty());
  }
  CHECK(warnings_of("environment_variables: {data: x}\n    command: echo ${data}").empty());
  CHECK(warnings_of("pass_environment: [data]\n    command: echo ${data}").empty());
  CHECK(warnings_of("pass_environment: data\n    command: echo ${data}").empty());
}

TEST_CASE("a command that starts a script beside the file is told to have no source directory") {
  CHECK(warnings_of("command: cd=1 python3 -u train.py --x") ==
        "p.yaml:7:30: warning: the step 'a' does not see 'train.py': without a source directory "
        "its command starts in an empty folder\n");
  CHECK(warnings_of("command: date && ./lib/run.sh").find("does not see './lib/run.sh'") !=
        std::string::npos);
  const SpecFolder folder("jobs: {a: {command: bash lib/run.sh}}");
  folder.write("lib/run.sh");
  CHECK(folder.warnings().find("= add code: ./lib, and name it from there") != std::string::npos);
}

TEST_CASE("other commands are left alone") {
  for (const auto* command :
       {"python other.py", "python -m train.py", "python -c train.py", "echo train.py",
        "python /train.py", "cp x train.py", "cd /tmp && python train.py",
        "echo 1 > train.py; python train.py", "python lib", "python ${{inputs.data}}"}) {
    INFO(command);
    CHECK(warnings_of("command: " + std::string(command)).empty());
  }
  CHECK(warnings_of("source_directory: src\n    command: python train.py").empty());
}

TEST_CASE("the words of other tools are known for what they are") {
  CHECK(error_of("steps: {a: {source_directory: ., script: x.py}}")
            .find("unknown key 'script' in the step 'a' (did you mean 'script_name'?)") !=
        std::string::npos);
  CHECK(error_of("jobs: {a: {run: x}}").find("(did you mean 'command'?)") != std::string::npos);
  CHECK(error_of("steps: {a: {command: x, needs: b}}").find("(did you mean 'depends_on'?)") !=
        std::string::npos);
}

TEST_CASE("descriptions and `optional` are looked at, whether they matter or not") {
  CHECK(error_of("steps: {a: {command: x, description: [y]}}")
            .find("p.yaml:1:38: error: 'description' of the step 'a' must be a single value, not a "
                  "list") == 0);
  CHECK(error_of("steps: {a: {command: x, outputs: {o: {description: {y: z}}}}}")
            .find("p.yaml:1:52: error: 'description' of the output 'o' must be a single value") ==
        0);
  CHECK(error_of("steps: {a: {command: x, inputs: {i: {optional: perhaps}}}}")
            .find("p.yaml:1:48: error: 'optional' must be true or false, not 'perhaps'") !=
        std::string::npos);
  CHECK(error_of("outputs: {o: {description: [y]}}\nsteps: {a: {command: x}}")
            .find("'description' of the output 'o' must be a single value") != std::string::npos);
}

TEST_CASE("a group of arguments that is left out is still looked at") {
  const SpecFolder folder(
      "parameters: {x: {type: string, optional: true}}\n"
      "steps: {a: {source_directory: src, script_name: t.py, arguments: [[{}, "
      "\"${{parameters.x}}\"]]}}");
  folder.write("src/t.py");
  CHECK(folder.error().find("p.yaml:2:68: error: an argument must be a single value, not a map") ==
        0);
}

TEST_CASE("a wrong value that came by an expression is told with the expression") {
  CHECK(error_of("parameters: {n: many}\n"
                 "steps: {a: {command: x, resources: {cpus: \"${{parameters.n}}\"}}}")
            .find("p.yaml:2:43: error: 'cpus' ('${{parameters.n}}') must be a whole number, at "
                  "least 1, not 'many'") == 0);
}

TEST_CASE("an amount of memory may be more than a machine has") {
  const auto pipeline = SpecFolder("steps: {a: {command: x, resources: {memory: 5000GB}}}").read();
  CHECK(pipeline.steps[0].settings->resources.memory_bytes == 5'000'000'000'000U);
}

}  // namespace mlpipe
