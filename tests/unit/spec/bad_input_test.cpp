#include "spec_folder.h"

namespace mlpipe {

namespace {

/// A file of ours with one step, whose lines are given (indented by four).
std::string one_step(std::string_view lines) {
  return "steps:\n  a:\n    " + std::string(lines) + "\n";
}

/// The error of a step in a folder with some files.
std::string step_error(std::string_view lines) {
  const SpecFolder folder(one_step(lines));
  folder.write("src/run.sh");
  folder.write("src/train.py");
  folder.write("src/lib/x.py");
  folder.write("data.csv");
  folder.write("dir/x");
  return folder.error();
}

}  // namespace

TEST_CASE("a misspelt key is reported with place, caret, nearest name and what is known") {
  CHECK(error_of("name: x\nsteps:\n  prep:\n    scirpt_name: prep.py\n    command: x\n") ==
        "p.yaml:4:5: error: unknown key 'scirpt_name' in the step 'prep' (did you mean "
        "'script_name'?)\n"
        "    4 |     scirpt_name: prep.py\n"
        "      |     ^\n"
        "      = expected one of: additional_includes, allow_reuse, arguments, command, component, "
        "compute_target, depends_on, description, distribution, environment, "
        "environment_variables, hash_paths, include, inputs, isolation, limits, outputs, "
        "pass_environment, resources, retry, script_name, source_directory, type");
  CHECK(error_of("nmae: x\nsteps: {a: {command: x}}\n")
            .find("p.yaml:1:1: error: unknown key 'nmae' in the pipeline (did you mean 'name'?)") ==
        0);
}

TEST_CASE("all problems of a file are reported in one go, in the order of the lines") {
  CHECK(error_of("settings: {default_compute: x}\n"
                 "steps:\n"
                 "  a:\n"
                 "    command: echo ${{inputs.y}}\n"
                 "    resources: {cpus: 0, memory: 8}\n"
                 "  b: {command: x, depends_on: [c]}\n") ==
        "p.yaml:1:12: error: 'default_compute' belongs to a file with 'jobs:' (Azure ML CLI v2); "
        "here it is 'default_compute_target'\n"
        "    1 | settings: {default_compute: x}\n"
        "      |            ^\n"
        "      = expected one of: continue_on_step_failure, default_compute_target, "
        "default_datastore, regenerate_outputs\n"
        "p.yaml:4:19: error: '${{inputs.y}}': the step 'a' has no input 'y'\n"
        "    4 |     command: echo ${{inputs.y}}\n"
        "      |                   ^\n"
        "      = it has none\n"
        "p.yaml:5:23: error: 'cpus' must be a whole number, at least 1, not '0'\n"
        "    5 |     resources: {cpus: 0, memory: 8}\n"
        "      |                       ^\n"
        "p.yaml:5:34: error: 'memory' must be an amount of memory with its unit, not '8'\n"
        "    5 |     resources: {cpus: 0, memory: 8}\n"
        "      |                                  ^\n"
        "      = for example 512MB, 8GB or 1.5GiB\n"
        "p.yaml:6:32: error: the pipeline has no step 'c' (did you mean 'a'?)\n"
        "    6 |   b: {command: x, depends_on: [c]}\n"
        "      |                                ^\n"
        "      = it has a, b");
}

TEST_CASE("the top keys decide the spelling, and must not say both") {
  CHECK(error_of("steps: {a: {command: x}}\njobs: {}\n") ==
        "p.yaml:2:1: error: the file has both 'steps' and 'jobs'\n"
        "    2 | jobs: {}\n"
        "      | ^\n"
        "      = 'steps' is mlpipe's own spelling, 'jobs' and 'type' are Azure ML's (CLI v2): use "
        "one "
        "of them");
  CHECK(error_of("type: pipeline\nsteps: {}\n").find("p.yaml:2:1: error: the file has both") == 0);
  CHECK(error_of("name: x\n").find("p.yaml:1:1: error: the file has no steps") == 0);
  CHECK(error_of("step: {}\n").find("unknown key 'step' (did you mean 'steps'?)") !=
        std::string::npos);
  CHECK(error_of("- a\n").find("a pipeline file must be a map, not a list") != std::string::npos);
  CHECK(error_of("just text\n").find("a pipeline file must be a map, not text") !=
        std::string::npos);
  CHECK(error_of("steps: {}\n").find("p.yaml:1:1: error: the pipeline has no steps") == 0);
  CHECK(error_of("steps:\n").find("p.yaml:1:1: error: the pipeline has no steps") == 0);
  CHECK(error_of("steps: [a]\n").find("'steps' must be a map from names to steps, not a list") !=
        std::string::npos);
  CHECK(error_of("steps: {a: x}\n").find("the step 'a' must be a map, not text") !=
        std::string::npos);
  CHECK(error_of("").find("p.yaml:1:1: error: the file is empty") == 0);
}

TEST_CASE("a missing pipeline file is not found") {
  const SpecFolder folder;
  CHECK(folder.error({}, ErrorKind::not_found).find("there is no such file") != std::string::npos);
}

TEST_CASE("a step has either a script or a command") {
  CHECK(step_error("source_directory: src\n    script_name: run.sh\n    command: x") ==
        "p.yaml:4:18: error: the step 'a' has both 'script_name' and 'command'\n"
        "    4 |     script_name: run.sh\n"
        "      |                  ^\n"
        "      = a step has either a script with arguments or a command");
  CHECK(step_error("source_directory: src") ==
        "p.yaml:2:3: error: the step 'a' does not say what to run\n"
        "    2 |   a:\n"
        "      |   ^\n"
        "      = expected script_name: … or command: …");
  CHECK(step_error("command: x\n    arguments: [a]").find("has both 'arguments' and 'command'") !=
        std::string::npos);
  CHECK(step_error("command: [a, b]").find("'command' must be text, not a list") !=
        std::string::npos);
  CHECK(step_error("command: ''").find("'command' is empty") != std::string::npos);
}

TEST_CASE("a script must be in its source directory") {
  CHECK(step_error("command: x\n    source_dir: src")
            .find("unknown key 'source_dir' in the step 'a' (did you mean 'source_directory'?)") !=
        std::string::npos);
  CHECK(step_error("script_name: run.sh") ==
        "p.yaml:2:3: error: the step 'a' has a script, but no source directory\n"
        "    2 |   a:\n"
        "      |   ^\n"
        "      = add source_directory: … , the folder that holds run.sh");
  const SpecFolder folder(one_step("source_directory: src\n    script_name: rum.sh"));
  folder.write("src/run.sh");
  CHECK(folder.error() ==
        "p.yaml:4:18: error: the script 'rum.sh' is not in the source directory (did you mean "
        "'run.sh'?)\n"
        "    4 |     script_name: rum.sh\n"
        "      |                  ^\n"
        "      = looked at src/rum.sh");
  CHECK(step_error("source_directory: src\n    script_name: lib")
            .find("the script 'lib' is not a file") != std::string::npos);
  CHECK(step_error("source_directory: src\n    script_name: lib/x.py").empty());
  for (const auto* script : {"../src/run.sh", "/bin/sh", "lib/../../x"})
    CHECK(step_error(std::string("source_directory: src\n    script_name: ") + script)
              .find("leads out of the source directory") != std::string::npos);
  CHECK(step_error("source_directory: nowhere\n    script_name: run.sh")
            .find("p.yaml:3:23: error: the source directory 'nowhere' does not exist\n") == 0);
  CHECK(step_error("source_directory: data.csv\n    script_name: run.sh")
            .find("the source directory 'data.csv' is a file, not a folder") != std::string::npos);
}

TEST_CASE("include and hash_paths must exist") {
  CHECK(step_error("source_directory: src\n    command: x\n    include: [run.sh, gone]")
            .find("p.yaml:5:23: error: 'gone' is not in the source directory") == 0);
  CHECK(step_error("source_directory: src\n    command: x\n    include: [../data.csv]")
            .find("'../data.csv' leads out of the source directory") != std::string::npos);
  CHECK(step_error("source_directory: src\n    command: x\n    hash_paths: [../gone.json]") ==
        "p.yaml:5:18: error: the path '../gone.json' of 'hash_paths' does not exist\n"
        "    5 |     hash_paths: [../gone.json]\n"
        "      |                  ^\n"
        "      = looked at gone.json");
  CHECK(step_error("command: x\n    hash_paths: [a]").find("which this step does not have") !=
        std::string::npos);
}

TEST_CASE("a script that include leaves out is added to it") {
  const SpecFolder folder(
      one_step("source_directory: src\n    script_name: run.sh\n    include: [./train.py]"));
  folder.write("src/run.sh");
  folder.write("src/train.py");
  CHECK(folder.read().steps.at(0).sources->include == Texts{"train.py", "run.sh"});
}

TEST_CASE("names of steps, inputs and outputs are checked") {
  CHECK(error_of("steps:\n  1a: {command: x}\n")
            .find("p.yaml:2:3: error: '1a' cannot be the name of a step") == 0);
  CHECK(error_of("steps: {a b: {command: x}}\n").find("'a b' cannot be the name of a step") !=
        std::string::npos);
  CHECK(error_of("steps: {a-b_C: {command: x}}\n").empty());
  CHECK(
      step_error("command: x\n    inputs: {a-b: 1}").find("'a-b' cannot be the name of an input") !=
      std::string::npos);
  CHECK(step_error("command: x\n    inputs: {Home: 1}").find("the name 'Home' is reserved") !=
        std::string::npos);
  CHECK(step_error("command: x\n    outputs: {path: }").find("the name 'path' is reserved") !=
        std::string::npos);
  CHECK(step_error("command: x\n    inputs: {x: 1, X: 2}")
            .find("p.yaml:4:20: error: 'x' and 'X' differ only in case") == 0);
  CHECK(error_of("parameters: {user: 1}\nsteps: {a: {command: x}}\n")
            .find("the name 'user' is reserved") != std::string::npos);
}

TEST_CASE("paths of inputs must exist and be of their type") {
  CHECK(step_error("command: x\n    inputs: {d: {type: uri_file, path: data.cvs}}") ==
        "p.yaml:4:40: error: the path of the input 'd', 'data.cvs', does not exist (did you mean "
        "'data.csv'?)\n"
        "    4 |     inputs: {d: {type: uri_file, path: data.cvs}}\n"
        "      |                                        ^\n"
        "      = looked at data.cvs");
  CHECK(step_error("command: x\n    inputs: {d: {type: uri_file, path: dir}}")
            .find("the input 'd' is declared as uri_file, but 'dir' is a folder") !=
        std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: {path: data.csv}}")
            .find("the input 'd' is declared as uri_folder, but 'data.csv' is a file") !=
        std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: {type: folder, path: dir}}")
            .find("unknown data type 'folder'") != std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: {path: dir, mode: rw}}")
            .find("unknown input mode 'rw'") != std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: {type: uri_file}}")
            .find("the input 'd' has no path") != std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: [a]}").find("not a list") != std::string::npos);
  CHECK(step_error("command: x\n    inputs: {d: }").find("the input 'd' has no value") !=
        std::string::npos);
  const auto remote_error = [](const std::string& remote) {
    return step_error("command: x\n    inputs: {d: {type: uri_file, path: \"" + remote + "\"}}");
  };
  CHECK(remote_error("abfss://a@b/c").find("mlpipe does not read 'abfss://a@b/c' yet") !=
        std::string::npos);
  for (const auto* named : {"azureml:iris:1", "runs:/1/x"})
    CHECK(remote_error(named).find("the input 'd' is '" + std::string(named) +
                                   "', but nothing is registered here") != std::string::npos);
  CHECK(remote_error("azureml://datastores/d/paths/p").find("the workspace has no datastore 'd'") !=
        std::string::npos);
}

