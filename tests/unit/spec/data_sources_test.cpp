#include "spec/data_sources.h"

#include "spec_folder.h"

namespace mlpipe {

namespace {

/// Registered things as a test says they are.
class FewAssets : public AssetSource {
 public:
  explicit FewAssets(std::filesystem::path folder) : folder_(std::move(folder)) {}

  RegisteredComponent component(const AssetReference& reference) override {
    if (reference.name != "greet")
      fail(ErrorKind::not_found, "there is no component '{}'", reference.name);
    FrozenSpec spec{.file = "/gone/greet.yml"};
    spec.texts["/gone/greet.yml"] =
        "inputs: {who: {type: string}}\ncode: ./src\ncommand: sh greet.sh ${{inputs.who}}\n";
    spec.sources[{.directory = "/gone/src", .left_out = {"/gone/greet.yml"}}] = hash_bytes("src");
    return {.name = "greet", .version = "3", .spec = std::move(spec)};
  }
  RegisteredData data(const AssetReference& reference) override {
    if (reference.name != "iris")
      fail(ErrorKind::not_found, "there is no data '{}'", reference.name);
    return {.asset = "iris:2",
            .type = DataType::uri_file,
            .path = folder_ / "iris.csv",
            .content = hash_bytes("x")};
  }
  RegisteredData run_output(const RunOutputReference& reference) override {
    return {.asset = reference.run + "/" + reference.output, .path = folder_ / "out"};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

TEST_CASE("paths on datastores are paths on this machine") {
  SpecFolder folder;
  folder.write("big/in/x.csv");
  Workspace workspace;
  workspace.datastores = {{"big", folder.path("big")}, {"workspaceblobstore", folder.path("blob")}};
  folder.context.workspace = &workspace;
  folder.write("p.yaml",
               "type: pipeline\nsettings: {default_datastore: azureml:big}\n"
               "inputs:\n  a: {type: uri_file, path: azureml://datastores/big/paths/in/x.csv}\n"
               "  b: {type: uri_folder, datastore: azureml:big, path: in}\n"
               "  c: {path: "
               "azureml://subscriptions/s/resourcegroups/r/workspaces/w/datastores/big/paths/in/}\n"
               "outputs:\n  o: {path: \"azureml://datastores/${{default_datastore}}/paths/made/"
               "${{name}}/${{output_name}}\"}\n"
               "jobs:\n  s:\n    command: x\n    inputs: {a: \"${{parent.inputs.a}}\", b: "
               "\"${{parent.inputs.b}}\", c: \"${{parent.inputs.c}}\"}\n    outputs:\n      o: "
               "${{parent.outputs.o}}\n      p: {path: "
               "\"azureml://datastores/workspaceblobstore/paths/${{name}}/x\"}\n");
  const auto pipeline = folder.read();
  CHECK(pipeline.inputs.at(0).path == folder.path("big/in/x.csv"));
  CHECK(pipeline.inputs.at(1).path == folder.path("big/in"));
  CHECK(pipeline.inputs.at(2).path == folder.path("big/in"));
  const auto& outputs = pipeline.steps.at(0).outputs;
  CHECK(*outputs.at(0).path == folder.path("big/made/${{name}}/o"));
  CHECK(*outputs.at(1).path == folder.path("blob/${{name}}.s/x"));
}

TEST_CASE("a datastore's own folder may be named paths") {
  const auto path = [](std::string_view uri) { return parse_datastore_uri(uri)->path; };
  CHECK(path("azureml://datastores/big/paths/paths") == "paths");
  CHECK(path("azureml://datastores/big/paths/paths/x") == "paths/x");
  CHECK(path("azureml://datastores/big/paths/").empty());
  CHECK(path("azureml://datastores/big/paths").empty());
}

TEST_CASE("a path that leaves its datastore, and an unknown datastore, are errors") {
  SpecFolder folder;
  Workspace workspace;
  workspace.datastores = {{"big", folder.path("big")}};
  folder.context.workspace = &workspace;
  const auto error = [&](const std::string& uri) {
    folder.write("p.yaml",
                 "type: pipeline\njobs: {s: {command: x, inputs: {d: {path: \"" + uri + "\"}}}}\n");
    return folder.error();
  };
  CHECK(
      error("azureml://datastores/big/paths/../secret").find("leads out of the datastore 'big'") !=
      std::string::npos);
  CHECK(error("azureml://datastores/bog/paths/x")
            .find("the workspace has no datastore 'bog' (did you mean 'big'?)") !=
        std::string::npos);
  CHECK(error("azureml://datastores/big/paths/x").find("does not exist") != std::string::npos);
}

TEST_CASE("what is registered and what runs made is used by name") {
  SpecFolder folder;
  folder.write("iris.csv");
  folder.write("out/m");
  FewAssets assets(folder.path());
  folder.context.assets = &assets;
  folder.write("p.yaml",
               "type: pipeline\ninputs: {i: {type: uri_file, path: azureml:iris@latest}}\njobs:\n"
               "  s:\n    command: x\n    inputs: {i: \"${{parent.inputs.i}}\", r: {path: "
               "azureml://jobs/r1/outputs/model}}\n"
               "  g: {component: \"azureml:greet\", inputs: {who: you}}\n");
  const auto pipeline = folder.read();
  const auto& source = *path_source(pipeline.steps.at(0).inputs.at(0).source);
  CHECK(source.path == folder.path("iris.csv"));
  CHECK(source.asset == "iris:2");
  CHECK(source.registered == hash_bytes("x"));
  CHECK(path_source(pipeline.steps.at(0).inputs.at(1).source)->path == folder.path("out"));
  const auto& greet = pipeline.steps.at(1);
  CHECK(greet.sources->frozen == hash_bytes("src"));
  CHECK(command_of(greet) == "sh greet.sh you");
  CHECK(pipeline.texts.size() == 1);  // what is registered is not of this file
  folder.write("p.yaml", "type: pipeline\njobs: {g: {component: \"azureml:great:1\"}}\n");
  CHECK(folder.error().find("p.yaml:2:23: error: there is no component 'great'") == 0);
}

TEST_CASE("an http address is left to be fetched") {
  SpecFolder folder;
  folder.write("p.yaml",
               "type: pipeline\ninputs: {i: {type: uri_file, path: \"https://x.org/a.csv\"}, t: "
               "https://x.org/text}\njobs: {s: {command: \"cat ${{inputs.i}} ${{inputs.t}}\", "
               "inputs: {i: \"${{parent.inputs.i}}\", t: \"${{parent.inputs.t}}\"}}}\n");
  const auto pipeline = folder.read();
  const auto& source = *path_source(pipeline.steps.at(0).inputs.at(0).source);
  CHECK(source.url == "https://x.org/a.csv");
  CHECK(source.path.empty());
  CHECK(pipeline.inputs.at(0).url == "https://x.org/a.csv");
  CHECK(literals_of(pipeline.steps.at(0)) == Texts{"t=https://x.org/text"});  // azureml.md 3.6
}

TEST_CASE("outputs that are registered have a name without a version in it") {
  const auto error = [](const std::string& fields) {
    return error_of("type: pipeline\njobs: {s: {command: x, outputs: {o: {" + fields + "}}}}\n");
  };
  CHECK(error("name: model, version: 3, type: mlflow_model").empty());
  CHECK(error("name: \"a:1\"").find("'a:1' cannot be the name of a data asset") !=
        std::string::npos);
  CHECK(error("name: _m").find("'_m' cannot be the name of a data asset") != std::string::npos);
  CHECK(error("name: m, version: \"../x\"").find("'../x' cannot be the version of a data asset") !=
        std::string::npos);
  CHECK(error("version: 1").find("has a version, but no name to register it under") !=
        std::string::npos);
  CHECK(error("datastore: d").find("names a datastore, but no path on it") != std::string::npos);
  const SpecFolder folder(
      "type: pipeline\noutputs: {m: {type: mlflow_model, name: best}}\njobs: {s: {command: x, "
      "outputs: {o: \"${{parent.outputs.m}}\"}}}\n");
  const auto pipeline = folder.read();
  const auto& output = pipeline.steps.at(0).outputs.at(0);
  CHECK(output.asset->name == "best");
  CHECK(output.asset->type == "mlflow_model");
  const SpecFolder declared(
      "type: pipeline\njobs: {s: {component: {command: x, outputs: {m: {type: custom_model}}}, "
      "outputs: {m: {name: best}}}}\n");
  CHECK(declared.read().steps.at(0).outputs.at(0).asset->type == "custom_model");
}

TEST_CASE("an output named artifacts without a type is all that the step leaves in outputs/") {
  const auto first = [](const std::string& text) {
    return SpecFolder(text).read().steps.at(0).outputs.at(0);
  };
  CHECK(first("type: pipeline\njobs: {s: {command: x, outputs: {f: {type: uri_file, path: "
              "\"./res/${{name}}.csv\"}}}}\n")
            .file_name == "f.csv");  // the run's id is no part of what counts for reuse
  CHECK(first("type: pipeline\njobs: {s: {command: x, outputs: {artifacts: }}}\n").artifacts);
  CHECK_FALSE(first("type: pipeline\njobs: {s: {command: x, outputs: {artifacts: {type: "
                    "uri_folder}}}}\n")
                  .artifacts);
  CHECK_FALSE(first("steps: {s: {command: x, outputs: {artifacts: }}}\n").artifacts);
}

}  // namespace mlpipe
