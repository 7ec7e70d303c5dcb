#include "spec_folder.h"

namespace mlpipe {

namespace {

std::string job_error(std::string_view lines) {
  const SpecFolder folder("type: pipeline\njobs:\n  a:\n    " + std::string(lines) + "\n");
  folder.write("train.yml",
               "inputs: {lr: {type: number}, d: {type: uri_folder, optional: true}}\noutputs: {m: "
               "{}}\ncommand: train ${{inputs.lr}} ${{outputs.m}}\n");
  folder.write("src/run.py");
  folder.write("data/x");
  return folder.error();
}

constexpr std::string_view sweep =
    "type: sweep\n    sampling_algorithm: random\n    objective: {goal: maximize, primary_metric: "
    "acc}\n    limits: {max_total_trials: 3}\n    ";

}  // namespace

TEST_CASE("a sweep is read in full and takes part in the graph") {
  const SpecFolder folder("type: pipeline\njobs:\n  a:\n    " + std::string(sweep) +
                          "search_space: {lr: {type: uniform, min_value: 0, max_value: 1}}\n    "
                          "trial: ./train.yml\n  b: {command: \"ls ${{inputs.m}}\", inputs: {m: "
                          "\"${{parent.jobs.a.outputs.m}}\"}}\n");
  folder.write("train.yml",
               "inputs: {lr: {type: number}}\noutputs: {m: {}}\ncommand: train ${{inputs.lr}}\n");
  const auto pipeline = folder.read();
  CHECK(std::get<OtherAction>(pipeline.steps.at(0).action).type == "sweep");
  CHECK(source_of(pipeline, pipeline.steps.at(1), "m") == "a.m");
}

TEST_CASE("what is wrong with a sweep is told") {
  const auto error = [](const std::string& lines) { return job_error(std::string(sweep) + lines); };
  const std::string trial = "\n    trial: ./train.yml";
  CHECK(error("search_space: {lr: {type: uniform, min_value: 0, max_value: 1}}" + trial).empty());
  CHECK(error("search_space: {lr: {type: unifrom}}" + trial)
            .find("unknown distribution 'unifrom' of 'lr' in the search space (did you mean "
                  "'uniform'?)") != std::string::npos);
  CHECK(error("search_space: {lr: {type: uniform, min_value: 0}}" + trial)
            .find("is of type uniform and has no 'max_value'") != std::string::npos);
  CHECK(error("search_space: {lr: {type: choice, values: 3}}" + trial)
            .find("'values' of 'lr' must be a list") != std::string::npos);
  CHECK(error("search_space: {lr: {type: randint, upper: 3, q: 1}}" + trial).find("takes no 'q'") !=
        std::string::npos);
  CHECK(error("search_space: {rl: {type: randint, upper: 3}}" + trial)
            .find("has no input 'rl' (did you mean 'lr'?)") != std::string::npos);
  CHECK(error("search_space: {d: {type: choice, values: [a]}}" + trial)
            .find("gives no value for the input 'lr'") != std::string::npos);
  CHECK(
      error("search_space: {lr: {type: randint, upper: 3}}").find("the step 'a' has no 'trial'") !=
      std::string::npos);
  CHECK(error("search_space: {lr: {type: randint, upper: 3}}\n    trial: {command: \"x "
              "${{search_space.lr}}\"}")
            .empty());
  CHECK(error("early_termination: {type: bandit}\n    search_space: {lr: {type: randint, upper: "
              "3}}" +
              trial)
            .find("needs 'slack_factor' or 'slack_amount'") != std::string::npos);
  CHECK(job_error("type: sweep\n    sampling_algorithm: grd\n    objective: {goal: up, "
                  "primary_metric: x}\n    search_space: {lr: {type: randint, upper: 3}}" +
                  trial)
            .find("cannot be 'grd' (did you mean 'grid'?)") != std::string::npos);
}

TEST_CASE("a parallel step is checked") {
  const std::string good =
      "type: parallel\n    inputs: {d: {path: data}}\n    input_data: ${{inputs.d}}\n    "
      "mini_batch_size: \"2\"\n    retry_settings: {max_retries: 2, timeout: 60}\n    task: {type: "
      "run_function, code: ./src, entry_script: run.py, environment: azureml:e:1}";
  CHECK(job_error(good).empty());
  CHECK(job_error("type: parallel\n    input_data: x").find("has no 'task'") != std::string::npos);
  CHECK(job_error(good + "\n    error_threshold: many").find("must be a whole number") !=
        std::string::npos);
  CHECK(job_error(good + "\n    logging_level: LOUD").find("cannot be 'LOUD'") !=
        std::string::npos);
  CHECK(job_error(good + "\n    mini_batch: 2").empty());  // warned of
  CHECK(job_error("type: parallel\n    input_data: x\n    task: {type: run_function, code: ./scr, "
                  "entry_script: run.py}")
            .find("'./scr', does not exist (did you mean 'src'?)") != std::string::npos);
}

TEST_CASE("the other kinds of work are checked") {
  CHECK(job_error("type: automl\n    task: classification\n    training_data: x\n    "
                  "target_column_name: y\n    limits: {max_trials: 3}\n    outputs: {best_model: "
                  "{type: mlflow_model}}")
            .empty());
  CHECK(job_error("type: automl\n    task: clasification\n    training_data: x")
            .find("(did you mean 'classification'?)") != std::string::npos);
  CHECK(job_error("type: spark\n    code: ./src\n    entry: {file: run.py}\n    conf: {a: 1}")
            .empty());
  CHECK(job_error("type: spark\n    code: ./src").find("has no 'entry'") != std::string::npos);
  CHECK(job_error("type: data_transfer\n    task: copy_data\n    data_copy_mode: fail_if_conflict")
            .empty());
  CHECK(job_error("type: data_transfer\n    task: move").find("cannot be 'move'") !=
        std::string::npos);
  CHECK(
      job_error("type: import\n    source: {type: database}\n    output: {type: mltable}").empty());
}

TEST_CASE("data that an automl step names is an edge of the graph") {
  const std::string text =
      "type: pipeline\njobs:\n  p: {command: x, outputs: {o: }}\n  a: {type: automl, task: "
      "regression, training_data: \"${{parent.jobs.p.outputs.o}}\"}\n";
  const auto pipeline = SpecFolder(text).read();
  CHECK(source_of(pipeline, pipeline.steps.at(1), "training_data") == "p.o");
  auto misspelt = text;
  misspelt.replace(misspelt.find("jobs.p."), 7, "jobs.q.");
  CHECK(error_of(misspelt).find("the pipeline has no step 'q'") != std::string::npos);
}

TEST_CASE("a component of another kind is checked by itself") {
  const SpecFolder folder(
      "type: pipeline\njobs:\n  a: {type: parallel, component: ./par.yml, inputs: {d: {path: "
      "data}}}\n");
  folder.write("data/x");
  folder.write("par.yml",
               "type: parallel\ninputs: {d: {type: uri_folder}}\ninput_data: ${{inputs.d}}\n"
               "mini_batch_size: [a]\n");
  const auto error = folder.error();
  CHECK(error.find("par.yml:1:1: error: the component 'par.yml' has no 'task'") !=
        std::string::npos);
  CHECK(error.find("par.yml:4:18: error: 'mini_batch_size' of the component 'par.yml' must be a "
                   "single value") != std::string::npos);
}

TEST_CASE("what a single job or a component cannot hold is told") {
  CHECK(error_of("type: command\ncommand: x\ncomponent: ./a.yml\n")
            .find("p.yaml:3:1: error: a file that holds a single job has no 'component'") !=
        std::string::npos);
  CHECK(error_of("type: parallel\ninput_data: x\ntask: {type: run_function, entry_script: a}\n")
            .find("a job of type 'parallel' is a step of a pipeline, not a file") !=
        std::string::npos);
  CHECK(job_error("component: {jobs: {a: {command: x}}, command: y}")
            .find("the component is a pipeline and has no 'command'") != std::string::npos);
  CHECK(job_error("command: x\n    distribution: {type: mpi, worker_count: 2}")
            .find("a distribution of type mpi has no 'worker_count'") != std::string::npos);
}

TEST_CASE("a file may hold a single job") {
  const SpecFolder folder(
      "$schema: x\ntype: command\ndisplay_name: hello\nexperiment_name: e\ntags: {a: b}\ncommand: "
      "echo ${{inputs.lr}} ${{inputs.type}} $[[${{inputs.no}}]] > ${{outputs.o}}/x\ncode: "
      "src\nenvironment: {image: x}\ncompute: azureml:c\ninputs:\n  lr: 0.1\n  type: https://x\n"
      "  no: {type: string, optional: true}\noutputs: {o: {path: ./out}}\nservices: {j: {type: "
      "jupyter_lab}}\n");
  folder.write("src/x");
  const auto pipeline = folder.read({.parameters = {{"lr", "0.5"}}});
  CHECK(pipeline.name == "hello");
  CHECK(pipeline.experiment_name == "e");
  REQUIRE(pipeline.steps.size() == 1);
  const auto& step = pipeline.steps[0];
  CHECK(step.name == "p");
  CHECK(command_of(step) == "echo 0.5 https://x  > ‹output:o›/x");
  CHECK(step.settings->compute_target == "c");
  CHECK(*step.outputs.at(0).path == folder.path("out"));
  CHECK(step.sources->left_out.empty());
  CHECK(pipeline.parameters.at(0).value == "0.5");
}

TEST_CASE("first and last steps run before and after all others") {
  const auto text = [](const std::string& settings, const std::string& more = "") {
    return "type: pipeline\nsettings: {" + settings +
           "}\njobs:\n  a: {command: x, outputs: {o: }}\n  b: {command: x" + more +
           "}\n  c: {command: x}\n";
  };
  const auto pipeline = SpecFolder(text("on_init: c, on_finalize: a")).read();
  CHECK(pipeline.steps[0].depends_on.size() == 2);
  CHECK(pipeline.steps[1].depends_on == std::vector{StepId{2}});
  CHECK(pipeline.steps[2].depends_on.empty());
  CHECK(error_of(text("on_init: a, on_finalize: a")).find("name the same step") !=
        std::string::npos);
  CHECK(error_of(text("on_init: d")).find("the pipeline has no step 'd'") != std::string::npos);
  CHECK(error_of(text("on_init: a", ", inputs: {i: \"${{parent.jobs.a.outputs.o}}\"}"))
            .find("the step 'a' of 'on_init' is bound to 'b', by the input 'i'") !=
        std::string::npos);
}

TEST_CASE("distributed steps say how many processes there are") {
  const auto step = [](const std::string& lines) {
    return SpecFolder("type: pipeline\njobs: {a: {command: x, " + lines + "}}\n").read().steps[0];
  };
  const auto pytorch = step(
      "resources: {instance_count: 2}, distribution: {type: PyTorch, "
      "process_count_per_instance: 4}");
  CHECK(pytorch.settings->distribution->kind == Distribution::Kind::pytorch);
  CHECK(pytorch.settings->distribution->processes == 8);
  const auto tensorflow = step(
      "distribution: {type: tensorflow, worker_count: 2, "
      "parameter_server_count: 1}");
  CHECK(tensorflow.settings->distribution->processes == 2);
  CHECK(tensorflow.settings->distribution->parameter_servers == 1);
  CHECK(step("distribution: {type: mpi}").settings->distribution->processes == 1);
  const auto error = [](const std::string& distribution) {
    return error_of("type: pipeline\njobs: {a: {command: x, distribution: " + distribution +
                    "}}\n");
  };
  CHECK(error("{type: mpj}").find("unknown distribution 'mpj' (did you mean 'mpi'?)") !=
        std::string::npos);
  CHECK(error("{process_count_per_instance: 2}").find("does not say of which type") !=
        std::string::npos);
  CHECK(error("{type: mpi, process_count_per_instance: 2000000000}")
            .find("asks for more than 1000 processes") != std::string::npos);
  CHECK(error("{type: mpi, process_count_per_instance: 0}").find("at least 1") !=
        std::string::npos);
}

TEST_CASE("environments that are written where they are used are checked") {
  const auto error = [](const std::string& environment) {
    const SpecFolder folder("type: pipeline\njobs: {a: {command: x, environment: " + environment +
                            "}}\n");
    folder.write("conda.yml");
    folder.write("env.yml", "name: mine\nimage: x\nconda_file: ./conda.yml\n");
    folder.write("bad.yml", "name: mine\nimgae: x\n");
    return folder.error();
  };
  CHECK(error("{image: a, conda_file: ./conda.yml, name: n, version: 1}").empty());
  CHECK(error("{image: a, conda_file: {dependencies: [python=3.9]}}").empty());
  CHECK(error("{build: {path: .}}").empty());
  CHECK(error("file:./env.yml").empty());
  CHECK(error("{image: a, conda_file: ./coda.yml}")
            .find("does not exist (did you mean 'conda.yml'?)") != std::string::npos);
  CHECK(error("{name: n}").find("does not say what it is made from") != std::string::npos);
  CHECK(error("{image: a, build: {path: .}}").find("has both 'image' and 'build'") !=
        std::string::npos);
  CHECK(error("file:./bad.yml")
            .find("unknown key 'imgae' in the environment (did you mean "
                  "'image'?)") != std::string::npos);
  CHECK(error("file:./none.yml").find("cannot read the environment file") != std::string::npos);
}

}  // namespace mlpipe