TEST_CASE("a dangling link as an input says where it leads") {
  const SpecFolder folder(one_step("command: x\n    inputs: {d: {type: uri_file, path: link}}"));
  std::filesystem::create_symlink("gone", folder.path("link"));
  CHECK(folder.error().find(
            "the path of the input 'd', 'link', is a link that leads nowhere (link -> gone)") !=
        std::string::npos);
}

TEST_CASE("a bare text that names an existing path is an error that says what to write") {
  CHECK(
      step_error("command: x\n    inputs: {d: ./data.csv}") ==
      "p.yaml:4:17: error: the input 'd' is the text './data.csv', which is also a path that "
      "exists: as text, its contents would not count for reuse\n"
      "    4 |     inputs: {d: ./data.csv}\n"
      "      |                 ^\n"
      "      = write {type: uri_file, path: ./data.csv} if the file is meant, or give the text by "
      "way of a parameter if it is not");
  CHECK(
      step_error("command: x\n    inputs: {d: dir}").find("write {type: uri_folder, path: dir}") !=
      std::string::npos);
  const SpecFolder folder("inputs: {d: p.yaml}\nsteps: {a: {command: x}}\n");
  CHECK(folder.error().find("p.yaml:1:13: error: the input 'd' is the text 'p.yaml'") == 0);
  CHECK(step_error("command: x\n    inputs: {d: other.csv}").empty());
}

