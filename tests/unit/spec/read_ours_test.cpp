#include "spec_folder.h"

namespace mlpipe {

namespace {

/// The example of spec-format.md.
constexpr std::string_view census =
    R"(# yaml-language-server: $schema=../schemas/pipeline.schema.json
name: census
description: Prepare, train and report on the census data
experiment_name: census-income          # default: the pipeline's name, else the file's
tags: {team: red, "year": 2026}

parameters:                             # literals a caller may override: -p learning_rate=0.2
  learning_rate: 0.1                    # short form: the default; its YAML type is the type
  epochs: {type: integer, default: 20, min: 1, max: 1000, description: Passes over the data}
  schedule: {type: string, enum: [constant, cosine], default: cosine}
inputs:                                 # data a caller may override: -i raw=PATH
  raw: {type: uri_file, path: ./data/census.csv}
outputs:
  model: {path: ./out/model}            # optional: a copy is put there after success

settings:
  default_compute_target: cluster
  continue_on_step_failure: true
  regenerate_outputs: true

steps:
  prep:
    source_directory: ./prep            # hashed; the step runs in a private copy of it
    script_name: prep.py                # .py python, .R Rscript, .sh bash, else executable bit and #!
    arguments: [--in, "${{inputs.raw}}", --out, "${{outputs.clean}}"]
    inputs:  {raw: "${{parent.inputs.raw}}"}
    outputs: {clean: {type: uri_folder}}

  train:
    description: The long one
    source_directory: ./train
    include: [train.py, lib]
    script_name: train.py
    arguments: [--data, "${{inputs.clean}}", --model, "${{outputs.model}}",
                --lr, "${{inputs.lr}}", "--epochs=${{parameters.epochs}}"]
    inputs:
      clean: ${{steps.prep.outputs.clean}}   # this binding is the edge of the DAG
      lr: ${{parameters.learning_rate}}
    outputs: {model: "${{parent.outputs.model}}"}
    compute_target: gpu-box
    environment: sklearn
    environment_variables: {OMP_NUM_THREADS: "4", MODE: "${{parameters.schedule}}"}
    pass_environment: [HF_HOME, A]
    resources: {cpus: 4, memory: 8GB, gpus: 1}
    limits: {timeout: 3600}
    retry: {max_retries: 2, delay: 10, backoff: 2}
    allow_reuse: false
    hash_paths: [../shared/features.json]    # relative to source_directory; hashed only

  report:
    source_directory: ./report
    command: >-                         # the other form: a shell command, run by bash
      python -m report ${{inputs.model}} > ${{outputs.page}}
    inputs: {model: "${{steps.train.outputs.model}}"}
    outputs: {page: {type: uri_file, file_name: report.html}}
    depends_on: [prep]                  # order without data, where one is really needed
)";

void fill(const SpecFolder& folder) {
  folder.write("data/census.csv");
  folder.write("prep/prep.py");
  folder.write("train/train.py");
  folder.write("train/lib/a.py");
  folder.write("report/report.py");
  folder.write("shared/features.json");
}

}  // namespace

