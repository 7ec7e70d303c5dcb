#include "spec_folder.h"

namespace mlpipe {

namespace {

constexpr std::string_view train =
    "type: command\n"
    "name: train\n"
    "version: 1\n"
    "inputs:\n"
    "  data: {type: uri_folder}\n"
    "  lr: {type: number, default: 0.1, min: 0, max: 1}\n"
    "  epochs: {type: integer, optional: true}\n"
    "  kind: {type: string, enum: [small, large], default: small}\n"
    "  shuffle: {type: boolean, default: true}\n"
    "outputs:\n"
    "  model: {type: uri_folder}\n"
    "code: .\n"
    "command: train --data ${{inputs.data}} --lr ${{inputs.lr}} $[[--epochs ${{inputs.epochs}}]] "
    "--kind ${{inputs.kind}} --shuffle ${{inputs.shuffle}} --out ${{outputs.model}}\n";

/// A CLI v2 pipeline with one step `t` that uses train.yml, with these lines below it.
struct TrainFolder : SpecFolder {
  explicit TrainFolder(std::string_view step_lines) {
    write("train.yml", train);
    write("data/x");
    write("p.yaml",
          "type: pipeline\njobs:\n  t:\n    component: ./train.yml\n" + std::string(step_lines));
  }
};

}  // namespace

TEST_CASE("a step takes what it runs from its component, and gives it values") {
  const SpecFolder folder;
  folder.write("train.yml", train);
  folder.write("data/x");
  folder.write("p.yaml",
               "type: pipeline\ninputs: {d: {path: data}, e: 5}\njobs:\n  t:\n    component: "
               "file:./train.yml\n    compute: azureml:gpu\n    inputs: {data: "
               "\"${{parent.inputs.d}}\", lr: 0.2, epochs: \"${{parent.inputs.e}}\"}\n");
  const auto pipeline = folder.read();
  const auto& step = pipeline.steps.at(0);
  CHECK(command_of(step) ==
        "train --data ‹input:data› --lr 0.2 --epochs 5 --kind small --shuffle True --out "
        "‹output:model›");
  CHECK(step.sources->directory == folder.path());
  CHECK(step.sources->left_out == std::vector{folder.path("train.yml")});
  CHECK(step.settings->compute_target == "gpu");
  CHECK(literals_of(step) == Texts{"epochs=5", "kind=small", "lr=0.2", "shuffle=True"});
  CHECK(source_of(pipeline, step, "data") == "data");
  CHECK(pipeline.texts.size() == 2);
}

TEST_CASE("an optional part is dropped with its blanks kept when its input has no value") {
  CHECK(command_of(TrainFolder("    inputs: {data: {path: data}}\n").read().steps.at(0)) ==
        "train --data ‹input:data› --lr 0.1  --kind small --shuffle True --out ‹output:model›");
}

TEST_CASE("values that a component does not take are reported where they are given") {
  const auto error = [](std::string_view lines) { return TrainFolder(lines).error(); };
  CHECK(error("    inputs: {data: {path: data}, epochs: many}\n")
            .find("takes an integer, not 'many'") != std::string::npos);
  CHECK(error("    inputs: {data: {path: data}, leaning_rate: 2}\n")
            .find("the component 'train.yml' has no input 'leaning_rate'") != std::string::npos);
  CHECK(error("    inputs: {lr: 0.2}\n")
            .find("the step 't' gives no value for the input 'data' (uri_folder) of the component "
                  "'train.yml'") != std::string::npos);
  CHECK(error("    inputs: {data: {path: data}}\n    outputs: {modle: {}}\n")
            .find("the component 'train.yml' has no output 'modle' (did you mean 'model'?)") !=
        std::string::npos);
  CHECK(error("    inputs: {data: {path: data}}\n    command: ls\n")
            .find("the step 't' has both 'component' and 'command'") != std::string::npos);
  CHECK(error("    inputs: {data: {path: data}, lr: {path: data}}\n")
            .find("is data, but the component 'train.yml' takes a number for its input 'lr'") !=
        std::string::npos);
  CHECK(error("    type: sweep\n    inputs: {data: {path: data}}\n")
            .find("is of type 'sweep', but") != std::string::npos);
}

TEST_CASE("a whole number may be written with a point, as Azure ML reads it") {
  CHECK(
      command_of(TrainFolder("    inputs: {data: {path: data}, epochs: 5.0}\n").read().steps.at(0))
          .find("--epochs 5 ") != std::string::npos);
}

TEST_CASE("the step's own settings win over its component's") {
  const SpecFolder folder;
  folder.write("c.yml",
               "command: run\nenvironment: azureml:one:1\nenvironment_variables: {A: a, B: b}\n"
               "resources: {instance_count: 1, cpus: 2}\nis_deterministic: false\n");
  folder.write("p.yaml",
               "jobs:\n  t:\n    component: ./c.yml\n    environment_variables: {B: c}\n    "
               "resources: {cpus: 4}\n    limits: {timeout: 9}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(step.settings->environment == "one");
  CHECK(step.settings->environment_variables ==
        std::map<std::string, std::string>{{"A", "a"}, {"B", "c"}});
  CHECK(step.settings->resources.cpus == 4);
  CHECK(step.settings->timeout.count() == 9);
  CHECK_FALSE(step.settings->allow_reuse);
}

TEST_CASE("a component knows only its own inputs") {
  const SpecFolder folder;
  folder.write("c.yml", "inputs: {x: {type: string}}\ncommand: echo ${{parent.inputs.y}}\n");
  folder.write("p.yaml", "inputs: {y: 1}\njobs:\n  t: {component: ./c.yml, inputs: {x: a}}\n");
  CHECK(folder.error().find("c.yml:2:15: error: '${{parent.inputs.y}}' has no value here: a "
                            "component knows its own inputs alone") == 0);
}

TEST_CASE("a component may be written where it is used") {
  const SpecFolder folder(
      "jobs:\n  t:\n    component: {command: \"echo ${{inputs.a}}\", inputs: {a: {type: string, "
      "default: x}}}\n");
  CHECK(command_of(folder.read().steps.at(0)) == "echo x");
}

TEST_CASE("pipelines are nested, and one component is used twice") {
  const SpecFolder folder;
  folder.write("steps/make.yml",
               "inputs: {n: {type: integer}, from: {type: uri_folder, optional: true}}\n"
               "outputs: {o: {}}\n"
               "command: echo ${{inputs.n}} $[[${{inputs.from}}]] > ${{outputs.o}}/f\n");
  folder.write(
      "inner/two.yml",
      "type: pipeline\ninputs: {start: {type: integer, default: 3}}\noutputs: {end: {}}\n"
      "jobs:\n  a: {component: ../steps/make.yml, inputs: {n: "
      "\"${{parent.inputs.start}}\"}}\n"
      "  b:\n    component: ../steps/make.yml\n    inputs: {n: 2, from: "
      "\"${{parent.jobs.a.outputs.o}}\"}\n    outputs: {o: \"${{parent.outputs.end}}\"}\n");
  folder.write("inner/three.yml",
               "type: pipeline\noutputs: {last: {}}\njobs:\n  deep: {type: pipeline, component: "
               "./two.yml, outputs: {end: \"${{parent.outputs.last}}\"}}\n");
  folder.write("p.yaml",
               "type: pipeline\noutputs: {result: {path: ./out}}\njobs:\n"
               "  first: {component: ./inner/two.yml, inputs: {start: 1}}\n"
               "  second:\n    component: ./inner/three.yml\n    depends_on: [first]\n"
               "    outputs: {last: \"${{parent.outputs.result}}\"}\n"
               "  use: {command: \"cat ${{inputs.i}} ${{inputs.j}}\", inputs: {i: "
               "\"${{parent.jobs.first.outputs.end}}\", j: {path: "
               "\"${{parent.jobs.second.outputs.last}}\", mode: download}}}\n");
  const auto pipeline = folder.read();
  Texts names;
  for (const auto& step : pipeline.steps) names.push_back(step.name);
  CHECK(names == Texts{"first/a", "first/b", "second/deep/a", "second/deep/b", "use"});
  CHECK(command_of(step_in(pipeline, "first/a")) == "echo 1  > ‹output:o›/f");
  CHECK(command_of(step_in(pipeline, "second/deep/a")) == "echo 3  > ‹output:o›/f");
  CHECK(source_of(pipeline, step_in(pipeline, "second/deep/b"), "from") == "second/deep/a.o");
  const auto& use = step_in(pipeline, "use");
  CHECK(source_of(pipeline, use, "i") == "first/b.o");
  CHECK(source_of(pipeline, use, "j") == "second/deep/b.o");
  CHECK(use.inputs.at(1).mode == InputMode::download);
  CHECK(*step_in(pipeline, "second/deep/b").outputs.at(0).path == folder.path("out"));
  CHECK(step_in(pipeline, "second/deep/a").depends_on.size() == 2);
  CHECK(pipeline.warnings.empty());
}

TEST_CASE("component files that use each other in a circle are an error") {
  const SpecFolder folder;
  folder.write("a.yml", "type: pipeline\njobs: {x: {component: ./b.yml}}\n");
  folder.write("b.yml", "type: pipeline\njobs: {x: {component: ./a.yml}}\n");
  folder.write("p.yaml", "type: pipeline\njobs: {x: {component: ./a.yml}}\n");
  CHECK(folder.error().find("b.yml:2:23: error: the component files use each other in a circle: "
                            "a.yml -> b.yml -> a.yml") == 0);
  folder.write("p.yaml", "type: pipeline\njobs: {x: {component: ./p.yaml}}\n");
  CHECK(folder.error().find("in a circle: p.yaml -> p.yaml") != std::string::npos);
}

TEST_CASE("components that double at each level stop somewhere") {
  const SpecFolder folder;
  folder.write("l0.yml", "type: pipeline\njobs: {a: {command: x}, b: {command: x}}\n");
  for (int level = 1; level < 25; ++level) {
    const auto below = "./l" + std::to_string(level - 1) + ".yml";
    folder.write(
        "l" + std::to_string(level) + ".yml",
        "type: pipeline\njobs: {a: {component: " + below + "}, b: {component: " + below + "}}\n");
  }
  folder.write("p.yaml", "type: pipeline\njobs: {a: {component: ./l24.yml}}\n");
  CHECK(folder.error().find("the pipeline uses components more than 50000 times") !=
        std::string::npos);
}

TEST_CASE("an optional input of a pipeline does not satisfy what a component needs") {
  const SpecFolder folder;
  folder.write("c.yml", "inputs: {d: {type: uri_folder}}\ncommand: ls ${{inputs.d}}\n");
  folder.write("inner.yml",
               "type: pipeline\ninputs: {d: {type: uri_folder, optional: true}}\njobs: {t: "
               "{component: ./c.yml, inputs: {d: \"${{parent.inputs.d}}\"}}}\n");
  folder.write("p.yaml", "type: pipeline\njobs: {x: {component: ./inner.yml}}\n");
  CHECK(folder.error().find("is optional, but the component 'c.yml' needs its input 'd'") !=
        std::string::npos);
}

TEST_CASE("what a component is missing is told with its place") {
  const SpecFolder folder("jobs:\n  t: {component: ./trian.yml}\n");
  folder.write("train.yml", train);
  CHECK(folder.error().find("p.yaml:2:18: error: cannot read the component file 'trian.yml': there "
                            "is no such file (did you mean 'train.yml'?)") == 0);
  folder.write("p.yaml", "jobs:\n  t: {component: \"azureml:train:1\"}\n");
  CHECK(folder.error().find("nothing is registered here") != std::string::npos);
  folder.write("p.yaml", "jobs:\n  t: {component: [a]}\n");
  CHECK(folder.error().find("a component must be named or written as a map, not a list") !=
        std::string::npos);
  folder.write("p.yaml", "jobs:\n  t: {type: pipeline}\n");
  CHECK(folder.error().find("is a pipeline, but does not say which one") != std::string::npos);
  folder.write("p.yaml", "jobs:\n  t: {component: ./train.yml}\n");
  folder.write("train.yml", "- a\n");
  CHECK(folder.error().find("train.yml:1:1: error: a component must be a map, not a list") == 0);
  folder.write("train.yml", "");
  CHECK_FALSE(folder.error().empty());
}

TEST_CASE("files beside a component are put into its sources under their base names") {
  const SpecFolder folder;
  folder.write("shared/common/util.py");
  folder.write("c/run.py");
  folder.write("c/c.yml",
               "command: python run.py\ncode: .\nadditional_includes: [../shared/common]\n");
  folder.write("p.yaml", "jobs:\n  t: {component: ./c/c.yml}\n");
  CHECK(folder.read().steps.at(0).sources->added == std::vector{folder.path("shared/common")});
  const auto error = [&](const std::string& included) {
    folder.write("c/c.yml",
                 "command: python run.py\ncode: .\nadditional_includes: " + included + "\n");
    return folder.error();
  };
  CHECK(error("[/etc]").find("'/etc' of 'additional_includes' is an absolute path") !=
        std::string::npos);
  CHECK(error("[..]").find("has no name to be put under") != std::string::npos);
  CHECK(error("[../shared/comon]").find("does not exist (did you mean 'common'?)") !=
        std::string::npos);
  CHECK(error("[../shared/common, ../c/../shared/common]").find("which another one has, too") !=
        std::string::npos);
  folder.write("shared/run.py");
  CHECK(error("[../shared/run.py]").find("which the sources have already") != std::string::npos);
  CHECK(error("[../shared/common.zip]").find("zip it before") != std::string::npos);
}

TEST_CASE("a file may name the pipeline that it runs") {
  const SpecFolder folder;
  folder.write("pipe.yml",
               "type: pipeline\ninputs: {n: {type: integer, default: 1}, d: {type: uri_folder}}\n"
               "outputs: {o: {}}\njobs: {a: {command: \"echo ${{inputs.n}} > ${{outputs.o}}/x\", "
               "inputs: {n: \"${{parent.inputs.n}}\", d: \"${{parent.inputs.d}}\"}, outputs: {o: "
               "\"${{parent.outputs.o}}\"}}}\n");
  folder.write("data/x");
  folder.write("p.yaml",
               "type: pipeline\ncomponent: ./pipe.yml\ncompute: azureml:cluster\nexperiment_name: "
               "e\ninputs: {d: {path: data}}\noutputs: {o: {path: ./out}}\n");
  const auto pipeline = folder.read({.parameters = {{"n", "7"}}});
  CHECK(command_of(pipeline.steps.at(0)) == "echo 7 > ‹output:o›/x");
  CHECK(pipeline.steps.at(0).name == "a");
  CHECK(pipeline.steps.at(0).settings->compute_target == "cluster");
  CHECK(*pipeline.steps.at(0).outputs.at(0).path == folder.path("out"));
  CHECK(pipeline.parameters.at(0).value == "7");
  folder.write("p.yaml", "type: pipeline\ncomponent: ./pipe.yml\n");
  const auto error = folder.error();
  CHECK(error.find("pipe.yml:2:42: error: the input 'd' has no path and none was given\n") == 0);
  CHECK(error.find("error:", 30) == std::string::npos);  // once
  CHECK(folder.error({.parameters = {{"m", "7"}}}, ErrorKind::usage).find("no parameter 'm'") !=
        std::string::npos);
}

TEST_CASE("a component in mlpipe's own spelling is used by a step of its own spelling") {
  const SpecFolder folder;
  folder.write("m/train.py");
  folder.write("m/module.yaml",
               "parameters: {lr: 0.1}\ninputs: {d: {type: uri_file}}\noutputs: {m: {type: "
               "uri_file}}\nsource_directory: .\nscript_name: train.py\narguments: [--lr, "
               "\"${{inputs.lr}}\", \"${{inputs.d}}\", \"${{outputs.m}}\"]\n");
  folder.write("d.csv");
  folder.write(
      "p.yaml",
      "steps:\n  t:\n    component: ./m/module.yaml\n    inputs: {d: {type: uri_file, path: "
      "d.csv}, lr: 0.5}\n    retry: {max_retries: 1}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(arguments_of(step) == Texts{"--lr", "0.5", "‹input:d›", "‹output:m›"});
  CHECK(step.settings->retry.max_retries == 1);
}

TEST_CASE("components nested in a long chain, and inputs that double, end in words") {
  const SpecFolder folder;
  for (int i = 0; i < 120; ++i)
    folder.write("c" + std::to_string(i) + ".yml",
                 "type: pipeline\njobs: {a: {component: ./c" + std::to_string(i + 1) + ".yml}}\n");
  folder.write("c120.yml", "command: x\n");
  folder.write("p.yaml", "type: pipeline\njobs: {a: {component: ./c0.yml}}\n");
  CHECK(folder.error().find("components are nested more than 100 deep") != std::string::npos);
  std::string doubling = "type: pipeline\njobs:\n";
  for (int i = 0; i < 40; ++i) {
    const auto next = "${{parent.jobs.s" + std::to_string(i + 1) + ".inputs.x}}";
    doubling +=
        "  s" + std::to_string(i) + ": {command: y, inputs: {x: \"" + next + next + "\"}}\n";
  }
  folder.write("p.yaml", doubling + "  s40: {command: y, inputs: {x: \"\"}}\n");
  CHECK(folder.error().find("leads through more than 10000 other inputs") != std::string::npos);
}

TEST_CASE("a step may use its component's literal inputs in its own environment variables") {
  CHECK(TrainFolder("    inputs: {data: {path: data}, lr: 0.3}\n    environment_variables: {R: "
                    "\"${{inputs.lr}}\"}\n")
            .read()
            .steps.at(0)
            .settings->environment_variables.at("R") == "0.3");
}

}  // namespace mlpipe
