#include "store/source_filter.h"

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

Taken taken(const SourceFolder& source, std::string_view path, bool is_folder = false) {
  const SourceFilter filter(source);
  const auto scope = filter.rules().scope(nullptr, source.root, "");
  return filter.take(scope, filter.root(), path, is_folder);
}

}  // namespace

TEST_CASE("what runs put under their ids is no source, whichever run it was") {
  const TemporaryFolder folder;
  const SourceFolder source{.root = folder.path(),
                            .include = {},
                            .left_out = {folder.path() / "res/${{name}}.a/o.csv"},
                            .run_id_letters = "cdfghkmnprz48",
                            .run_id_length = 10};
  CHECK(taken(source, "res/gdmhp4nzmf.a", true) == Taken::nothing);
  CHECK(taken(source, "res/ckr8znn8cc.a", true) == Taken::nothing);
  CHECK(taken(source, "res/ckr8znn8cc.b", true) == Taken::wholly);
  CHECK(taken(source, "res/short.a", true) == Taken::wholly);
  CHECK(taken(source, "res/CKR8ZNN8CC.a", true) == Taken::wholly);
  CHECK(taken(source, "other/gdmhp4nzmf.a", true) == Taken::wholly);
}

TEST_CASE("a component's own file is no source unless an ignore file brings it back") {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "c.yml", "x");
  const SourceFolder source{.root = folder.path(),
                            .include = {},
                            .left_out = {},
                            .usually_left_out = {folder.path() / "c.yml"}};
  CHECK(taken(source, "c.yml") == Taken::nothing);
  CHECK(taken(source, "d.yml") == Taken::wholly);
  write_file_atomically(folder.path() / ".amlignore", "*.tmp\n!c.yml\n");
  CHECK(taken(source, "c.yml") == Taken::wholly);
}

}  // namespace mlpipe
