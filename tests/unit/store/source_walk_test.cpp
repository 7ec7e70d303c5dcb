#include "store/source_walk.h"

#include <algorithm>

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A repository with sources at `code`, and something to add to them at `shared`.
struct AddedWorld : StoreWorld {
  fs::path code = folder.path() / "repo/code";
  fs::path shared = folder.path() / "repo/shared";
  SourceFolder source{.root = code, .include = {}, .added = {shared / "common"}};

  AddedWorld() {
    make_folders(folder.path() / "repo/.git");
    put_file(code / "main.py", "m");
    put_file(shared / "common/words.py", "w");
  }

  Contents look() { return hash_source(source, cache, pool); }
  Lines shape_of_source() { return shape(look().entries); }
  /// Whether the source is refused, with this in the message.
  bool refuses(const std::string& text) {
    try {
      (void)look();
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
      return error.kind() == ErrorKind::invalid_file &&
             std::string(error.what()).find(text) != std::string::npos;
    }
    return false;
  }
};

/// Let the cache give a hash for `path` that its bytes do not have.
Hash remember_another(const fs::path& path, StatCache& cache) {
  const auto look = stat_file(path).value();
  constexpr std::int64_t later = 60'000'000'000;
  const Hash hash = hash_bytes(path.native());
  cache.remember(path, look, hash, std::max(look.mtime_ns, look.ctime_ns) + later);
  return hash;
}

bool was_looked_at(const Contents& contents, const fs::path& path) {
  return std::any_of(contents.looks.begin(), contents.looks.end(),
                     [&](const auto& look) { return look.first == path; });
}

}  // namespace

TEST_CASE("what is added appears at the top of a source, in the order of names") {
  AddedWorld world;
  put_file(world.shared / "a.txt", "a");
  world.source.added = {world.shared / "a.txt", world.shared / "common"};
  CHECK(world.shape_of_source() == Lines{"a.txt", "common/", "common/words.py", "main.py"});

  for (const auto& part : {world.code, world.shared})
    fs::copy(part, world / "whole", fs::copy_options::recursive);
  CHECK(world.look().hash == world.hash(world / "whole").hash);
}

TEST_CASE("what is added may be all that there is") {
  AddedWorld world;
  world.source.root.clear();
  CHECK(world.shape_of_source() == Lines{"common/", "common/words.py"});
  CHECK_FALSE(was_looked_at(world.look(), ""));
  const auto stored = world.store.add_source(world.source, world.cache, world.pool);
  CHECK(shape(world.store.entries(stored.id)) == Lines{"common/", "common/words.py"});
}

TEST_CASE("the ignore files around an added folder hold in it, those of the sources do not") {
  AddedWorld world;
  put_file(world.shared / ".gitignore", "*.tmp\n/common/gen\n");
  put_file(world.code / ".gitignore", "words.py\n.gitignore\n");
  for (const char* name : {"x.tmp", "gen/x", "sub/y.tmp", "sub/gen/y"})
    put_file(world.shared / "common" / name, "");
  put_file(world.shared / "common/sub/.gitignore", ".gitignore\n!y.tmp\n");
  CHECK(world.shape_of_source() == Lines{"common/", "common/sub/", "common/sub/gen/",
                                         "common/sub/gen/y", "common/sub/y.tmp", "common/words.py",
                                         "main.py"});
}

TEST_CASE("a named file is taken whatever the rules say") {
  AddedWorld world;
  put_file(world.shared / ".gitignore", "*\n");
  world.source.added = {world.shared / "common/words.py"};
  CHECK(world.shape_of_source() == Lines{"main.py", "words.py"});
}

TEST_CASE("outputs, logs and caches are left out of sources and of what is added alike") {
  AddedWorld world;
  for (const auto& root : {world.code, world.shared / "common"})
    for (const char* name : {"outputs/x", "logs/x", "__pycache__/x", "sub/outputs/x"})
      put_file(root / name, "");
  CHECK(world.shape_of_source() == Lines{"common/", "common/sub/", "common/sub/outputs/",
                                         "common/sub/outputs/x", "common/words.py", "main.py",
                                         "sub/", "sub/outputs/", "sub/outputs/x"});
}

TEST_CASE("include narrows the sources, not what is added") {
  AddedWorld world;
  put_file(world.code / "other.py", "");
  world.source.include = {"main.py"};
  CHECK(world.shape_of_source() == Lines{"common/", "common/words.py", "main.py"});
}

TEST_CASE("the hashes of added files are remembered under their own paths") {
  AddedWorld world;
  const fs::path words = world.shared / "common/words.py";
  const Hash hash = remember_another(words, world.cache);
  const Contents contents = world.look();
  REQUIRE(contents.entries[1].path == "common/words.py");
  CHECK(contents.entries[1].hash == hash);
  CHECK(was_looked_at(contents, words));
  CHECK(was_looked_at(contents, world.shared / "common"));
  CHECK(contents.followed.empty());
}

TEST_CASE("a change of what is added is seen") {
  AddedWorld world;
  const Contents before = world.look();
  put_file(world.shared / "common/new", "");
  CHECK(first_moved(before) == world.shared / "common");
  CHECK(world.look().hash != before.hash);
}

