#include "engine/collection_choice.h"

#include <algorithm>
#include <set>
#include <string>

#include "support/catch.h"

namespace mlpipe {
namespace {

Hash object(const std::string& name) { return hash_bytes(name); }

/// Results with objects, and sizes of the objects.
struct Scene {
  ObjectHolders holders;
  ObjectSizes sizes;

  /// Durations in seconds; the last use at that second.
  HeldResult& add(std::int64_t key, const std::vector<std::string>& objects, double seconds = 1) {
    HeldResult result{.key = {key},
                      .duration = Duration(static_cast<std::int64_t>(seconds * 1e6)),
                      .last_used = from_micros(key * 1'000'000),
                      .uses = 1,
                      .shown = true};
    for (const auto& name : objects) {
      result.objects.push_back(object(name));
      sizes.try_emplace(object(name), 100);
    }
    holders.results.push_back(std::move(result));
    return holders.results.back();
  }

  CollectionChoice choose(const CollectionRule& rule) {
    return choose_collection(holders, sizes, rule);
  }
};

std::vector<std::int64_t> keys(const CollectionChoice& choice) {
  std::vector<std::int64_t> keys;
  for (const auto& chosen : choice.results) keys.push_back(chosen.result->key.value);
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::set<Hash> freed(const CollectionChoice& choice) {
  return {choice.objects.begin(), choice.objects.end()};
}

using Keys = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("without a rule only goes what no run shows and what nothing refers to") {
  Scene scene;
  scene.add(1, {"a", "shared"}).shown = false;
  scene.add(2, {"b", "shared"});
  scene.sizes.emplace(object("unknown"), 7);
  const auto choice = scene.choose({});
  CHECK(keys(choice) == Keys{1});
  CHECK(choice.results[0].cause == CollectionCause::not_shown);
  CHECK(freed(choice) == std::set{object("a"), object("unknown")});
  CHECK(choice.kept_bytes == 200);
}

TEST_CASE("what is kept goes by no rule, with all its objects") {
  Scene scene;
  scene.add(1, {"a", "b"}).kept = true;
  scene.holders.results[0].shown = false;
  scene.add(2, {"b", "c"});
  const auto choice = scene.choose({.unused_since = from_micros(1'000'000'000), .max_bytes = 0});
  CHECK(keys(choice) == Keys{2});
  CHECK(freed(choice) == std::set{object("c")});
  CHECK(choice.kept_bytes == 200);
}

TEST_CASE("results that were used since are not too old, to the moment") {
  Scene scene;
  scene.add(1, {"a"});
  scene.add(2, {"b"});
  scene.add(3, {"c"});
  const auto choice = scene.choose({.unused_since = from_micros(2'000'000), .max_bytes = {}});
  CHECK(keys(choice) == Keys{1});
  CHECK(choice.results[0].cause == CollectionCause::unused);
}

TEST_CASE("sources of a step without a result stay as long as its run is young") {
  Scene scene;
  scene.holders.sources = {{.object = object("s"), .last_used = from_micros(5)},
                           {.object = object("t"), .last_used = from_micros(5), .kept = true}};
  scene.sizes = {{object("s"), 1}, {object("t"), 1}};
  CHECK(scene.choose({}).objects.empty());
  const auto by_size = scene.choose({.unused_since = {}, .max_bytes = 0});
  CHECK(by_size.objects.empty());
  CHECK(by_size.kept_bytes == 2);
  CHECK(by_size.to_stay.sources == 1);  // the other one is of a pinned run
  const auto choice = scene.choose({.unused_since = from_micros(6), .max_bytes = {}});
  CHECK(freed(choice) == std::set{object("s")});
}

TEST_CASE("what is registered stays by any rule, and its results may go") {
  Scene scene;
  scene.add(1, {"model", "log"});
  scene.holders.registered = {object("model"), object("lost")};
  const auto choice = scene.choose({.unused_since = from_micros(1'000'000'000), .max_bytes = 0});
  CHECK(keys(choice) == Keys{1});
  CHECK(freed(choice) == std::set{object("log")});
  CHECK(choice.kept_bytes == 100);
  CHECK(choice.to_stay.registered == 100);
}

TEST_CASE("what no size makes go is counted once, by who holds it") {
  Scene scene;
  scene.add(1, {"pinned", "pinned model"}).kept = true;
  scene.add(2, {"model", "download of a result"});
  scene.holders.registered = {object("pinned model"), object("model")};
  scene.holders.downloads = {{"http://a", object("download"), from_micros(5)},
                             {"http://b", object("download of a result"), from_micros(5)},
                             {"http://c", object("pinned"), from_micros(5)}};
  scene.holders.sources = {{.object = object("download"), .last_used = from_micros(5)},
                           {.object = object("source"), .last_used = from_micros(5)}};
  std::uint64_t bytes = 1;
  for (const auto* name : {"pinned", "pinned model", "model", "download of a result", "download",
                           "source", "unknown"}) {
    scene.sizes[object(name)] = bytes;
    bytes *= 10;
  }
  const auto choice = scene.choose({.unused_since = {}, .max_bytes = 0});
  CHECK(keys(choice).empty());  // 2 would free nothing
  CHECK(freed(choice) == std::set{object("unknown")});
  CHECK(choice.to_stay.of_runs == 1);
  CHECK(choice.to_stay.registered == 110);
  CHECK(choice.to_stay.downloads == 11'000);
  CHECK(choice.to_stay.sources == 100'000);
  CHECK(choice.kept_bytes == 111'111);
}

TEST_CASE("for the size, the least time for each byte goes first, and no more than needed") {
  Scene scene;
  scene.add(1, {"a"}, 50);
  scene.add(2, {"b"}, 10);
  scene.add(3, {"c"}, 1);
  scene.sizes[object("c")] = 5;  // 0.2 s a byte; b: 0.1, a: 0.5
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 205})).empty());
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 204})) == Keys{2});
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 104})) == Keys{2, 3});
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 99})) == Keys{1, 2, 3});
}

