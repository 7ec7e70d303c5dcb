// Constructs that published Azure ML files have, and what is said of faults in such files.
#include "spec_folder.h"

namespace mlpipe {

namespace {

/// A CLI v2 pipeline of one step `t` with these lines, and its component c.yml of this text.
struct UsingComponent : SpecFolder {
  explicit UsingComponent(std::string_view component, std::string_view step_lines = "",
                          std::string_view top_lines = "") {
    write("c.yml", component);
    write("data/x");
    write("p.yaml", "type: pipeline\n" + std::string(top_lines) +
                        "jobs:\n  t:\n    component: ./c.yml\n" + std::string(step_lines));
  }
};

void begins(const std::string& text, std::string_view beginning) {
  INFO(text);
  CHECK(text.substr(0, beginning.size()) == beginning);
}

void holds(const std::string& text, std::string_view part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

std::size_t errors_in(const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(" error: "); at != std::string::npos; at = text.find(" error: ", at + 1))
    ++count;
  return count;
}

constexpr std::string_view with_data =
    "inputs: {d: {type: uri_folder}}\ncommand: ls ${{inputs.d}}\n";

}  // namespace

TEST_CASE("an input takes each mode that Azure ML has; what may be written to is a copy") {
  const auto mode = [](const std::string& word) {
    const auto folder = UsingComponent(
        "inputs: {d: {type: uri_folder, mode: " + word + "}}\ncommand: ls ${{inputs.d}}\n",
        "    inputs: {d: {path: data}}\n");
    return folder.read().steps.at(0).inputs.at(0).mode;
  };
  for (const auto* word : {"ro_mount", "mount", "RO_Mount", "upload", "link", "eval_mount"})
    CHECK(mode(word) == InputMode::ro_mount);
  for (const auto* word : {"rw_mount", "RW_MOUNT", "download", "eval_download"})
    CHECK(mode(word) == InputMode::download);
  CHECK(mode("direct") == InputMode::direct);
  CHECK(SpecFolder("outputs: {o: {mode: ro_mount}}\njobs:\n  t:\n    command: x\n    outputs: {o: "
                   "{mode: Link}}\n")
            .error()
            .empty());
}

TEST_CASE("the type path is a folder, which may be a file") {
  const auto folder = UsingComponent(
      "inputs: {d: {type: path}}\noutputs: {o: {type: path}}\ncommand: ls ${{inputs.d}}\n",
      "    inputs: {d: {path: data/x}}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(step.inputs.at(0).type == DataType::uri_file);
  CHECK(step.outputs.at(0).type == DataType::uri_folder);
}

TEST_CASE("a plain value may be written as {value: X}") {
  const SpecFolder folder(
      "inputs: {a: {value: 15}, b: {value: true}}\njobs:\n  t:\n    command: echo ${{inputs.x}} "
      "${{inputs.y}} ${{inputs.z}}\n    inputs: {x: {value: \"${{parent.inputs.a}}\"}, y: "
      "\"${{parent.inputs.b}}\", z: {value: words}}\n");
  CHECK(command_of(folder.read().steps.at(0)) == "echo 15 True words");
  CHECK(command_of(folder.read({.parameters = {{"a", "16"}}}).steps.at(0)) == "echo 16 True words");
  holds(error_of("inputs: {a: {value: [1]}}\njobs: {t: {command: x}}\n"), "unknown key 'value'");
}

TEST_CASE("code may be one file, which is all of the sources") {
  const SpecFolder folder("jobs: {t: {code: ./src/train.py, command: python train.py}}\n");
  folder.write("src/train.py");
  folder.write("src/other.py");
  const auto step = folder.read().steps.at(0);
  CHECK(step.sources->directory == folder.path("src"));
  CHECK(step.sources->include == Texts{"train.py"});
  folder.write("p.yaml",
               "jobs: {t: {code: ./src/train.py, command: x, outputs: {o: {type: uri_file, path: "
               "src/train.py}}}}\n");
  holds(folder.error(), "would change the sources of 't'");
  folder.write("p.yaml", "jobs: {t: {code: ./src/train.py, include: [a], command: x}}\n");
  holds(folder.error(), "'include' chooses from a folder, but 'code' names a file");
  folder.write("p.yaml", "steps: {t: {source_directory: ./src/train.py, command: x}}\n");
  holds(folder.error(), "is a file, not a folder");
}

TEST_CASE("a component whose code is its own file has that file as its sources") {
  const auto step = UsingComponent("code: c.yml\ncommand: cat c.yml\n").read().steps.at(0);
  CHECK(step.sources->include == Texts{"c.yml"});
  CHECK(step.sources->left_out.empty());
}

TEST_CASE("what a step gives outside of enum, min and max is warned of, as Azure ML takes it") {
  const std::string_view component =
      "inputs: {k: {type: string, enum: [\"True\", \"False\"]}, n: {type: number, max: 8, default: "
      "10}}\ncommand: echo ${{inputs.k}} ${{inputs.n}}\n";
  const auto folder = UsingComponent(component, "    inputs: {k: 224, n: 9}\n");
  CHECK(command_of(folder.read().steps.at(0)) == "echo 224 9");
  const auto warnings = folder.warnings();
  holds(warnings, "p.yaml:5:17: warning: the parameter 'k' takes True or False, not '224'");
  holds(warnings, "p.yaml:5:25: warning: the parameter 'n' must be at most 8, not 9");
  holds(warnings, "c.yml:1:89: warning: the parameter 'n' must be at most 8, not 10");
  // The caller of a pipeline, and our own files, are held to it.
  const SpecFolder own(
      "inputs: {k: {type: string, enum: [a, b], default: a}}\njobs: {t: {command: "
      "\"x ${{parent.inputs.k}}\"}}\n");
  holds(own.error({.parameters = {{"k", "c"}}}, ErrorKind::usage), "takes a or b, not 'c'");
  holds(error_of("parameters: {k: {enum: [a, b], default: c}}\nsteps: {t: {command: x}}\n"),
        "error: the parameter 'k' takes a or b, not 'c'");
}

TEST_CASE("an inline trial may be a whole component") {
  const auto sweep = [](const std::string& trial) {
    return SpecFolder(
        "jobs:\n  t:\n    type: sweep\n    sampling_algorithm: random\n    objective: "
        "{primary_metric: m, goal: minimize}\n    search_space: {lr: {type: choice, "
        "values: [1]}}\n    note: taken\n    trial: " +
        trial + "\n");
  };
  const std::string good =
      "{command: \"x ${{inputs.lr}}\", inputs: {lr: {type: number}, n: {type: integer, default: "
      "10, optional: false}}, outputs: {o: {}}}";
  CHECK(sweep(good).error().empty());
  CHECK(sweep(good).read().steps.at(0).outputs.size() == 1);
  holds(sweep(good).warnings(), "unknown key 'note' in the step 't', which has no effect");
  holds(sweep("{command: x, inputs: {rate: {type: number}}}").error(), "has no input 'lr'");
  holds(sweep("{inputs: {lr: {type: number}}}").error(), "does not say what to run");
}

TEST_CASE("unknown keys are warned of in components and where one is used, else refused") {
  const auto folder = UsingComponent("command: x\nfuture: {a: [1]}\n", "    comment: some text\n");
  const auto warnings = folder.warnings();
  holds(warnings,
        "p.yaml:5:5: warning: unknown key 'comment' in the step 't', which has no effect");
  holds(warnings, "c.yml:2:1: warning: unknown key 'future' in the component 'c.yml', which");
  holds(error_of("jobs: {t: {command: x, comment: y}}\n"), "unknown key 'comment' in the step 't'");
  holds(error_of("jobs: {t: {component: {command: x}, allow_reuse: false}}\n"),
        "'allow_reuse' belongs to mlpipe's own spelling");
}

TEST_CASE("a key that is missing because it is misspelt is told once") {
  const auto error = error_of(
      "jobs:\n  a: {componet: ./c.yml, outputs: {o: }}\n  b: {command: x, "
      "inputs: {i: \"${{parent.jobs.a.outputs.o}}\"}}\n");
  begins(error,
         "p.yaml:2:7: error: unknown key 'componet' in the step 'a' (did you mean "
         "'component'?)");
  CHECK(errors_in(error) == 1);
  holds(UsingComponent("comand: x\n", "").error(),
        "does not say what to run (did you mean 'command' by 'comand'?)");
}

TEST_CASE("a value in quotes is warned of only if the shell changes it there") {
  const auto warnings = [](const std::string& value, const std::string& command) {
    return SpecFolder("jobs:\n  t:\n    inputs: {v: '" + value + "'}\n    command: " + command +
                      "\n")
        .warnings();
  };
  CHECK(warnings("(.*)\\.jpg", "run \"${{inputs.v}}\"").empty());
  holds(warnings("a\\\\b", "run \"${{inputs.v}}\""), "quote it in the command: '${{inputs.v}}'");
  holds(warnings("a$b", "run ${{inputs.v}}"), "quote it in the command: '${{inputs.v}}'");
  const auto both = warnings("a\"''b", "run \"${{inputs.v}}\"");
  holds(both, "hand it over by environment_variables");
  CHECK(both.find("script_name") == std::string::npos);
}

TEST_CASE("the run's name is nothing that an input can have") {
  const auto folder = UsingComponent(with_data, "    inputs: {d: {path: \"data/${{name}}\"}}\n");
  holds(folder.error(), "it is another name in each run, so that nothing lies there before");
}

TEST_CASE("what is missing in the registry is told once, with the command that registers it") {
  const auto component = error_of("jobs: {t: {component: \"azureml:train:3\"}}\n");
  holds(component, "error: there is no component 'azureml:train:3'");
  const auto data = UsingComponent(with_data, "    inputs: {d: \"${{parent.inputs.raw}}\"}\n",
                                   "inputs: {raw: {type: uri_folder, path: ./dta}}\n");
  begins(data.error(), "p.yaml:2:40: error: the path of the input 'raw', './dta', does not exist");
  CHECK(errors_in(data.error()) == 1);
}

TEST_CASE("a faulty data input of the pipeline is told once, at its line") {
  const auto error = [](std::string_view input) {
    return UsingComponent(with_data, "    inputs: {d: \"${{parent.inputs.raw}}\"}\n",
                          "inputs: {raw: {" + std::string(input) + "}}\n")
        .error();
  };
  const auto type = error("type: uri_fil, path: ./data");
  begins(type, "p.yaml:2:22: error: unknown data type 'uri_fil' (did you mean 'uri_file'?)");
  holds(type,
        "expected uri_file, uri_folder, mltable, mlflow_model, custom_model or triton_model; "
        "for a value string, integer, number or boolean");
  CHECK(errors_in(type) == 1);
  CHECK(errors_in(error("type: uri_folder, path: ./datta")) == 1);
  const auto number = error("type: float, default: 3, min: 0");
  begins(number, "p.yaml:2:22: error: unknown data type 'float' (did you mean 'number'?)");
  CHECK(errors_in(number) == 1);
}

TEST_CASE("a component's input of an unknown type makes no further errors") {
  const auto folder =
      UsingComponent("inputs: {n: {type: float, default: 3, min: 0}}\ncommand: x ${{inputs.n}}\n",
                     "    inputs: {n: 0.1}\n");
  begins(folder.error(), "c.yml:1:20: error: unknown data type 'float' (did you mean 'number'?)");
  CHECK(errors_in(folder.error()) == 1);
}

TEST_CASE("a bad value is told where it was written, though nested pipelines handed it on") {
  const SpecFolder folder;
  folder.write("c.yml", "inputs: {k: {type: integer}}\ncommand: x ${{inputs.k}}\n");
  folder.write("inner.yml",
               "type: pipeline\ninputs: {k: {type: string}}\njobs:\n  first:\n    component: "
               "./c.yml\n    inputs: {k: \"${{parent.inputs.k}}\"}\n");
  folder.write("p.yaml",
               "inputs: {all: many}\njobs:\n  a: {component: ./inner.yml, inputs: {k: few}}\n  b: "
               "{component: ./inner.yml, inputs: {k: \"${{parent.inputs.all}}\"}}\n");
  const auto error = folder.error();
  holds(error, "p.yaml:1:15: error: the parameter 'k' takes an integer, not 'many'\n");
  holds(error, "= the step 'b/first' hands it to the component 'c.yml': inner.yml:6:17");
  holds(error, "p.yaml:3:43: error: the parameter 'k' takes an integer, not 'few'\n");
  CHECK(errors_in(error) == 2);
  holds(folder.error({.parameters = {{"all", "lots"}}}),
        "p.yaml:1:10: error: the parameter 'k' takes an integer, not 'lots' (-p all=lots)");
}

TEST_CASE("a number is no data") {
  const auto folder = UsingComponent(with_data, "    inputs: {d: \"${{parent.inputs.r}}\"}\n",
                                     "inputs: {r: 0.2}\n");
  begins(folder.error(),
         "p.yaml:6:17: error: '${{parent.inputs.r}}' is '0.2', a number, but the "
         "component 'c.yml' takes data for its input 'd'");
}

TEST_CASE("an expression with other braces is told where no path is found") {
  holds(UsingComponent(with_data, "    inputs: {d: {path: \"${parent.inputs.r}\"}}\n").error(),
        "if an expression is meant, write ${{parent.inputs.r}}");
}

TEST_CASE("an input with nothing behind it says what may stand there") {
  const auto folder = UsingComponent(
      "inputs: {n: {type: number, default: 1}}\ncommand: x ${{inputs.n}}\n", "    inputs: {n: }\n");
  holds(folder.error(),
        "write a number for it, or take the line out: the component 'c.yml' has a default");
}

TEST_CASE("a component's command knows the component's inputs alone") {
  const auto folder = UsingComponent(
      "inputs: {n: {type: number, default: 1}}\ncommand: x ${{parent.inputs.n}}\n", "");
  holds(folder.error(), "c.yml:2:12: error: '${{parent.inputs.n}}' has no value here");
  holds(folder.error(), "= write ${{inputs.n}}");
}

TEST_CASE("of control flow nothing but its type is told") {
  const auto error = error_of(
      "jobs:\n  a:\n    type: if_else\n    condition: x\n    true_block: y\n  b: {component: "
      "{command: x, outputs: {o: {type: boolean, is_control: true}}}}\n");
  holds(error, "p.yaml:3:11: error: mlpipe does not know steps of type 'if_else' yet");
  holds(error, "mlpipe does not run 'is_control' yet (in the output 'o')");
  CHECK(errors_in(error) == 2);
}

TEST_CASE("a prompt flow is called one") {
  const auto folder = UsingComponent("inputs: {}\nnodes: [{name: a}]\n",
                                     "    type: parallel\n    connections: {a: b}\n");
  begins(folder.error(),
         "p.yaml:4:16: error: the component 'c.yml' is a prompt flow, which mlpipe "
         "does not run");
  CHECK(errors_in(folder.error()) == 1);
}

TEST_CASE("several instances are told once") {
  const auto folder =
      UsingComponent("command: x\ndistribution: {type: pytorch}\nresources: {instance_count: 2}\n",
                     "    distribution: {type: pytorch, process_count_per_instance: 2}\n");
  const auto warnings = folder.warnings();
  begins(warnings, "p.yaml:5:19: warning: the processes of the 2 instances of 't' all run on one");
  CHECK(warnings.find("instances", 60) == std::string::npos);
}

TEST_CASE("a component that two steps use tells its warnings once") {
  const SpecFolder folder("jobs: {a: {component: ./c.yml}, b: {component: ./c.yml}}\n");
  folder.write("c.yml", "command: x\nfuture: y\n");
  CHECK(folder.read().warnings.size() == 1);
}

TEST_CASE("an optional input without value makes no variable, and nothing in a text") {
  const SpecFolder folder;
  folder.write("c.yml", "inputs: {names: {type: string}}\ncommand: x ${{inputs.names}}\n");
  folder.write("inner.yml",
               "type: pipeline\ninputs: {a: {type: string}, b: {type: string, optional: true}}\n"
               "jobs:\n  first:\n    component: ./c.yml\n    inputs: {names: "
               "'${{parent.inputs.a}},${{parent.inputs.b}}'}\n    environment_variables: {ONE: "
               "'${{parent.inputs.b}}', TWO: '<${{parent.inputs.b}}>'}\n");
  folder.write("p.yaml", "jobs: {t: {component: ./inner.yml, inputs: {a: text}}}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(command_of(step) == "x text,");
  CHECK(step.settings->environment_variables == std::map<std::string, std::string>{{"TWO", "<>"}});
  holds(folder.warnings(),
        "inner.yml:6:43: warning: '${{parent.inputs.b}}' has no value: nothing "
        "stands in its place in the input 'names'");
}

TEST_CASE("paths may begin with file: and end in /**") {
  for (const auto* path : {"file:./data", "data/**", "file:data"}) {
    const auto folder =
        UsingComponent(with_data, "    inputs: {d: {path: \"" + std::string(path) + "\"}}\n");
    const auto step = folder.read().steps.at(0);
    CHECK(path_source(step.inputs.at(0).source)->path == folder.path("data"));
  }
}

TEST_CASE("data of a component may have a default") {
  const auto folder = UsingComponent(
      "inputs: {d: {type: uri_folder, default: ./data}}\ncommand: ls ${{inputs.d}}\n", "");
  const auto step = folder.read().steps.at(0);
  CHECK(path_source(step.inputs.at(0).source)->path == folder.path("data"));
}

TEST_CASE("a whole number with a point is an integer's default") {
  const auto folder =
      UsingComponent("inputs: {n: {type: integer, default: 5.0}}\ncommand: x ${{inputs.n}}\n", "");
  CHECK(command_of(folder.read().steps.at(0)) == "x 5");
}

TEST_CASE("the caller gives what a file that names its pipeline leaves out") {
  const SpecFolder folder;
  folder.write("data/x");
  folder.write("inner.yml",
               "type: pipeline\ninputs: {d: {type: uri_folder}}\njobs:\n  t:\n    command: ls "
               "${{inputs.d}}\n    inputs: {d: \"${{parent.inputs.d}}\"}\n");
  folder.write("p.yaml",
               "type: pipeline\ncomponent: ./inner.yml\ninputs: {d: {type: uri_folder}}\n");
  CHECK(folder.read({.inputs = {{"d", folder.path("data")}}}).steps.at(0).inputs.size() == 1);
  holds(folder.error(), "the input 'd' has no path and none was given");
}

TEST_CASE("a file that is not a pipeline is told what it is") {
  holds(error_of("version: 1\ncommand: x\n"), "the file holds a component, which a pipeline runs");
  holds(error_of("type: pipeline\nsteps: {a: {command: x}}\n"), "write jobs:");
  holds(error_of("jobs:\n  a:\n    command: x\n   b: {command: x}\n"), "look at the indentation");
  holds(error_of("outputs: {report: }\njobs: {t: {command: x, outputs: {o: "
                 "\"${{parent.outputs.model}}\"}}}\n"),
        "it has report; or add it: outputs: {model: {path: …}}");
}

}  // namespace mlpipe
