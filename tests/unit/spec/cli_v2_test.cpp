#include "spec_folder.h"

namespace mlpipe {

namespace {

/// In the manner of the published examples of Azure ML.
constexpr std::string_view azure =
    R"($schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json
type: pipeline
name: hello_job
display_name: A hello
description: Says hello
experiment_name: azureml-hello
tags: {kind: demo}
compute: azureml:first-cluster
settings:
  default_datastore: azureml:workspaceblobstore
  default_datestore: azureml:misspelt
  default_compute: azureml:cpu-cluster
  continue_on_step_failure: true
  force_rerun: True
inputs:
  rate: 0.05
  shuffle: true
  where: gpu-cluster
  patience: {type: integer, default: 3, min: 1}
  raw:
    type: uri_folder
    path: ./data
    mode: download
outputs:
  final:
    type: uri_file
    path: ./out/final.txt
    mode: rw_mount
jobs:
  prep_job:
    type: command
    display_name: Prep
    code: ./prep
    command: >-
      python prep.py --in ${{inputs.raw}} --rate ${{inputs.rate}} --shuffle ${{inputs.shuffle}}
      $[[--extra ${{inputs.extra}}]] --out ${{outputs.clean}}
    environment: azureml:sklearn-env@latest
    environment_variables: {A: b}
    inputs:
      raw: ${{parent.inputs.raw}}
      rate: ${{parent.inputs.rate}}
      shuffle: ${{parent.inputs.shuffle}}
      extra: {type: uri_file, optional: true}
    outputs:
      clean:
    is_deterministic: false
  train_job:
    command: cat ${{inputs.clean}} > ${{outputs.model}}; echo ${{inputs.rate}} ${{inputs.flag}}
    environment:
      image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04
      conda_file: ./env.yml
    compute: ${{parent.inputs.where}}
    inputs:
      clean:
        type: uri_file
        path: ${{parent.jobs.prep_job.outputs.clean}}
        mode: ro_mount
      rate: ${{parent.jobs.prep_job.inputs.rate}}
      raw: ${{parent.jobs.prep_job.inputs.raw}}
      flag: False
    outputs:
      model: ${{parent.outputs.final}}
    limits: {timeout: 60}
    resources: {instance_count: 1, instance_type: Standard_DS3_v2, shm_size: 2g}
    identity: {type: user_identity}
)";

}  // namespace

TEST_CASE("an Azure ML pipeline job is read by the same reader") {
  const SpecFolder folder(azure);
  folder.write("data/x.csv");
  folder.write("prep/prep.py");
  folder.write("env.yml");
  const auto pipeline = folder.read();
  CHECK(pipeline.cli_v2);
  CHECK(pipeline.name == "hello_job");
  CHECK(pipeline.experiment_name == "azureml-hello");
  CHECK(pipeline.continue_on_step_failure);
  CHECK(pipeline.regenerate_outputs);
  REQUIRE(pipeline.parameters.size() == 4);
  CHECK(pipeline.parameters[1].value == "True");
  CHECK(pipeline.parameters[3].type == Parameter::Type::integer);
  REQUIRE(pipeline.inputs.size() == 1);
  CHECK(pipeline.inputs[0].path == folder.path("data"));
  CHECK(folder.warnings() ==
        "p.yaml:11:3: warning: unknown setting 'default_datestore', which has no effect "
        "(did you mean 'default_datastore'?)\n"
        "   11 |   default_datestore: azureml:misspelt\n"
        "      |   ^\n");

  REQUIRE(pipeline.steps.size() == 2);
  const auto& prep = pipeline.steps[0];
  CHECK(prep.sources->directory == folder.path("prep"));
  CHECK(command_of(prep) ==
        "python prep.py --in ‹input:raw› --rate 0.05 --shuffle True  --out ‹output:clean›");
  CHECK(literals_of(prep) == Texts{"rate=0.05", "shuffle=True"});
  CHECK(prep.inputs.at(0).mode == InputMode::download);
  CHECK(prep.settings->environment == "sklearn-env");
  CHECK(prep.settings->compute_target == "cpu-cluster");
  CHECK_FALSE(prep.settings->allow_reuse);
  CHECK(prep.outputs.at(0).type == DataType::uri_folder);

  const auto& train = pipeline.steps[1];
  CHECK(command_of(train) == "cat ‹input:clean› > ‹output:model›; echo 0.05 False");
  CHECK(literals_of(train) == Texts{"flag=False", "rate=0.05"});
  CHECK(train.settings->environment == "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04");
  CHECK(train.settings->compute_target == "gpu-cluster");
  REQUIRE(train.inputs.size() == 2);
  CHECK(std::get<OutputSource>(train.inputs[0].source).output == "clean");
  // What is declared as a file is a folder: the thing itself counts.
  CHECK(train.inputs[0].type == DataType::uri_folder);
  CHECK(train.inputs[0].mode == InputMode::ro_mount);
  CHECK(path_source(train.inputs[1].source)->path == folder.path("data"));
  CHECK(*train.outputs.at(0).path == folder.path("out/final.txt"));
  CHECK(train.outputs.at(0).file_name == "final.txt");
  CHECK(train.settings->timeout == std::chrono::seconds(60));
  CHECK(train.sources->directory.empty());
}

