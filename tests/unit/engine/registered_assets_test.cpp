#include "engine/registered_assets.h"

#include <string>

#include "base/error.h"
#include "engine/create_asset.h"
#include "support/catch.h"
#include "support/pipelines.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

/// A workspace with what is registered in it, and what pipeline files find there.
struct Library : test::World {
  Workspace workspace{.root = folder.path(), .state_directory = folder.path() / ".mlpipe"};

  AssetRecord create(AssetKind kind, const std::string& yaml) {
    const auto file = put("asset.yml", yaml);
    return create_asset({.kind = kind, .file = file}, workspace).registered.record;
  }
};

}  // namespace

TEST_CASE("data is found by name, version and label, with what it was") {
  Library library;
  library.put("iris.csv", "a,b\n");
  (void)library.create(AssetKind::data, "name: iris\ntype: uri_file\npath: iris.csv\n");
  RegisteredAssets assets(library.workspace);
  for (const AssetReference& reference :
       {AssetReference{.name = "iris"}, AssetReference{.name = "iris", .version = "1"},
        AssetReference{.name = "iris", .label = "latest"}}) {
    const auto data = assets.data(reference);
    CHECK(data.asset == "iris:1");
    CHECK(data.type == DataType::uri_file);
    CHECK(data.path == library.folder.path() / "iris.csv");
    CHECK(data.content == hash_bytes("a,b\n"));
  }
}

TEST_CASE("a model is found where no data has its name, and lies in the store") {
  Library library;
  library.put("m/weights", "w");
  library.put("m/deep/more", "x");
  (void)library.create(AssetKind::model, "name: churn\npath: m\n");
  remove_tree(library.folder.path() / "m");
  RegisteredAssets assets(library.workspace);
  const auto model = assets.data({.name = "churn"});
  CHECK(model.type == DataType::uri_folder);
  CHECK_FALSE(model.content);
  CHECK(read_file(model.path / "weights") == "w");
  CHECK(read_file(model.path / "deep/more") == "x");
  CHECK_THROWS_WITH(assets.data({.name = "chrun"}),
                    Contains("neither a data asset nor a model 'chrun' (did you mean 'churn'?)"));
}

TEST_CASE("an object that is lost is told by the name of what it was") {
  Library library;
  library.put("weights", "w");
  const auto model = library.create(AssetKind::model, "name: churn\npath: weights\n");
  RegisteredAssets assets(library.workspace);
  CHECK(read_file(assets.data({.name = "churn"}).path) == "w");
  library.lose(model.stored->object);
  CHECK_THROWS_WITH(assets.data({.name = "churn"}),
                    Contains("the model 'churn:1' is missing or damaged"));
  // The same files, registered again, bring it back.
  CHECK_FALSE(create_asset({.kind = AssetKind::model,
                            .name = "churn",
                            .version = "1",
                            .path = "weights",
                            .folder = library.folder.path()},
                           library.workspace)
                  .registered.made);
  CHECK(read_file(assets.data({.name = "churn"}).path) == "w");
}

TEST_CASE("a component comes back as it was, whatever became of its files") {
  Library library;
  library.put("train/train.py", "print(1)\n");
  const std::string yaml = "name: train\ncommand: python train.py\ncode: train\n";
  const auto made = library.create(AssetKind::component, yaml);
  remove_tree(library.folder.path() / "train");
  RegisteredAssets assets(library.workspace);
  const auto component = assets.component({.name = "train"});
  CHECK(component.name == "train");
  CHECK(component.version == "1");
  CHECK(component.spec.file == library.folder.path() / "asset.yml");
  CHECK(component.spec.texts.at(component.spec.file) == yaml);
  REQUIRE(component.spec.sources.size() == 1);
  const auto& [key, object] = *component.spec.sources.begin();
  CHECK(key.directory == library.folder.path() / "train");
  CHECK(read_file(library.store.content_folder(object) / "train.py") == "print(1)\n");
  library.lose(object);
  CHECK_THROWS_WITH(assets.component({.name = "train"}),
                    Contains("sources of the component 'train:1'"));
  CHECK_THROWS_WITH(assets.component({.name = "tarin"}), Contains("did you mean 'train'?"));
}

