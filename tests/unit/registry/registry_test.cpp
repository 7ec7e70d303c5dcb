#include "registry/registry.h"

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using Versions = std::vector<std::string>;

/// A registry in a history of its own.
struct Shelf : Records {
  Registry registry{history};

  static AssetRecord asset(const std::string& name, const std::string& version = {},
                           const std::string& content = "content",
                           AssetKind kind = AssetKind::data) {
    return {.kind = kind,
            .name = name,
            .version = version,
            .type = "uri_file",
            .path = "/data/" + name,
            .content = hash_bytes(content)};
  }
  /// With its content in the store.
  static AssetRecord stored(const std::string& name, const std::string& version = {},
                            const std::string& content = "content") {
    auto model = asset(name, version, content, AssetKind::model);
    model.type = "custom_model";
    model.stored = OutputRecord{.name = "model",
                                .object = hash_bytes("object of " + content),
                                .content_hash = hash_bytes(content),
                                .is_file = true,
                                .executable = true,
                                .file_name = "m\xff.bin",
                                .bytes = 7,
                                .files = 1};
    model.bytes = 7;
    model.files = 1;
    return model;
  }
  void add_all(AssetKind kind, const std::string& name, const Versions& versions) {
    for (const auto& version : versions)
      (void)registry.add(asset(name, version, "of " + version, kind));
  }
  std::string chosen(AssetKind kind, const AssetReference& reference) {
    return registry.get(kind, reference).version;
  }
  Versions listed(AssetKind kind, const std::string& name, bool with_archived = false) {
    Versions versions;
    for (const auto& each : registry.versions_of(kind, name, with_archived))
      versions.push_back(each.version);
    return versions;
  }
};

}  // namespace

TEST_CASE("what was registered is given back whole") {
  Shelf shelf;
  const auto run = shelf.run();
  const auto maker = shelf.step(run, "train");
  auto model = Shelf::stored("churn", "3");
  model.display_name = "Churn";
  model.description = "two\nlines";
  model.tags = {{"team", "a"}, {"é", ""}};
  model.properties = {{"p", "q"}};
  model.created = from_micros(5);
  model.creator = maker.key;
  model.definition = "{}";
  CHECK(shelf.registry.add(model).made);
  const auto found = shelf.registry.get(AssetKind::model, {.name = "churn", .version = "3"});
  CHECK(found.id() == "churn:3");
  CHECK(found.type == "custom_model");
  CHECK(found.display_name == "Churn");
  CHECK(found.description == "two\nlines");
  CHECK(found.tags == model.tags);
  CHECK(found.properties == model.properties);
  CHECK(found.created == from_micros(5));
  CHECK_FALSE(found.is_archived());
  CHECK(found.creator == maker.key);
  CHECK(found.run_id == run.id);
  CHECK(found.step == "train");
  CHECK(found.definition == "{}");
  CHECK(found.path == "/data/churn");
  CHECK(found.content == model.content);
  REQUIRE(found.stored);
  CHECK(found.stored->object == model.stored->object);
  CHECK(found.stored->content_hash == model.stored->content_hash);
  CHECK(found.stored->name == "model");
  CHECK(found.stored->is_file);
  CHECK(found.stored->executable);
  CHECK(found.stored->file_name == "m\xff.bin");
  CHECK(found.bytes == 7);
  CHECK(found.files == 1);
}

TEST_CASE("without a version it is the next whole number, also after archived ones") {
  Shelf shelf;
  const auto version = [&shelf](const std::string& given) {
    return shelf.registry.add(Shelf::asset("a", given)).record.version;
  };
  CHECK(version("") == "1");
  CHECK(version("") == "2");
  CHECK(version("best") == "best");
  CHECK(version("10") == "10");
  shelf.registry.set_archived(AssetKind::data, "a", "10", true);
  CHECK(version("") == "11");
  CHECK(shelf.registry.add(Shelf::asset("b")).record.version == "1");
  CHECK(shelf.registry.add(Shelf::asset("a", {}, "c", AssetKind::model)).record.version == "1");
}

TEST_CASE("a version never changes; an equal one is there already") {
  Shelf shelf;
  CHECK(shelf.registry.add(Shelf::asset("a", "1")).made);
  CHECK_FALSE(shelf.registry.add(Shelf::asset("a", "1")).made);
  CHECK_THROWS_WITH(shelf.registry.add(Shelf::asset("a", "1", "other")),
                    Contains("'a:1' exists already") && Contains("its content differs") &&
                        Contains("leave the version out"));
  auto other = Shelf::asset("a", "1");
  other.description = "said otherwise";
  other.tags = {{"t", ""}};
  CHECK_THROWS_WITH(shelf.registry.add(other), Contains("its description and tags differ;"));
  auto moved = Shelf::asset("a", "1");
  moved.path = "/elsewhere";
  CHECK_THROWS_WITH(shelf.registry.add(moved), Contains("its path differs"));
  CHECK(shelf.listed(AssetKind::data, "a") == Versions{"1"});
}

