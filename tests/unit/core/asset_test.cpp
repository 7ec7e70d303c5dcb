#include "core/asset.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("registered things are named as Azure ML names them") {
  const auto parsed = [](std::string_view text) { return parse_asset_reference(text).value(); };
  CHECK(parsed("azureml:iris:1") == AssetReference{.name = "iris", .version = "1"});
  CHECK(parsed("azureml:iris@latest") == AssetReference{.name = "iris", .label = "latest"});
  CHECK(parsed("azureml:iris") == AssetReference{.name = "iris"});
  CHECK(parsed("iris:2.0.1-rc") == AssetReference{.name = "iris", .version = "2.0.1-rc"});
  CHECK(parsed("azureml://registries/r/components/n") == AssetReference{.name = "n"});
  CHECK(parsed("azureml://registries/r/components/n/versions/3") ==
        AssetReference{.name = "n", .version = "3"});
  CHECK(parsed("azureml://registries/azureml/environments/n/labels/latest") ==
        AssetReference{.name = "n", .label = "latest"});
  for (const auto* text :
       {"", "azureml:", "azureml:a:", "azureml:a@", "a/b", "./a.yml", "azureml:a:1:2", "a b",
        "azureml://datastores/d/paths/p", "azureml://registries/r/components",
        "azureml://registries/r/components/n/x/1", "azureml://registries/r/components/n/versions/"})
    CHECK_FALSE(parse_asset_reference(text).has_value());
  CHECK(to_text(parsed("azureml:a:1")) == "a:1");
  CHECK(to_text(parsed("a@x")) == "a@x");
  CHECK(to_text(parsed("azureml:a")) == "a");
}

TEST_CASE("outputs of earlier runs are named in both forms") {
  const auto of = [](std::string_view text) {
    const auto found = parse_run_output(text);
    return found ? found->run + "|" + found->step + "|" + found->output + "|" + found->path
                 : "none";
  };
  CHECK(of("azureml://jobs/r1/outputs/model") == "r1||model|");
  CHECK(of("azureml://jobs/r1/outputs/train.model/paths/a/b.pkl") == "r1|train|model|a/b.pkl");
  CHECK(of("runs:/r1/model") == "r1||model|");
  CHECK(of("runs:/r1/train.model/a/b/") == "r1|train|model|a/b");
  CHECK(of("azureml://jobs/r1") == "none");
  CHECK(of("azureml://jobs//outputs/x") == "none");
  CHECK(of("runs:/r1") == "none");
  CHECK(of("azureml:model:1") == "none");
}

}  // namespace mlpipe
