#include "core/frozen_spec.h"

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("a frozen pipeline is the same after it was written and read") {
  FrozenSpec spec{.file = "/w/p.yaml",
                  .texts = {{"/w/p.yaml", "steps: {a: {command: \"ü\"}}\n"}, {"/w/c.yml", ""}}};
  spec.sources[{.directory = "/w/src",
                .include = {"a.py"},
                .added = {"/w/common"},
                .left_out = {"/w/src/c.yml"}}] = hash_bytes("s");
  spec.sources[{.directory = "/w/src"}] = hash_bytes("t");
  CHECK(decode_frozen_spec(encode(spec)) == spec);
  CHECK(encode(*decode_frozen_spec(encode(spec))) == encode(spec));
}

TEST_CASE("what counts as it was, besides the sources, is written and read too") {
  FrozenSpec spec{.file = "/w/p.yaml"};
  spec.hash_paths["/w/version.txt"] = {.hash = hash_bytes("v"), .executable = true};
  spec.inputs["/w/table.csv"] = {.object = hash_bytes("t"), .file_name = "table.csv"};
  spec.inputs["/w/data"] = {.object = hash_bytes("d")};
  spec.texts_elsewhere["/w/large.yaml"] = hash_bytes("l");
  spec.sources[{.directory = "/w/src"}] = hash_bytes("d");  // the same object, once
  CHECK(decode_frozen_spec(encode(spec)) == spec);
  CHECK(spec.objects().size() == 2);
  CHECK_FALSE(spec.frozen_input("/w/data"));  // its place is not known
  spec.places = {{hash_bytes("t"), "/store/t"}, {hash_bytes("d"), "/store/d"}};
  CHECK(spec.frozen_input("/w/table.csv") == "/store/t/table.csv");
  CHECK(spec.frozen_input("/w/data") == "/store/d");
  CHECK_FALSE(spec.frozen_input("/w/other"));
}

TEST_CASE("what is no frozen pipeline is not read as one") {
  for (const auto* text :
       {"", "[]", "{}", "{\"file\": 1, \"texts\": {}, \"sources\": []}",
        "{\"file\": \"a\", \"texts\": {\"x\": 1}, \"sources\": []}",
        "{\"file\": \"a\", \"texts\": {}, \"sources\": [{\"directory\": \"d\", \"include\": [], "
        "\"added\": [], \"left_out\": [], \"object\": \"12\"}]}"})
    CHECK_FALSE(decode_frozen_spec(text).has_value());
}

TEST_CASE("a path that is no text is refused by name when a pipeline is recorded") {
  CHECK_THROWS_WITH(encode(FrozenSpec{.file = "/w/p.yaml", .texts = {{"/w/\xff.yml", ""}}}),
                    Catch::Matchers::Contains("/w/p.yaml"));
}

}  // namespace mlpipe