TEST_CASE("a stored one is the same wherever its file was, and another one by another file name") {
  Shelf shelf;
  (void)shelf.registry.add(Shelf::stored("m", "1"));
  auto again = Shelf::stored("m", "1");
  again.path = "/elsewhere/model";
  CHECK_FALSE(shelf.registry.add(again).made);
  again.stored->object = hash_bytes("the same bytes under another name");
  CHECK_THROWS_WITH(shelf.registry.add(again), Contains("its file name differs"));
}

TEST_CASE("bad names, versions and labels are refused and leave nothing") {
  Shelf shelf;
  for (const auto* bad : {"", "-a", "a b", "a:1"})
    CHECK_THROWS_WITH(shelf.registry.add(Shelf::asset(bad)), Contains("the name"));
  CHECK_THROWS_WITH(shelf.registry.add(Shelf::asset("a", "1/2")), Contains("version '1/2'"));
  CHECK_THROWS_WITH(shelf.registry.add(Shelf::asset("a"), "x y"), Contains("label 'x y'"));
  CHECK_THROWS_WITH(shelf.registry.add(Shelf::asset("a"), "latest"), Contains("by itself"));
  CHECK(shelf.registry.names(AssetKind::data).empty());
}

TEST_CASE("an automatic version is made only for other content where that is asked for") {
  Shelf shelf;
  CHECK(shelf.registry.add_if_changed(Shelf::stored("m", "", "x")).record.version == "1");
  CHECK_FALSE(shelf.registry.add_if_changed(Shelf::stored("m", "", "x")).made);
  CHECK(shelf.registry.add_if_changed(Shelf::stored("m", "", "y")).record.version == "2");
  // Only the newest counts.
  CHECK(shelf.registry.add_if_changed(Shelf::stored("m", "", "x")).record.version == "3");
  CHECK_FALSE(shelf.registry.add_if_changed(Shelf::stored("m", "1", "x")).made);
  CHECK_THROWS_WITH(shelf.registry.add_if_changed(Shelf::stored("m", "1", "y")),
                    Contains("its content differs"));
}

TEST_CASE("latest is the newest that is not archived, whatever its number") {
  Shelf shelf;
  shelf.add_all(AssetKind::data, "a", {"10", "2", "1.0.0"});
  CHECK(shelf.chosen(AssetKind::data, {.name = "a"}) == "1.0.0");
  CHECK(shelf.chosen(AssetKind::data, {.name = "a", .label = "latest"}) == "1.0.0");
  CHECK(shelf.registry.set_archived(AssetKind::data, "a", "1.0.0", true).size() == 1);
  CHECK(shelf.chosen(AssetKind::data, {.name = "a", .label = "latest"}) == "2");
  CHECK(shelf.chosen(AssetKind::data, {.name = "a", .version = "1.0.0"}) == "1.0.0");
  CHECK(shelf.listed(AssetKind::data, "a") == Versions{"2", "10"});
  CHECK(shelf.listed(AssetKind::data, "a", true) == Versions{"1.0.0", "2", "10"});
  CHECK(shelf.registry.set_archived(AssetKind::data, "a", "1.0.0", true).empty());
  CHECK(shelf.registry.set_archived(AssetKind::data, "a", "", true).size() == 2);
  CHECK_THROWS_WITH(shelf.registry.get(AssetKind::data, {.name = "a"}),
                    Contains("all versions of the data asset 'a' are archived") &&
                        Contains("mlpipe data restore a") && Contains("1.0.0 (archived)"));
  CHECK(shelf.registry.newest_of_each(AssetKind::data, false).empty());
  CHECK(shelf.registry.newest_of_each(AssetKind::data, true).size() == 1);
  CHECK(shelf.registry.set_archived(AssetKind::data, "a", "", false).size() == 3);
  CHECK(shelf.chosen(AssetKind::data, {.name = "a"}) == "1.0.0");
}