TEST_CASE("what is added has a name of its own, and is a file or folder") {
  AddedWorld world;
  put_file(world.code / ".gitignore", "common\n");
  put_file(world.code / "common", "");  // although it is ignored
  CHECK(world.refuses((world.shared / "common").native() + "' cannot be"));
  fs::remove(world.code / "common");
  put_file(world / "repo/common", "");
  world.source.added.push_back(world / "repo/common");
  CHECK(world.refuses("something else with that name"));
  world.source.added = {world / "nothing"};
  CHECK(world.refuses((world / "nothing").native() + "', which"));
  put_link(world / "link", "nothing");
  world.source.added = {world / "link"};
  CHECK(world.refuses("is a link that leads nowhere"));
  REQUIRE(::mkfifo((world / "fifo").c_str(), 0600) == 0);
  world.source.added = {world / "fifo"};
  CHECK(world.refuses("is neither a file nor a folder"));
  world.source.added = {world / "repo/.git"};  // as everywhere
  CHECK(world.shape_of_source() == Lines{".gitignore", "main.py"});
}

TEST_CASE("bad entries of an added folder are named by their own paths") {
  AddedWorld world;
  const fs::path bad = world.shared / "common/sub/bad";
  put_link(bad, "gone");
  CHECK(world.refuses("'" + bad.native() + "' leads to"));
  fs::remove(bad);
  put_link(bad, "..");
  CHECK(world.shape_of_source() ==
        Lines{"common/", "common/sub/", "common/sub/bad -> ..", "common/words.py", "main.py"});
  fs::remove(bad);
  put_link(bad, "../..");
  CHECK(world.refuses("'" + bad.native() + "' goes round"));
}

TEST_CASE("links of an added folder resolve within it, others are followed") {
  AddedWorld world;
  put_file(world.shared / "far/x", "far");
  put_link(world.shared / "common/near", "words.py");
  put_link(world.shared / "common/far", "../far");
  put_link(world.shared / "common/main", world.code / "main.py");
  CHECK(world.shape_of_source() == Lines{"common/", "common/far/", "common/far/x", "common/main",
                                         "common/near -> words.py", "common/words.py", "main.py"});
  put_link(world / "link", world.shared / "common");
  world.source.added = {world / "link"};
  CHECK(world.shape_of_source() == Lines{"link/", "link/far/", "link/far/x", "link/main",
                                         "link/near -> words.py", "link/words.py", "main.py"});
}

TEST_CASE("an added folder may hold the sources, or be in them") {
  AddedWorld world;
  world.source.added = {world / "repo"};
  CHECK(world.shape_of_source() == Lines{"main.py", "repo/", "repo/code/", "repo/code/main.py",
                                         "repo/shared/", "repo/shared/common/",
                                         "repo/shared/common/words.py"});
  world.source = {
      .root = world.shared, .include = {}, .added = {world.code, world.code / "main.py"}};
  put_link(world.code / "shared", "../shared");  // which the sources are
  CHECK(world.shape_of_source() == Lines{"code/", "code/main.py", "code/shared/",
                                         "code/shared/common/", "code/shared/common/words.py",
                                         "common/", "common/words.py", "main.py"});
}

TEST_CASE("outputs that are put into an added folder are no source") {
  AddedWorld world;
  put_file(world.shared / "common/o.csv", "");
  put_file(world.shared / "common/c.yml", "");
  world.source.left_out = {world.shared / "common/o.csv"};
  world.source.usually_left_out = {world.shared / "common/c.yml"};
  CHECK(world.shape_of_source() == Lines{"common/", "common/words.py", "main.py"});
}

TEST_CASE("a folder that holds nothing but outputs is no source, whoever made it") {
  AddedWorld world;
  world.source = {.root = world.code,
                  .include = {},
                  .added = {},
                  .left_out = {world.code / "res/new/o.csv", world.code / "res/all"},
                  .run_id_letters = "abc",
                  .run_id_length = 3};
  world.source.left_out.push_back(world.code / "runs/of/${{name}}/o.csv");
  const Lines nothing = {"main.py"};
  CHECK(world.shape_of_source() == nothing);
  make_folders(world.code / "res/new");
  CHECK(world.shape_of_source() == nothing);
  put_file(world.code / "res/new/o.csv", "");
  put_file(world.code / "res/all/x", "");
  put_file(world.code / "runs/of/abc/o.csv", "");
  CHECK(world.shape_of_source() == nothing);
  make_folders(world.code / "res/empty");  // the user's
  CHECK(world.shape_of_source() == Lines{"main.py", "res/", "res/empty/"});
  put_file(world.code / "res/new/notes", "");
  CHECK(world.shape_of_source() ==
        Lines{"main.py", "res/", "res/empty/", "res/new/", "res/new/notes"});
  fs::remove(world.code / "res/new/notes");
  world.source.include = {"main.py", "res/new"};  // by name
  CHECK(world.shape_of_source() == Lines{"main.py", "res/", "res/new/"});
}

}  // namespace mlpipe
