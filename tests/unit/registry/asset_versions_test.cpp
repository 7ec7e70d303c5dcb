#include "registry/asset_versions.h"

#include <vector>

#include "registry/asset_names.h"
#include "support/catch.h"

namespace mlpipe {

TEST_CASE("names, versions and labels are letters, digits and a few signs") {
  for (const auto* good : {"iris", "a", "9", "my-data_1.x", "A.B", "1.0.0-rc.1"})
    CHECK(is_asset_word(good));
  for (const auto* bad : {"", "-a", ".a", "_a", "a b", "a/b", "a:1", "a@x", "ä", "a\n", "a+b"})
    CHECK_FALSE(is_asset_word(bad));
  CHECK(is_asset_word(std::string(255, 'a')));
  CHECK_FALSE(is_asset_word(std::string(256, 'a')));
}

TEST_CASE("an output's type says what it is registered as") {
  CHECK(kind_of_type("mlflow_model") == AssetKind::model);
  CHECK(kind_of_type("custom_model") == AssetKind::model);
  CHECK(kind_of_type("uri_file") == AssetKind::data);
  CHECK(kind_of_type("mltable") == AssetKind::data);
}

TEST_CASE("semantic versions are told from others") {
  for (const auto* good :
       {"1.0.0", "0.0.0", "10.20.30", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-0", "1.0.0-x-y-z.-"})
    CHECK(is_semantic_version(good));
  for (const auto* bad : {"", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.00", "v1.0.0", "1.0.x",
                          "1.0.0-", "1.0.0-01", "1.0.0-a..b", "-1.0.0", "1..0"})
    CHECK_FALSE(is_semantic_version(bad));
}

TEST_CASE("semantic versions are in the order of semver.org") {
  const std::vector<std::string> ordered = {"0.9.9",         "1.0.0-alpha",
                                            "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                            "1.0.0-beta",    "1.0.0-beta.2",
                                            "1.0.0-beta.11", "1.0.0-rc.1",
                                            "1.0.0",         "1.0.1",
                                            "1.2.0",         "1.10.0",
                                            "2.0.0",         "100000000000000000000.0.0"};
  for (std::size_t i = 0; i < ordered.size(); ++i)
    for (std::size_t j = 0; j < ordered.size(); ++j)
      CHECK(compare_semantic(ordered[i], ordered[j]) == (i <=> j));
}

TEST_CASE("the next version is one more than the highest number") {
  CHECK(next_version({}) == "1");
  CHECK(next_version(std::vector<std::string>{"1", "2"}) == "3");
  CHECK(next_version(std::vector<std::string>{"10", "9"}) == "11");
  CHECK(next_version(std::vector<std::string>{"1.0.0", "best"}) == "1");
  CHECK(next_version(std::vector<std::string>{"007", "x"}) == "8");
  CHECK(next_version(std::vector<std::string>{"99999999999999999999999", "4"}) == "5");
}

}  // namespace mlpipe