TEST_CASE("a component's name alone means default, else the highest semantic version") {
  Shelf shelf;
  const auto kind = AssetKind::component;
  shelf.add_all(kind, "c", {"1.10.0", "1.9.0", "1.10.0-rc.1"});
  CHECK(shelf.chosen(kind, {.name = "c"}) == "1.10.0");
  CHECK(shelf.chosen(kind, {.name = "c", .label = "latest"}) == "1.10.0-rc.1");
  shelf.add_all(kind, "c", {"5"});
  CHECK(shelf.chosen(kind, {.name = "c"}) == "5");  // one is no semantic version: the newest
  shelf.registry.set_archived(kind, "c", "5", true);
  CHECK(shelf.chosen(kind, {.name = "c"}) == "1.10.0");
  CHECK_FALSE(shelf.registry.add(Shelf::asset("c", "1.9.0", "of 1.9.0", kind), "default").made);
  CHECK(shelf.chosen(kind, {.name = "c"}) == "1.9.0");
  CHECK(shelf.chosen(kind, {.name = "c", .label = "default"}) == "1.9.0");
}

TEST_CASE("labels name one version of one name") {
  Shelf shelf;
  (void)shelf.registry.add(Shelf::asset("a", "1", "x"), "gold");
  (void)shelf.registry.add(Shelf::asset("a", "2", "y"), "gold");
  (void)shelf.registry.add(Shelf::asset("b", "1", "z"), "gold");
  CHECK(shelf.chosen(AssetKind::data, {.name = "a", .label = "gold"}) == "2");
  const auto first = shelf.registry.get(AssetKind::data, {.name = "a", .version = "1"});
  const auto second = shelf.registry.get(AssetKind::data, {.name = "a", .version = "2"});
  CHECK(shelf.registry.labels_of(first).empty());
  CHECK(shelf.registry.labels_of(second) == Versions{"gold", "latest"});
  CHECK_THROWS_WITH(shelf.registry.get(AssetKind::data, {.name = "a", .label = "silver"}),
                    Contains("has no label 'silver'") && Contains("2 (gold, latest), 1"));
  // A data asset's name alone is the newest, whatever is called `default`.
  (void)shelf.registry.add(Shelf::asset("a", "1", "x"), "default");
  CHECK(shelf.chosen(AssetKind::data, {.name = "a"}) == "2");
}

TEST_CASE("what is not there is told with what is near") {
  Shelf shelf;
  CHECK_THROWS_WITH(shelf.registry.get(AssetKind::model, {.name = "churn"}),
                    Contains("there is no model 'churn'") && Contains("mlpipe model create"));
  shelf.add_all(AssetKind::model, "churn", {"1"});
  CHECK_THROWS_WITH(shelf.registry.get(AssetKind::model, {.name = "chrun"}),
                    Contains("did you mean 'churn'?"));
  CHECK_THROWS_WITH(shelf.registry.get(AssetKind::model, {.name = "churn", .version = "2"}),
                    Contains("has no version '2'; it has 1 (latest)"));
  CHECK_FALSE(shelf.registry.find(AssetKind::data, {.name = "churn"}));
  CHECK_THROWS_AS(shelf.registry.set_archived(AssetKind::model, "x", "", true), Error);
}

TEST_CASE("registering in a batch is part of it") {
  Shelf shelf;
  shelf.history.begin_batch();
  (void)shelf.registry.add(Shelf::stored("m", "1"));
  CHECK_THROWS_AS(shelf.registry.add(Shelf::stored("m", "1", "other")), Error);
  CHECK(shelf.history.in_batch());
  (void)shelf.registry.add(Shelf::stored("m", "2"));
  shelf.history.abandon_batch();
  CHECK(shelf.registry.names(AssetKind::model).empty());
}

TEST_CASE("gc and verify know the objects of what is registered, archived or not") {
  Shelf shelf;
  const auto run = shelf.run();
  auto model = Shelf::stored("m", "1");
  model.creator = shelf.step(run, "train").key;
  (void)shelf.registry.add(model);
  auto component = Shelf::asset("c", "1", "x", AssetKind::component);
  component.sources = {hash_bytes("sources"), hash_bytes("sources")};
  (void)shelf.registry.add(component);
  shelf.registry.set_archived(AssetKind::model, "m", "1", true);
  const auto held = shelf.history.object_holders({}).registered;
  CHECK(std::set<Hash>(held.begin(), held.end()) ==
        std::set<Hash>{model.stored->object, hash_bytes("sources")});
  const auto known = shelf.history.known_objects();
  REQUIRE(known.size() == 2);
  CHECK(known[0].object == model.stored->object);
  CHECK(known[0].asset == "model 'm:1'");
  CHECK(known[0].run_id == run.id);
  CHECK(known[0].result == ResultKey{});
  CHECK(known[1].asset == "component 'c:1'");
  CHECK(known[1].run_id.empty());
}

}  // namespace mlpipe
