#include "engine/asset_file.h"

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

/// A folder with one asset's file.
struct AssetFile {
  TemporaryFolder folder;

  DescribedAsset read(AssetKind kind, const std::string& text) const {
    write_file_atomically(folder.path() / "a.yml", text);
    return read_asset_file(kind, folder.path() / "a.yml");
  }
};

}  // namespace

TEST_CASE("a data file is read as az has it") {
  const AssetFile file;
  const auto asset = file.read(AssetKind::data,
                               "$schema: https://azuremlschemas.azureedge.net/latest/data.json\n"
                               "name: iris\nversion: 1.0\ndescription: |\n  two\n  lines\n"
                               "tags: {a: 1, b: true, c: }\ntype: uri_file\npath: ./iris.csv\n");
  CHECK(asset.record.name == "iris");
  CHECK(asset.record.version == "1.0");
  CHECK(asset.record.description == "two\nlines\n");
  CHECK(asset.record.tags ==
        std::map<std::string, std::string>{{"a", "1"}, {"b", "true"}, {"c", ""}});
  CHECK(asset.record.type == "uri_file");
  CHECK(asset.path == "./iris.csv");
  CHECK(asset.folder == file.folder.path());
  CHECK(asset.path_location.line == 9);
}

TEST_CASE("every problem of an asset's file is told with its place") {
  const AssetFile file;
  CHECK_THROWS_WITH(
      file.read(AssetKind::data, "name: bad name\nversion: [1]\ntags: x\ntype: uri_fil\npth: x\n"),
      Contains(":1:7: error: 'bad name' cannot be a name") &&
          Contains(":2:10: error: 'version' must be a single value, not a list") &&
          Contains(":3:7: error: 'tags' must be a map") && Contains("(did you mean 'uri_file'?)") &&
          Contains(":5:1: error: unknown key 'pth' in the data file (did you mean "
                   "'path'?)"));
  CHECK_THROWS_WITH(file.read(AssetKind::data, "- a\n"), Contains("must be a map"));
  CHECK_THROWS_WITH(file.read(AssetKind::model, "name: m\ntype: uri_file\n"),
                    Contains("unknown type 'uri_file' of a model") &&
                        Contains("custom_model, mlflow_model or triton_model"));
  CHECK_THROWS_WITH(file.read(AssetKind::data, "name: x\nimage: y\n"),
                    Contains("unknown key 'image'"));
  CHECK_THROWS_AS(file.read(AssetKind::data, "a: [\n"), Error);
}

TEST_CASE("an environment keeps its conda file, from beside it or written in it") {
  const AssetFile file;
  write_file_atomically(file.folder.path() / "conda.yml", "name: e\ndependencies: [python=3.10]\n");
  const auto by_file =
      file.read(AssetKind::environment, "name: e\nimage: i:1\nconda_file: ./conda.yml\n");
  const auto definition = parse_json_object(by_file.record.definition);
  CHECK(text_in(definition, "image") == "i:1");
  CHECK(text_in(definition, "os_type") == "linux");
  CHECK(text_in(definition, "conda_file") == "name: e\ndependencies: [python=3.10]\n");
  const auto written = file.read(
      AssetKind::environment,
      "name: e\nimage: i:1\nconda_file: {dependencies: [python=3.10, {pip: [a]}], n: 1}\n");
  CHECK(text_in(parse_json_object(written.record.definition), "conda_file") ==
        R"({"dependencies":["python=3.10",{"pip":["a"]}],"n":1})");
}

TEST_CASE("a build context is the environment's path") {
  const AssetFile file;
  const auto asset = file.read(AssetKind::environment,
                               "name: e\nbuild:\n  path: ctx\n  dockerfile_path: d/Dockerfile\n");
  CHECK(asset.path == "ctx");
  CHECK(asset.path_location.line == 3);
  CHECK(text_in(parse_json_object(asset.record.definition), "dockerfile_path") == "d/Dockerfile");
}

TEST_CASE("environments that are none are refused") {
  const AssetFile file;
  const auto refused = [&file](const std::string& text, const std::string& why) {
    CHECK_THROWS_WITH(file.read(AssetKind::environment, "name: e\n" + text), Contains(why));
  };
  refused("", "needs an 'image', or a 'build'");
  refused("conda_file: {dependencies: []}\n", "'conda_file' needs an 'image'");
  refused("image: a\nbuild: {path: b}\n", "not both");
  refused("build: {dockerfile_path: b}\n", "'build' names no 'path'");
  refused("build: {path: b, file: c}\n", "unknown key 'file' in the 'build' of the environment");
  refused("image: a\nos_type: beos\n", "unknown os_type 'beos'");
  refused("image: a\nconda_file: gone.yml\n", "gone.yml");
  write_file_atomically(file.folder.path() / "list.yml", "- a\n");
  refused("image: a\nconda_file: list.yml\n", "must be a map");
}

}  // namespace mlpipe