TEST_CASE("literal inputs of an Azure ML file are overridden as they please") {
  const SpecFolder folder(
      "type: pipeline\ninputs: {n: 5, b: true}\njobs:\n  a: {command: \"${{inputs.n}} "
      "${{inputs.b}}\", inputs: "
      "{n: \"${{parent.inputs.n}}\", b: \"${{parent.inputs.b}}\"}}\n");
  const auto pipeline = folder.read({.parameters = {{"n", "0.5"}, {"b", "false"}}});
  CHECK(command_of(pipeline.steps.at(0)) == "0.5 False");
}

TEST_CASE("types between ports are not enforced in an Azure ML file") {
  const SpecFolder folder(
      "type: pipeline\ninputs: {f: {type: uri_folder, path: file.txt}}\njobs:\n  a: {command: x, "
      "inputs: {f: {type: "
      "mltable, path: file.txt, mode: eval_mount}, g: \"${{parent.inputs.f}}\"}}\n");
  folder.write("file.txt");
  const auto step = folder.read().steps.at(0);
  CHECK(step.inputs.at(0).type == DataType::uri_file);
  CHECK(step.inputs.at(1).type == DataType::uri_file);
}

TEST_CASE("bare texts in an Azure ML file are text, with a warning if they are paths") {
  const SpecFolder folder(
      "type: pipeline\njobs:\n  a: {command: x, inputs: {type: p.yaml, u: "
      "\"https://example.org/x.csv\"}}\n");
  CHECK(literals_of(folder.read().steps.at(0)) ==
        Texts{"type=p.yaml", "u=https://example.org/x.csv"});
  CHECK(folder.warnings().find("p.yaml:3:34: warning: the input 'type' is the text 'p.yaml'") == 0);
}

TEST_CASE("names of environments are taken out of what refers to them") {
  const auto environment = [](const std::string& text) {
    return SpecFolder("type: pipeline\njobs:\n  a: {command: x, environment: " + text + "}\n")
        .read()
        .steps.at(0)
        .settings->environment;
  };
  CHECK(environment("azureml:env:12") == "env");
  CHECK(environment("azureml:env") == "env");
  CHECK(environment("\"azureml://registries/azureml/environments/sk/labels/latest\"") == "sk");
  CHECK(environment("plain") == "plain");
  CHECK(environment("{name: mine, image: x}") == "mine");
  CHECK(environment("{build: {path: .}}") == "inline");
}

TEST_CASE("our words in an Azure ML file are told what they are called there") {
  const auto error = [](const std::string& lines) {
    return error_of("type: pipeline\njobs:\n  a:\n    command: x\n    " + lines + "\n");
  };
  CHECK(error("source_directory: .")
            .find("p.yaml:5:5: error: 'source_directory' belongs to mlpipe's own spelling, a file "
                  "with 'steps:'; here it is 'code'") == 0);
  CHECK(error("script_name: x")
            .find("'script_name' belongs to mlpipe's own spelling, a file with 'steps:'\n") !=
        std::string::npos);
  CHECK(error("comand: x").find("unknown key 'comand' in the step 'a' (did you mean 'command'?)") !=
        std::string::npos);
  CHECK(error("depends_on: [a]").find("the steps form a cycle") != std::string::npos);
  CHECK(error("retry: {max_retries: 1}").empty());
}

TEST_CASE("what Azure ML has and mlpipe does not run yet is refused with its line") {
  const auto error = [](const std::string& lines) {
    return error_of("type: pipeline\njobs:\n  a:\n    " + lines + "\n");
  };
  for (const auto* type : {"do_while", "if_else", "parallel_for"})
    CHECK(error(std::string("type: ") + type)
              .find(std::string("p.yaml:4:11: error: mlpipe does not know steps of type '") + type +
                    "' yet") == 0);
  CHECK(error("command: x\n    distribution: {type: ray}")
            .find("mlpipe does not run distributions of type 'ray' yet") != std::string::npos);
  CHECK(error("command: x\n    code: azureml:code:1")
            .find("mlpipe does not fetch the source directory 'azureml:code:1' yet") !=
        std::string::npos);
  CHECK(error("command: x\n    resources: {instance_count: 4}").find("on several instances yet") !=
        std::string::npos);
  CHECK(error_of("type: schedule\ncommand: x\n")
            .find("p.yaml:1:7: error: mlpipe does not run files of type 'schedule'") == 0);
  CHECK(error_of("name: s\ntrigger: {type: cron}\ncreate_job: x.yml\n")
            .find("p.yaml:2:1: error: this is a schedule, not a pipeline") == 0);
}

TEST_CASE("inputs that refer to each other in a circle are told") {
  const auto error = error_of(
      "type: pipeline\njobs:\n  a: {command: x, inputs: {i: \"${{parent.jobs.b.inputs.i}}\"}}\n"
      "  b: {command: x, inputs: {i: \"${{parent.jobs.a.inputs.i}}\"}}\n");
  CHECK(error.find("leads back to itself") != std::string::npos);
  CHECK(
      error_of(
          "type: pipeline\njobs:\n  a: {command: x, inputs: {i: \"${{parent.jobs.b.inputs.j}}\"}}\n"
          "  b: {command: x, inputs: {i: 1}}\n")
          .find("the step 'b' has no input 'j' (did you mean 'i'?)") != std::string::npos);
}

TEST_CASE("a file with jobs but no type is Azure ML's") {
  CHECK(SpecFolder("jobs: {a: {command: x}}\n").read().cli_v2);
}

}  // namespace mlpipe