TEST_CASE("an argument that names an existing path is a warning") {
  const SpecFolder folder(
      one_step("source_directory: src\n    script_name: run.sh\n    arguments: [./data.csv, "
               "run.sh, gone.csv, "
               "-x, src]"));
  folder.write("src/run.sh");
  folder.write("data.csv");
  CHECK(folder.warnings() ==
        "p.yaml:5:17: warning: the argument './data.csv' is a path that exists, but only its text "
        "counts for reuse\n"
        "    5 |     arguments: [./data.csv, run.sh, gone.csv, -x, src]\n"
        "      |                 ^\n"
        "      = make it an input: {type: uri_file, path: ./data.csv}\n");
}

TEST_CASE("bindings to what does not exist name the nearest") {
  const std::string steps =
      "parameters: {rate: 1}\ninputs: {raw: {path: .}}\n"
      "steps:\n  prep: {command: x, outputs: {clean: }}\n  b:\n    command: x\n    inputs:\n      "
      "v: ";
  CHECK(error_of(steps + "${{steps.perp.outputs.clean}}\n") ==
        "p.yaml:8:10: error: '${{steps.perp.outputs.clean}}': the pipeline has no step 'perp' (did "
        "you mean "
        "'prep'?)\n"
        "    8 |       v: ${{steps.perp.outputs.clean}}\n"
        "      |          ^\n"
        "      = it has prep, b");
  CHECK(error_of(steps + "${{steps.prep.outputs.claen}}\n")
            .find("the step 'prep' has no output 'claen' (did you mean 'clean'?)") !=
        std::string::npos);
  CHECK(error_of(steps + "${{parameters.rat}}\n")
            .find("the pipeline has no parameter 'rat' (did you mean 'rate'?)") !=
        std::string::npos);
  CHECK(error_of(steps + "${{parent.inputs.row}}\n")
            .find("the pipeline has no input or parameter 'row' (did you mean 'raw'?)") !=
        std::string::npos);
  CHECK(error_of(steps + "${{parameters.raw}}\n").find("'raw' is data, not a parameter") !=
        std::string::npos);
  CHECK(error_of(steps + "${{inputs.raw}}\n").find("did you mean ${{parent.inputs.raw}}?") !=
        std::string::npos);
  CHECK(
      error_of(steps + "a ${{parent.inputs.raw}}\n").find("is data and cannot be part of a text") !=
      std::string::npos);
  CHECK(error_of(steps + "${{parents.inputs.raw}}\n").find("unknown expression '") !=
        std::string::npos);
}