TEST_CASE("what costs the same goes by its last use, the oldest first") {
  Scene scene;
  scene.add(2, {"b"});
  scene.add(1, {"a"});
  scene.add(3, {"c"});
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 250})) == Keys{1});
}

TEST_CASE("results that share an object are weighed together, with all that goes with them") {
  Scene scene;
  scene.add(1, {"x"}, 1);
  scene.add(2, {"x"}, 1);    // 1 and 2: 2 s for 100 bytes
  scene.add(3, {"y"}, 1.5);  // 1.5 s for 100
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 100})) == Keys{3});
  scene.holders.results[2].duration = Duration(2'500'000);
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 100})) == Keys{1, 2});
  // With a big object of its own, 1 is cheap by itself; then x costs no more than 2.
  scene.holders.results[0].objects.push_back(object("own"));
  scene.sizes[object("own")] = 1000;
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 200})) == Keys{1});
  CHECK(keys(scene.choose({.unused_since = {}, .max_bytes = 199})) == Keys{1, 2});
}

TEST_CASE("a result that would free nothing is not given up for the size") {
  Scene scene;
  scene.add(1, {"x"}).kept = true;
  scene.add(2, {"x"}, 0);
  scene.add(3, {}, 0);
  const auto choice = scene.choose({.unused_since = {}, .max_bytes = 0});
  CHECK(choice.results.empty());
  CHECK(choice.kept_bytes == 100);
}

TEST_CASE("an object that very many results share goes when nothing else can") {
  Scene scene;
  for (std::int64_t key = 1; key <= 3000; ++key) scene.add(key, {"common", std::to_string(key)});
  const auto half = scene.choose({.unused_since = {}, .max_bytes = 150'100});
  CHECK(half.results.size() == 1500);
  const auto all = scene.choose({.unused_since = {}, .max_bytes = 0});
  CHECK(all.results.size() == 3000);
  CHECK(all.kept_bytes == 0);
  Scene only;
  for (std::int64_t key = 1; key <= 3000; ++key) only.add(key, {"common"});
  CHECK(only.choose({.unused_since = {}, .max_bytes = 99}).results.size() == 3000);
}

TEST_CASE("objects that are not on disk count nothing and are no reason") {
  Scene scene;
  scene.add(1, {"lost"});
  scene.sizes.clear();
  CHECK(scene.choose({.unused_since = {}, .max_bytes = 0}).results.empty());
}

}  // namespace mlpipe