TEST_CASE("the pipeline of the format's description is read in full") {
  const SpecFolder folder(census);
  fill(folder);
  const auto pipeline = folder.read();
  CHECK(pipeline.name == "census");
  CHECK(pipeline.description == "Prepare, train and report on the census data");
  CHECK(pipeline.experiment_name == "census-income");
  CHECK(pipeline.file == folder.path("p.yaml"));
  CHECK_FALSE(pipeline.cli_v2);
  CHECK(pipeline.tags == std::map<std::string, std::string>{{"team", "red"}, {"year", "2026"}});
  CHECK(pipeline.continue_on_step_failure);
  CHECK(pipeline.regenerate_outputs);
  CHECK(pipeline.warnings.empty());

  REQUIRE(pipeline.parameters.size() == 3);
  CHECK(pipeline.parameters[0].name == "learning_rate");
  CHECK(pipeline.parameters[0].type == Parameter::Type::number);
  CHECK(pipeline.parameters[0].value == "0.1");
  CHECK(pipeline.parameters[1].type == Parameter::Type::integer);
  CHECK(pipeline.parameters[1].description == "Passes over the data");
  CHECK(pipeline.parameters[2].value == "cosine");
  REQUIRE(pipeline.inputs.size() == 1);
  CHECK(pipeline.inputs[0].path == folder.path("data/census.csv"));
  CHECK(pipeline.inputs[0].type == DataType::uri_file);

  REQUIRE(pipeline.steps.size() == 3);
  const auto& prep = pipeline.steps[0];
  CHECK(prep.name == "prep");
  CHECK(prep.location.line == 22);
  CHECK(prep.location.column == 3);
  CHECK(prep.sources->directory == folder.path("prep"));
  CHECK(std::get<ScriptAction>(prep.action).script_name == "prep.py");
  CHECK(arguments_of(prep) == Texts{"--in", "‹input:raw›", "--out", "‹output:clean›"});
  REQUIRE(prep.inputs.size() == 1);
  CHECK(path_source(prep.inputs[0].source)->path == folder.path("data/census.csv"));
  CHECK(path_source(prep.inputs[0].source)->text == "./data/census.csv");
  CHECK(prep.inputs[0].type == DataType::uri_file);
  CHECK(prep.inputs[0].mode == InputMode::ro_mount);
  CHECK(prep.settings->compute_target == "cluster");
  CHECK(prep.settings->allow_reuse);
}

TEST_CASE("every key of a step reaches the model") {
  const SpecFolder folder(census);
  fill(folder);
  const auto pipeline = folder.read();
  const auto& train = pipeline.steps.at(1);
  CHECK(train.description == "The long one");
  CHECK(train.sources->include == Texts{"train.py", "lib"});
  CHECK(arguments_of(train) == Texts{"--data", "‹input:clean›", "--model", "‹output:model›", "--lr",
                                     "0.1", "--epochs=20"});
  CHECK(literals_of(train) == Texts{"epochs=20", "lr=0.1", "schedule=cosine"});
  REQUIRE(train.inputs.size() == 1);
  const auto& source = std::get<OutputSource>(train.inputs[0].source);
  CHECK(source.step == StepId{0});
  CHECK(source.output == "clean");
  REQUIRE(train.outputs.size() == 1);
  CHECK(*train.outputs[0].path == folder.path("out/model"));
  CHECK(train.outputs[0].type == DataType::uri_folder);
  CHECK(train.settings->compute_target == "gpu-box");
  CHECK(train.settings->environment == "sklearn");
  CHECK(train.settings->environment_variables ==
        std::map<std::string, std::string>{{"MODE", "cosine"}, {"OMP_NUM_THREADS", "4"}});
  CHECK(train.settings->pass_environment == Texts{"A", "HF_HOME"});
  CHECK(train.settings->resources.cpus == 4);
  CHECK(train.settings->resources.gpus == 1);
  CHECK(train.settings->resources.memory_bytes == 8'000'000'000U);
  CHECK(train.settings->resources.instance_count == 1);
  CHECK(train.settings->timeout == std::chrono::seconds(3600));
  CHECK(train.settings->retry.max_retries == 2);
  CHECK(train.settings->retry.delay_seconds == 10);
  CHECK(train.settings->retry.backoff == 2);
  CHECK_FALSE(train.settings->allow_reuse);
  CHECK(train.sources->hash_paths == Texts{"../shared/features.json"});

  const auto& report = pipeline.steps.at(2);
  CHECK(command_of(report) == "python -m report ‹input:model› > ‹output:page›");
  CHECK(report.outputs.at(0).file_name == "report.html");
  CHECK(report.depends_on == std::vector<StepId>{StepId{0}});
  CHECK(report.settings->environment.empty());
}

}  // namespace mlpipe