TEST_CASE("data must be declared before a command or argument can use it") {
  const std::string steps =
      "inputs: {raw: {path: .}}\noutputs: {o: }\nsteps:\n  p: {command: x, outputs: {c: "
      "\"${{parent.outputs.o}}\"}}\n  b:\n    command: run ";
  CHECK(
      error_of(steps + "${{parent.inputs.raw}}\n")
          .find("p.yaml:6:18: error: '${{parent.inputs.raw}}' is data: the step must have it as an "
                "input") == 0);
  CHECK(error_of(steps + "${{steps.p.outputs.c}}\n")
            .find("add inputs: {c: \"${{steps.p.outputs.c}}\"} and write ${{inputs.c}}") !=
        std::string::npos);
  CHECK(error_of(steps + "${{parent.outputs.o}}\n").find("cannot be used here") !=
        std::string::npos);
  CHECK(error_of(steps + "${{outputs.o}}\n").find("the step 'b' has no output 'o'") !=
        std::string::npos);
  CHECK(error_of(steps + "${{search_space.o}}\n")
            .find("'${{search_space.o}}' has a value in the trial of a sweep only") !=
        std::string::npos);
  CHECK(error_of(steps + "${{inputs.o\n").find("that has no '}}'") != std::string::npos);
}

TEST_CASE("outputs are checked") {
  CHECK(step_error("command: x\n    outputs: {o: {type: uri_file, file_name: a/b}}")
            .find("'a/b' cannot be the name of a file") != std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: {type: uri_file, file_name: ..}}")
            .find("'..' cannot be the name of a file") != std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: {file_name: b}}")
            .find("the output 'o' is a folder and has no file name") != std::string::npos);
  CHECK(
      step_error("command: x\n    outputs: {o: ./out}").find("the output 'o' cannot be './out'") !=
      std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: \"${{parent.outputs.q}}\"}")
            .find("the pipeline has no output 'q'") != std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: {path: \"azureml://datastores/d/paths/p\"}}")
            .find("the workspace has no datastore 'd'") != std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: {path: \"abfss://a@b/c\"}}")
            .find("mlpipe does not write to 'abfss://a@b/c'") != std::string::npos);
  CHECK(step_error("command: x\n    outputs: [o]").find("'outputs' must be a map") !=
        std::string::npos);
  CHECK(step_error("command: x\n    outputs: {o: {mode: x}}").find("unknown output mode 'x'") !=
        std::string::npos);
}

