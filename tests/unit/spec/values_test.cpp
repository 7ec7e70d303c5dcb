#include "spec/set_value.h"
#include "spec_folder.h"

namespace mlpipe {

namespace {

PipelineOverrides with_parameter(std::string name, std::string value) {
  return {.parameters = {{std::move(name), std::move(value)}}};
}

PipelineOverrides with_setting(std::string path, std::string value) {
  return {.settings = {{std::move(path), std::move(value)}}};
}

constexpr std::string_view typed =
    "parameters:\n"
    "  epochs: 20\n"
    "  rate: {type: number, default: 0.1, min: 0, max: 1}\n"
    "  kind: {type: string, enum: [a, b], default: a}\n"
    "  flag: {type: boolean, default: True}\n"
    "  text: hello\n"
    "steps:\n"
    "  s: {command: \"${{parameters.epochs}} ${{parameters.rate}} ${{parameters.kind}} "
    "${{parameters.flag}} ${{parameters.text}}\"}\n";

std::string command_with(const PipelineOverrides& overrides) {
  return command_of(SpecFolder(typed).read(overrides).steps.at(0));
}

std::string usage_error(const PipelineOverrides& overrides) {
  return error_of(typed, overrides, ErrorKind::usage);
}

}  // namespace

TEST_CASE("literals reach the step as written, only booleans change") {
  const SpecFolder folder(
      "parameters: {a: 1e-3, b: 010, c: 12:30, d: yes, e: TRUE, f: \"True\"}\n"
      "steps:\n  s:\n    command: ${{inputs.x}} ${{parameters.a}} ${{parameters.b}} "
      "${{parameters.c}} "
      "${{parameters.d}} ${{parameters.e}} ${{parameters.f}}\n    inputs: {x: 0.10, y: False, z: "
      "'False', w: \"v${{parameters.b}}-${{parameters.e}}\"}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(command_of(step) == "0.10 1e-3 010 12:30 yes true True");
  CHECK(literals_of(step) == Texts{"a=1e-3", "b=010", "c=12:30", "d=yes", "e=true", "f=True",
                                   "w=v010-true", "x=0.10", "y=false", "z=False"});
}

TEST_CASE("an argument stays one argument whatever its value holds") {
  const SpecFolder folder(
      "parameters: {t: 'a b; $HOME'}\nsteps:\n  s:\n    source_directory: src\n    script_name: "
      "r.sh\n"
      "    arguments: ['', \"${{parameters.t}}\", \"x=${{parameters.t}}=${{outputs.o}}\", "
      "'$${{raw}}', 1e3, True]\n"
      "    outputs: {o: }\n");
  folder.write("src/r.sh");
  const auto pipeline = folder.read();
  CHECK(arguments_of(pipeline.steps.at(0)) ==
        Texts{"", "a b; $HOME", "x=a b; $HOME=‹output:o›", "${{raw}}", "1e3", "True"});
  CHECK(pipeline.warnings.empty());
}

TEST_CASE("parameters are overridden by files and by -p, which wins") {
  const SpecFolder folder(typed);
  CHECK(command_of(folder.read().steps.at(0)) == "20 0.1 a true hello");
  folder.write("one.yaml", "epochs: 1\nrate: 0.5\nflag: false\n");
  folder.write("two.yaml", "rate: 0.6\ntext: 007\n");
  const PipelineOverrides overrides{
      .parameter_files = {folder.path("one.yaml"), folder.path("two.yaml")},
      .parameters = {{"kind", "a"}, {"kind", "b"}, {"text", "x y"}}};
  const auto pipeline = folder.read(overrides);
  CHECK(command_of(pipeline.steps.at(0)) == "1 0.6 b false x y");
  CHECK(pipeline.parameters.at(1).value == "0.6");
  CHECK(pipeline.parameters.at(1).default_value == "0.1");
  CHECK(pipeline.parameters.at(3).default_value == "true");
}

TEST_CASE("a value that a parameter does not take is refused") {
  CHECK(usage_error(with_parameter("epochs", "0.5")) ==
        "-p epochs=0.5: the parameter 'epochs' is an integer, as its default 20 is, and does not "
        "take "
        "0.5; to allow it write `epochs: {type: number, default: 20}`");
  CHECK(usage_error(with_parameter("epochs", "many")) ==
        "-p epochs=many: the parameter 'epochs' takes an integer, not 'many'");
  CHECK(usage_error(with_parameter("rate", "1.5")) ==
        "-p rate=1.5: the parameter 'rate' must be at most 1, not 1.5");
  CHECK(usage_error(with_parameter("rate", "-0.5")) ==
        "-p rate=-0.5: the parameter 'rate' must be at least 0, not -0.5");
  CHECK(usage_error(with_parameter("rate", ".nan")).find("must be at least 0") !=
        std::string::npos);
  CHECK(usage_error(with_parameter("kind", "c")) ==
        "-p kind=c: the parameter 'kind' takes a or b, not 'c' (did you mean 'a'?)");
  CHECK(usage_error(with_parameter("flag", "1")) ==
        "-p flag=1: the parameter 'flag' takes a boolean, not '1': write true or false");
  CHECK(
      usage_error(with_parameter("epoch", "1")) ==
      "-p epoch=1: the pipeline has no parameter 'epoch' (did you mean 'epochs'?); it has epochs, "
      "rate, kind, flag, text");
  CHECK(command_with(with_parameter("flag", "False")) == "20 0.1 a false hello");
  CHECK(command_with(with_parameter("rate", "1")) == "20 1 a true hello");
}

TEST_CASE("a parameter file is checked like the pipeline") {
  const SpecFolder folder(typed);
  folder.write("one.yaml", "epoch: 1\nepochs: 2.5\nkind: [a]\n");
  const auto error = folder.error({.parameter_files = {folder.path("one.yaml")}});
  CHECK(error.find("one.yaml:1:1: error: the pipeline has no parameter 'epoch' (did you mean") ==
        0);
  CHECK(error.find("one.yaml:2:9: error: the parameter 'epochs' is an integer") !=
        std::string::npos);
  CHECK(
      error.find("one.yaml:3:7: error: the parameter 'kind' must be a single value, not a list") !=
      std::string::npos);
  folder.write("one.yaml", "- 1\n");
  CHECK(folder.error({.parameter_files = {folder.path("one.yaml")}})
            .find("must be a map, not a list") != std::string::npos);
  CHECK(folder.error({.parameter_files = {folder.path("no.yaml")}}, ErrorKind::not_found)
            .find("cannot read the parameter file") == 0);
}

TEST_CASE("defaults are checked, and parameters without a value are told with what to write") {
  const auto error = [](const std::string& parameter) {
    return error_of("parameters:\n  p: " + parameter + "\nsteps: {s: {command: x}}\n");
  };
  CHECK(error("") ==
        "p.yaml:2:3: error: the parameter 'p' has no default and no value was given\n"
        "    2 |   p: \n"
        "      |   ^\n"
        "      = give one with -p p=…");
  CHECK(error("{type: integer}").find("give one with -p p=…") != std::string::npos);
  CHECK(error("{type: integer, default: 0.5}")
            .find("p.yaml:2:31: error: the parameter 'p' takes an integer, not '0.5'") == 0);
  CHECK(error("{type: integer, default: 5, max: 4}").find("must be at most 4, not 5") !=
        std::string::npos);
  CHECK(error("{type: string, default: c, enum: [a, b]}").find("takes a or b, not 'c'") !=
        std::string::npos);
  CHECK(error("{type: text, default: c}").find("unknown parameter type 'text'") !=
        std::string::npos);
  CHECK(error("{type: string, default: c, min: 1}")
            .find("'min' of the parameter 'p' must be a number") != std::string::npos);
  CHECK(error("{type: integer, default: 1, enum: [a]}")
            .find("'a' in 'enum' is not of the parameter's type, integer") != std::string::npos);
  CHECK(error("{default: 1, enum: 1}").find("must be a list of values") != std::string::npos);
  CHECK(error("{defualt: 1}")
            .find("unknown key 'defualt' in the parameter 'p' (did you mean 'default'?)") !=
        std::string::npos);
  CHECK(error("[1]").find("must be a single value, not a list") != std::string::npos);
  CHECK(error("a${{x}}").find("cannot hold an expression") != std::string::npos);
  CHECK(error("{type: string, default: True, enum: ['True', 'False']}").empty());
  CHECK(error("{type: integer, default: 2, enum: [1, 2]}").empty());
  CHECK(
      error_of("parameters: {p: }\nsteps: {s: {command: x}}\n", with_parameter("p", "1")).empty());
}

TEST_CASE("a name is a parameter or an input, not both") {
  CHECK(error_of("parameters: {raw: 1}\ninputs: {raw: {path: .}}\nsteps: {s: {command: x}}\n") ==
        "p.yaml:2:10: error: 'raw' is both a parameter and an input of the pipeline\n"
        "    2 | inputs: {raw: {path: .}}\n"
        "      |          ^\n"
        "      = parameters and inputs are referred to alike, as parent.inputs.NAME: rename one");
  CHECK(error_of(
            "parameters: {p: 1}\nsteps:\n  s: {command: \"${{parameters.p}}\", inputs: {p: 2}}\n")
            .find("the step has an input 'p' of its own, which is not the parameter 'p'") !=
        std::string::npos);
  CHECK(error_of("parameters: {p: 1}\nsteps:\n  s: {command: \"${{parameters.p}}\", inputs: {p: "
                 "\"${{parameters.p}}\"}}\n")
            .empty());
}

TEST_CASE("what is not in the fingerprint does not become a literal") {
  const SpecFolder folder(
      "parameters: {target: big, cpus: 2, text: v}\nsteps:\n  s: {command: x, compute_target: "
      "\"${{parameters.target}}\", resources: {cpus: \"${{parameters.cpus}}\"}, "
      "environment_variables: "
      "{V: \"${{parameters.text}}\"}}\n");
  const auto step = folder.read().steps.at(0);
  CHECK(step.settings->compute_target == "big");
  CHECK(step.settings->resources.cpus == 2);
  CHECK(literals_of(step) == Texts{"text=v"});
}

TEST_CASE("environment variables take own literals, but not places of data") {
  const SpecFolder good(
      "steps:\n  s: {command: x, inputs: {k: 5}, environment_variables: {V: \"a${{inputs.k}}\", W: "
      "}}\n");
  const auto step = good.read().steps.at(0);
  CHECK(step.settings->environment_variables ==
        std::map<std::string, std::string>{{"V", "a5"}, {"W", ""}});
  CHECK(error_of("steps:\n  s: {command: x, outputs: {k: }, environment_variables: {V: "
                 "\"${{outputs.k}}\"}}\n")
            .find("the step sees it as MLPIPE_OUTPUT_k") != std::string::npos);
}

TEST_CASE("inputs of the pipeline are overridden by -i") {
  const SpecFolder folder(
      "parameters: {p: 1}\ninputs: {raw: {type: uri_file, path: a.csv}, more: {type: uri_folder}}\n"
      "steps: {s: {command: \"${{inputs.raw}}\", inputs: {raw: \"${{parent.inputs.raw}}\"}}}\n");
  folder.write("b.csv");
  const auto with = [&](const std::string& name, const std::string& path) {
    return PipelineOverrides{.inputs = {{"raw", folder.path("b.csv")},
                                        {"more", folder.path()},
                                        {name, folder.path(path)}}};
  };
  const auto pipeline = folder.read(with("raw", "b.csv"));
  CHECK(pipeline.inputs.at(0).path == folder.path("b.csv"));
  CHECK(path_source(pipeline.steps.at(0).inputs.at(0).source)->path == folder.path("b.csv"));
  const auto error = folder.error();
  CHECK(
      error.find("the path of the input 'raw', 'a.csv', does not exist (did you mean 'b.csv'?)") !=
      std::string::npos);
  CHECK(error.find("give one with -i more=PATH") != std::string::npos);
  CHECK(folder.error(with("rwa", "b.csv"), ErrorKind::usage)
            .find(": the pipeline has no input 'rwa' (did you mean 'raw'?); it has raw, more") !=
        std::string::npos);
  CHECK(folder.error(with("p", "b.csv"), ErrorKind::usage)
            .find("'p' is a parameter, not data: use -p p=…") != std::string::npos);
  CHECK(folder.error(with("raw", "c.csv"), ErrorKind::usage).find("does not exist") !=
        std::string::npos);
  CHECK(folder.error(with("more", "b.csv"), ErrorKind::usage).find("declared as uri_folder, but") !=
        std::string::npos);
  CHECK(folder.error(with_parameter("raw", "x"), ErrorKind::usage) ==
        "-p raw=x: 'raw' is data, not a parameter: use -i raw=PATH");
}

TEST_CASE("an override by --set changes the file before it is read") {
  const SpecFolder folder;
  folder.write(
      "p.yaml",
      "parameters: {p: 1}\nsteps:\n  train: &train {command: a, environment_variables: {A: 1}, "
      "outputs: {o: }}\n  other: *train\n");
  const PipelineOverrides overrides{.settings = {{"steps.train.resources.cpus", "2"},
                                                 {"steps.train.environment_variables.B", "010"},
                                                 {"steps.train.command", "b c"},
                                                 {"steps.train.pass_environment", "[X, Y]"},
                                                 {"steps.train.pass_environment.1", "Z"},
                                                 {"steps.train.outputs.o", "{type: uri_file}"},
                                                 {"steps.train.allow_reuse", "false"},
                                                 {"parameters.p", "5"},
                                                 {"settings.continue_on_step_failure", "true"},
                                                 {"name", "'new'"}}};
  const auto pipeline = folder.read(overrides);
  const auto& train = pipeline.steps.at(0);
  CHECK(train.settings->resources.cpus == 2);
  CHECK(train.settings->environment_variables ==
        std::map<std::string, std::string>{{"A", "1"}, {"B", "010"}});
  CHECK(command_of(train) == "b c");
  CHECK(train.settings->pass_environment == Texts{"X", "Z"});
  CHECK(train.outputs.at(0).type == DataType::uri_file);
  CHECK_FALSE(train.settings->allow_reuse);
  CHECK(pipeline.parameters.at(0).value == "5");
  CHECK(pipeline.continue_on_step_failure);
  CHECK(pipeline.name == "new");
  // An alias of what was changed is left as it is.
  CHECK(command_of(pipeline.steps.at(1)) == "a");
  CHECK_FALSE(pipeline.steps.at(1).settings->resources.cpus);
}

TEST_CASE("an override by --set of what does not exist names the nearest") {
  const SpecFolder folder("parameters: {rate: 1}\nsteps: {train: {command: a}}\n");
  const auto error = [&](const std::string& path, const std::string& value = "2") {
    return folder.error(with_setting(path, value), ErrorKind::usage);
  };
  CHECK(error("steps.trian.resources.cpus") ==
        "--set steps.trian.resources.cpus=2: 'steps' has no 'trian' (did you mean 'train'?); "
        "it has train");
  CHECK(error("steps.train.resource.cpus")
            .find("'steps.train' has no key 'resource' (did you mean 'resources'?)") !=
        std::string::npos);
  CHECK(error("steps.train.resources.cpu")
            .find("'steps.train.resources' has no key 'cpu' (did you mean 'cpus'?)") !=
        std::string::npos);
  CHECK(error("parameters.rat").find("'parameters' has no 'rat' (did you mean 'rate'?)") !=
        std::string::npos);
  CHECK(error("parameters.rate.default")
            .find("'parameters.rate' is a single value: nothing inside it can be set") !=
        std::string::npos);
  CHECK(error("").find("the file has no key ''") != std::string::npos);
  CHECK(error("steps.train.resources.cpus", "zero") ==
        "p.yaml: --set steps.train.resources.cpus=zero: error: 'cpus' must be a whole number, at "
        "least "
        "1, not 'zero'");
  CHECK(folder.error(with_setting("steps.train.command", "[a"), ErrorKind::invalid_file)
            .find("--set steps.train.command:1:") == 0);
}

TEST_CASE("compute target and experiment are overridden for all") {
  const SpecFolder folder("steps: {a: {command: x, compute_target: gpu}, b: {command: y}}\n");
  const auto plain = folder.read();
  CHECK(plain.steps.at(0).settings->compute_target == "gpu");
  CHECK(plain.steps.at(1).settings->compute_target == "local");
  CHECK(plain.name == "p");
  CHECK(plain.experiment_name == "p");
  const auto changed = folder.read({.compute_target = "slow", .experiment_name = "try"});
  CHECK(changed.steps.at(0).settings->compute_target == "slow");
  CHECK(changed.steps.at(1).settings->compute_target == "slow");
  CHECK(changed.experiment_name == "try");
  CHECK(SpecFolder("name: n\nsteps: {a: {command: x}}\n").read().experiment_name == "n");
}

TEST_CASE("optional parts of a command go with their input") {
  const auto command = [](const PipelineOverrides& overrides, const std::string& text) {
    const SpecFolder folder(
        "parameters:\n  m: {type: integer, optional: true}\n  d: {type: integer, optional: true, "
        "default: 3}\n"
        "steps:\n  s:\n    command: " +
        text +
        "\n    inputs: {m: \"${{parameters.m}}\", d: \"${{parameters.d}}\", f: {type: uri_file, "
        "optional: true}}\n");
    return command_of(folder.read(overrides).steps.at(0));
  };
  CHECK(command({}, "run $[[--m ${{inputs.m}}]] $[[--d ${{inputs.d}}]] end") == "run  --d 3 end");
  CHECK(command({}, "run $[[--f ${{inputs.f}}]] $[[--m ${{parameters.m}}]]") == "run  ");
  CHECK(command(with_parameter("m", "7"), "run $[[--m ${{inputs.m}}]] end") == "run --m 7 end");
  CHECK(command({}, "run $[[--d ${{inputs.d}} --m ${{inputs.m}}]]$$[[x]]") == "run $[[x]]");
}

TEST_CASE("a list in the arguments is an optional group") {
  const SpecFolder folder(
      "parameters: {m: {type: integer, optional: true}}\n"
      "steps:\n  s:\n    source_directory: src\n    script_name: r.sh\n"
      "    arguments: [a, [--m, \"${{inputs.m}}\"], [b, \"${{parameters.m}}\"], [c], d]\n"
      "    inputs: {m: \"${{parameters.m}}\"}\n");
  folder.write("src/r.sh");
  CHECK(arguments_of(folder.read().steps.at(0)) == Texts{"a", "c", "d"});
  CHECK(arguments_of(folder.read(with_parameter("m", "1")).steps.at(0)) ==
        Texts{"a", "--m", "1", "b", "1", "c", "d"});
  CHECK(literals_of(folder.read().steps.at(0)).empty());
}

TEST_CASE("an optional input outside of an optional part is an error without a value") {
  const std::string head =
      "parameters: {m: {type: integer, optional: true}}\nsteps:\n  s:\n    inputs: {m: "
      "\"${{parameters.m}}\"}\n    command: ";
  CHECK(error_of(head + "run ${{inputs.m}}\n") ==
        "p.yaml:5:18: error: '${{inputs.m}}' is optional and has no value here\n"
        "    5 |     command: run ${{inputs.m}}\n"
        "      |                  ^\n"
        "      = put it into an optional part: $[[ … ]]");
  CHECK(error_of(head + "run ${{parameters.m}}\n").find("is optional and has no value here") !=
        std::string::npos);
  CHECK(error_of(head + "run $[[ x\n").find("has no ']]'") != std::string::npos);
  CHECK(SpecFolder(head + "run $[[inputs.m]]\n")
            .warnings()
            .find("without an input in it is always kept") != std::string::npos);
}

TEST_CASE("values that a shell would tear apart are warned of") {
  const auto warnings = [](const std::string& value, const std::string& command) {
    return SpecFolder("parameters: {v: " + value + "}\nsteps:\n  s:\n    command: " + command +
                      "\n")
        .warnings();
  };
  CHECK(warnings("a b", "run ${{parameters.v}}") ==
        "p.yaml:4:18: warning: '${{parameters.v}}' is pasted into the command as it is, where "
        "the shell takes 'a b' for more than one word\n"
        "    4 |     command: run ${{parameters.v}}\n"
        "      |                  ^\n"
        "      = quote it in the command: \"${{parameters.v}}\"\n");
  CHECK(warnings("a b", "run \"${{parameters.v}}\"").empty());
  CHECK(warnings("a b", "run '${{parameters.v}}'").empty());
  CHECK(warnings("a;b", "run ${{parameters.v}}").find("takes 'a;b' for more") != std::string::npos);
  CHECK(warnings("a$b", "run \"${{parameters.v}}\"").find("quote it in the command: '") !=
        std::string::npos);
  CHECK(warnings("1e-3", "run ${{parameters.v}}").empty());
  CHECK(warnings("a b", "run \\\" ${{parameters.v}}").find("takes 'a b' for more") !=
        std::string::npos);
}

TEST_CASE("a file output is called by its name, its path, or itself") {
  const SpecFolder folder(
      "outputs: {m: {type: uri_file, path: out/m.bin}, n: {type: uri_file, path: out/n, file_name: "
      "n.txt}}\n"
      "steps:\n  s:\n    command: x\n    outputs:\n      a: {type: uri_file}\n      b: {type: "
      "uri_file, path: o/b.csv}\n"
      "      c: {type: uri_file, path: o/c.csv, file_name: d.csv}\n      e:\n      m: "
      "\"${{parent.outputs.m}}\"\n"
      "      n: {path: \"${{parent.outputs.n}}\"}\n");
  Texts names;
  const auto step = folder.read().steps.at(0);
  for (const auto& output : step.outputs) names.push_back(output.name + ":" + output.file_name);
  CHECK(names == Texts{"a:a", "b:b.csv", "c:d.csv", "e:", "m:m.bin", "n:n.txt"});
  CHECK(*step.outputs.at(5).path == folder.path("out/n"));
  CHECK(step.outputs.at(5).type == DataType::uri_file);
  CHECK(*step.outputs.at(1).path == folder.path("o/b.csv"));
}

TEST_CASE("an override by --set of very many names is refused") {
  SourceText source("p.yaml", "steps: {a: {tags: {}}}\n");
  Problems problems(source);
  auto document = parse_yaml(source, problems);
  std::string path = "steps.a.arguments";
  for (int i = 0; i < 60'000; ++i) path += ".x";
  CHECK_THROWS_WITH(set_value(document, Place::pipeline, Spelling::ours, {.path = path}),
                    Catch::Contains("60003 names"));
}

}  // namespace mlpipe