TEST_CASE("a component that is registered again elsewhere is the same, with other sources not") {
  Library library;
  const std::string yaml = "name: c\nversion: 1\ncommand: python train.py\ncode: .\n";
  const auto create = [&](const std::string& folder, const std::string& source) {
    library.put(folder + "/train.py", source);
    const auto file = library.put(folder + "/c.yml", yaml);
    return create_asset({.kind = AssetKind::component, .file = file}, library.workspace)
        .registered.made;
  };
  CHECK(create("here", "1"));
  CHECK_FALSE(create("there", "1"));
  CHECK_THROWS_WITH(create("there", "2"), Contains("its content differs"));
}

TEST_CASE("an output of a run is found by run, step and name") {
  Library library;
  test::run_all(library, test::diamond());
  RegisteredAssets assets(library.workspace);
  const auto run = library.history.find_run("latest").id;
  const auto made = assets.run_output({.run = run, .step = "prep", .output = "out"});
  CHECK(made.type == DataType::uri_file);
  CHECK_FALSE(made.content);
  CHECK(read_file(made.path) == "made by prep");
  CHECK_THAT(made.asset, Contains("prep.out") && Contains(run));
  CHECK(assets.run_output({.run = run.substr(0, 4), .step = "prep", .output = "out"}).path ==
        made.path);
  CHECK(assets.run_output({.run = "latest", .step = "prep", .output = "out"}).path == made.path);
  CHECK_THROWS_WITH(assets.run_output({.run = run, .output = "out"}),
                    Contains("several steps") && Contains("prep.out, ") && Contains("report.out"));
  CHECK_THROWS_WITH(assets.run_output({.run = run, .step = "prep", .output = "otu"}),
                    Contains("has no output 'prep.otu' (did you mean 'prep.out'?)"));
  CHECK_THROWS_WITH(assets.run_output({.run = "zzz", .output = "out"}), Contains("zzz"));
  CHECK_THROWS_WITH(
      assets.run_output({.run = run, .step = "prep", .output = "out", .path = "../x"}),
      Contains("there is no '../x'"));
  const auto object =
      library.history
          .find_result(*library.history.steps_of(library.history.find_run(run).key)[0].result)
          ->outputs[0]
          .object;
  library.lose(object);
  CHECK_THROWS_WITH(assets.run_output({.run = run, .step = "prep", .output = "out"}),
                    Contains("output 'prep.out' of run " + run + " is missing or damaged"));
}

TEST_CASE("outputs of steps that did not complete are none") {
  Library library;
  test::Session session(library, test::chain());
  session.start();
  session.succeed("a");
  session.fail_step("b");
  RegisteredAssets assets(library.workspace);
  CHECK(read_file(assets.run_output({.run = "latest", .output = "out"}).path) == "made by a");
  CHECK_THROWS_WITH(assets.run_output({.run = "latest", .step = "b", .output = "out"}),
                    Contains("has no output 'b.out'") && Contains("it has a.out"));
}

TEST_CASE("where nothing was ever run nothing is found, and nothing is made") {
  const TemporaryFolder folder;
  const Workspace workspace{.root = folder.path(), .state_directory = folder.path() / ".mlpipe"};
  RegisteredAssets assets(workspace);
  CHECK_THROWS_WITH(assets.data({.name = "a"}), Contains("nothing is registered"));
  CHECK_THROWS_WITH(assets.component({.name = "a"}), Contains("no component 'a'"));
  CHECK_THROWS_WITH(assets.run_output({.run = "latest", .output = "o"}),
                    Contains("nothing was ever run"));
  CHECK(list_names(folder.path()).empty());
}

TEST_CASE("a model can be taken from a run's output, whole or a part of it") {
  Library library;
  test::run_all(library, test::chain());
  const auto made = create_asset({.kind = AssetKind::model,
                                  .name = "m",
                                  .path = "azureml://jobs/latest/outputs/a.out",
                                  .label = "gold"},
                                 library.workspace);
  const auto& model = made.registered.record;
  CHECK(made.labels == std::vector<std::string>{"gold", "latest"});
  CHECK(model.run_id == library.history.find_run("latest").id);
  CHECK(model.step == "a");
  CHECK(read_file(RegisteredAssets(library.workspace).data({.name = "m"}).path) == "made by a");
  CHECK_THROWS_WITH(create_asset({.kind = AssetKind::model,
                                  .name = "m",
                                  .path = "azureml://jobs/latest/outputs/a.out/paths/x"},
                                 library.workspace),
                    Contains("there is no 'x' in output 'out'"));
}

}  // namespace mlpipe