TEST_CASE("wrong types of values are told") {
  CHECK(step_error("command: x\n    allow_reuse: maybe")
            .find("'allow_reuse' must be true or false, not 'maybe'") != std::string::npos);
  CHECK(step_error("command: x\n    limits: {timeout: 1h}")
            .find("'timeout' must be a whole number") != std::string::npos);
  CHECK(step_error("command: x\n    retry: {delay: -1}")
            .find("'delay' must be a number, at least 0") != std::string::npos);
  CHECK(step_error("command: x\n    retry: 3").find("'retry' must be a map, not text") !=
        std::string::npos);
  CHECK(step_error("command: x\n    environment_variables: [A]")
            .find("'environment_variables' must be a map") != std::string::npos);
  CHECK(step_error("command: x\n    environment_variables: {A: [x]}")
            .find("must be a single value, not a list") != std::string::npos);
  CHECK(step_error("command: x\n    pass_environment: {A: 1}").find("must be a list, not a map") !=
        std::string::npos);
  CHECK(step_error("command: x\n    pass_environment: [A=1]")
            .find("to set a value, use environment_variables") != std::string::npos);
  CHECK(step_error("command: x\n    environment: {image: x}")
            .find("'environment' must be a single value") != std::string::npos);
  CHECK(step_error("command: x\n    resources: {instance_count: 2}")
            .find("on several instances yet") != std::string::npos);
  CHECK(error_of("tags: [a]\nsteps: {a: {command: x}}\n").find("'tags' must be a map") !=
        std::string::npos);
  CHECK(error_of("name: [a]\nsteps: {a: {command: x}}\n").find("'name' must be a single value") !=
        std::string::npos);
  CHECK(step_error("source_directory: src\n    script_name: run.sh\n    arguments: x")
            .find("'arguments' must be a list") != std::string::npos);
  CHECK(step_error("source_directory: src\n    script_name: run.sh\n    arguments: [a, ~, {b: 1}]")
            .find("an argument must be a single value, not nothing") != std::string::npos);
}

TEST_CASE("a long line of bytes that are no text is shown around its mistake") {
  const std::string stray(100, '\x91');
  CHECK(error_of("steps: {a: {command: x, " + stray + ": y, script_name: z}}\n")
            .find("error: this is not UTF-8 text (byte 0x91)") != std::string::npos);
  CHECK(error_of("steps: {a: {command: x}, " + stray + stray + stray + ": y}\n").find("error:") !=
        std::string::npos);
}

TEST_CASE("what later versions bring is refused with its line") {
  CHECK(step_error("command: x\n    schedule: y")
            .find("p.yaml:4:5: error: mlpipe does not run 'schedule' yet") == 0);
  for (const auto* type : {"do_while", "if_else", "parallel_for"})
    CHECK(step_error(std::string("type: ") + type)
              .find(std::string("p.yaml:3:11: error: mlpipe does not know steps of type '") + type +
                    "' yet") == 0);
  CHECK(step_error("type: comand").find("unknown step type 'comand'") != std::string::npos);
  CHECK(error_of("steps:\n  s: {type: do_while}\n  t: {command: x, inputs: {i: "
                 "\"${{steps.s.outputs.o}}\"}}\n") ==
        "p.yaml:2:13: error: mlpipe does not know steps of type 'do_while' yet (as the step 's')\n"
        "    2 |   s: {type: do_while}\n"
        "      |             ^\n"
        "      = all steps of a pipeline run: take it out, and leave those that are to run");
}

}  // namespace mlpipe
