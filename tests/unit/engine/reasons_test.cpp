#include "engine/reasons.h"

#include <map>
#include <string>
#include <vector>

#include "support/catch.h"
#include "unit/history/history_testing.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

/// Nobody knows anything.
Evidence nothing() {
  return {.history = nullptr,
          .find_tree = [](const Hash&) { return std::nullopt; },
          .find_text = [](const Hash&) { return std::string(); },
          .origin_of = [](const std::string&) { return std::string(); }};
}

/// Two folders to compare.
struct Trees {
  Playground ground;

  void before(const std::string& name, const std::string& text) { put("before", name, text); }
  void now(const std::string& name, const std::string& text) { put("now", name, text); }
  void put(const std::string& tree, const std::string& name, const std::string& text) {
    put_file(ground / tree / name, text);
  }
  ReadableTree tree(const std::string& name) {
    make_folders(ground / name);
    return {ground.hash(ground / name).entries, ground / name};
  }
  Lines changes(std::size_t limit = 10) { return tree_changes(tree("before"), tree("now"), limit); }
  /// Evidence in which both trees can be read by their hashes.
  Evidence evidence() {
    Evidence found = nothing();
    found.find_tree = [this](const Hash& hash) -> std::optional<ReadableTree> {
      for (const auto* name : {"before", "now"})
        if (ground.hash(ground / name).hash == hash) return tree(name);
      return std::nullopt;
    };
    return found;
  }
};

Manifest one(PartKind kind, const std::string& name, const std::string& value) {
  return {{kind, name, value}};
}

}  // namespace

TEST_CASE("two trees differ by the files that are new, changed and gone") {
  Trees trees;
  trees.before("same.py", "x");
  trees.now("same.py", "x");
  trees.before("train.py", "a\nb\nc\n");
  trees.now("train.py", "a\nb\nC\n");
  trees.before("old.py", "x");
  trees.now("sub/new.py", "x");
  CHECK(trees.changes() ==
        Lines{"sub/new.py is new", "train.py changed (line 3)", "old.py is gone"});
}

TEST_CASE("where a text begins to differ is told, for text only") {
  Trees trees;
  trees.before("first", "x");
  trees.now("first", "y");
  trees.before("longer", "a\nb\n");
  trees.now("longer", "a\nb\nc");
  trees.before("model.bin", std::string("a\0b", 3));
  trees.now("model.bin", std::string("a\0c", 3));
  CHECK(trees.changes() ==
        Lines{"first changed (line 1)", "longer changed (line 3)", "model.bin changed"});
}

TEST_CASE("a file that is executable now, or of another kind, is told so") {
  Trees trees;
  trees.before("run.sh", "x");
  trees.now("run.sh", "x");
  set_mode(trees.ground / "now/run.sh", 0755);
  trees.before("stop.sh", "x");
  trees.now("stop.sh", "x");
  set_mode(trees.ground / "before/stop.sh", 0755);
  trees.before("data", "x");
  trees.now("real", "x");
  trees.before("real", "x");
  put_link(trees.ground / "now/data", "real");
  CHECK(trees.changes() == Lines{"data is of another kind (file, folder or link)",
                                 "run.sh became executable", "stop.sh is no longer executable"});
}

TEST_CASE("names are printable, and no more are told than asked for") {
  Trees trees;
  make_folders(trees.ground / "before");
  for (const auto* name : {"a", "b", "c\x01", "d"}) trees.now(name, "x");
  CHECK(trees.changes(3) == Lines{"a is new", "b is new", "c\\x01 is new", "and 1 more"});
  CHECK(trees.changes(4).size() == 4);
}

TEST_CASE("equal trees have no changes") {
  Trees trees;
  trees.before("a/b", "x");
  trees.now("a/b", "x");
  CHECK(trees.changes().empty());
}

TEST_CASE("a changed source directory is explained down to the file") {
  Trees trees;
  trees.before("train.py", "a\n");
  trees.now("train.py", "b\n");
  const auto source = [&](const char* name) {
    return one(PartKind::source, "", trees.ground.hash(trees.ground / name).hash.hex());
  };
  CHECK(explain_changes(source("before"), source("now"), trees.evidence()) ==
        Lines{"source directory changed: train.py changed (line 1)"});
  CHECK(explain_changes(source("before"), source("now"), nothing()) ==
        Lines{"source directory changed"});
}

TEST_CASE("a changed folder input is explained down to the file, a file input is not opened") {
  Trees trees;
  trees.before("part-1.csv", "1");
  trees.now("part-1.csv", "1");
  trees.now("part-2.csv", "2");
  const auto input = [&](const char* name, const char* kind) {
    return one(PartKind::input, "raw",
               trees.ground.hash(trees.ground / name).hash.hex() + " " + kind + " ro_mount ");
  };
  CHECK(explain_changes(input("before", "folder"), input("now", "folder"), trees.evidence()) ==
        Lines{"input 'raw' has other contents: part-2.csv is new"});
  CHECK(explain_changes(input("before", "file"), input("now", "file"), trees.evidence()) ==
        Lines{"input 'raw' has other contents"});
}

TEST_CASE("a changed interpreter is explained by its distributions") {
  const std::string before = "cpython 3.11.2\nnumpy==1.24\nscipy==1.10\nsix\n";
  const std::string now = "cpython 3.11.2\nnumpy==1.26\nscipy==1.10\npandas==2\n";
  Evidence evidence = nothing();
  evidence.find_text = [&](const Hash& hash) {
    return hash == hash_bytes(before) ? before : hash == hash_bytes(now) ? now : std::string();
  };
  const auto part = [](const std::string& text) {
    return one(PartKind::environment, "python",
               "cpython 3.11.2, 2 distributions " + hash_bytes(text).hex());
  };
  CHECK(explain_changes(part(before), part(now), evidence) ==
        Lines{"python environment changed: numpy 1.24 -> 1.26, pandas 2 is new, six is gone"});
  CHECK_THAT(explain_changes(part("?"), part(now), evidence).at(0),
             Contains("python environment changed: cpython 3.11.2, 2 distributions"));
}

TEST_CASE("a changed input says where it comes from") {
  Evidence evidence = nothing();
  evidence.origin_of = [](const std::string& name) { return "step 'prep' as " + name; };
  const auto part = [](const std::string& text) {
    return one(PartKind::input, "raw", hash_bytes(text).hex() + " file ro_mount r.csv");
  };
  CHECK(explain_changes(part("a"), part("b"), evidence) ==
        Lines{"input 'raw' has other contents (from step 'prep' as raw)"});
}

TEST_CASE("plain changes are told one each, in the manifest's order") {
  const Manifest before = {{PartKind::literal, "lr", "1"}, {PartKind::literal, "old", "1"}};
  const Manifest now = {{PartKind::action, "", "command"}, {PartKind::literal, "lr", "2"}};
  CHECK(explain_changes(before, now, nothing()) ==
        Lines{"what is run is new", "'lr' changed: 1 -> 2", "'old' is gone"});
  CHECK(explain_changes(now, now, nothing()).empty());
}

TEST_CASE("a miss is explained by the last time the step was completed") {
  Records records;
  Evidence evidence = nothing();
  evidence.history = &records.history;
  const Manifest now = one(PartKind::literal, "lr", "0.2");
  CHECK(miss_reason("p", "train", now, nothing()) == "first run of this step");
  CHECK(miss_reason("p", "train", now, evidence) == "first run of this step");

  StepRunRecord last{.run = records.run("p").key,
                     .step = "train",
                     .status = Status::completed,
                     .manifest = encode(one(PartKind::literal, "lr", "0.1"))};
  records.history.add_step(last);
  CHECK(miss_reason("p", "train", now, evidence) == "'lr' changed: 0.1 -> 0.2");
  CHECK(miss_reason("q", "train", now, evidence) == "first run of this step");
  CHECK(miss_reason("p", "train", one(PartKind::literal, "lr", "0.1"), evidence) ==
        "its last result was not kept for reuse");

  last.manifest = "garbage";
  records.history.update_step(last);
  CHECK(miss_reason("p", "train", now, evidence) ==
        "the record of its last execution cannot be read");
}

TEST_CASE("a reused step says from which run, under which name, and when it was made") {
  // Not how long ago: that would be recorded, and true for a moment only.
  const ResultRecord result{.run_id = "k3f", .step = "train", .made = now() - 2h};
  const std::string when = local_time_text(result.made);
  CHECK(reused_reason(result, "train") == "reused from run k3f, made " + when);
  CHECK(reused_reason(result, "fit") == "reused from run k3f (there 'train'), made " + when);
}

}  // namespace mlpipe
