#include "engine/collect_step.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "unit/engine/execution_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

/// An execution whose job is over.
struct Ended : Execution {
  Ended() {
    step.outputs = {{.name = "model", .type = DataType::uri_file, .file_name = "m.pkl"},
                    {.name = "plots"}};
    (void)prepared();
    put_file(root() / "outputs" / "model" / "m.pkl", "model");
    put_file(root() / "outputs" / "plots" / "a.png", "png");
  }
  Collection collect() { return collect_step(execution, store); }
};

std::vector<Metric> metrics_in(const std::string& text, std::vector<std::string>& warnings) {
  TemporaryFolder folder;
  write_file_atomically(folder.path() / "metrics.jsonl", text);
  return read_metrics(folder.path() / "metrics.jsonl", warnings);
}

}  // namespace

TEST_CASE("outputs move into the store, and the private directory goes") {
  Ended one;
  put_file(one.root() / "code" / "outputs" / "report.html", "html");
  const Collection collection = one.collect();
  CHECK(collection.failure.empty());
  CHECK(collection.doubts.empty());
  CHECK(collection.warnings.empty());
  REQUIRE(collection.outputs.size() == 3);
  REQUIRE(collection.objects.size() == 3);
  const auto& model = collection.outputs[0];
  CHECK(model.name == "model");
  CHECK(model.is_file);
  CHECK(model.file_name == "m.pkl");
  CHECK(model.content_hash == hash_bytes("model"));
  CHECK(model.bytes == 5);
  CHECK(read_file(one.store.content_folder(model.object) / "m.pkl") == "model");
  const auto& plots = collection.outputs[1];
  CHECK(plots.name == "plots");
  CHECK_FALSE(plots.is_file);
  CHECK(plots.content_hash == plots.object);
  CHECK(plots.files == 1);
  CHECK(collection.outputs[2].name == artifacts_output);
  CHECK(collection.objects[1].id == plots.object);
  CHECK_FALSE(stat_link(one.root()));
}

TEST_CASE("a file output may be a link, an executable, an empty file; a folder may be empty") {
  Ended one;
  remove_tree(one.root() / "outputs" / "plots" / "a.png");
  put_file(one.root() / "code" / "real", "");
  set_mode(one.root() / "code" / "real", 0755);
  remove_tree(one.root() / "outputs" / "model" / "m.pkl");
  put_link(one.root() / "outputs" / "model" / "m.pkl", one.root() / "code" / "real");
  const Collection collection = one.collect();
  CHECK(collection.failure.empty());
  REQUIRE(collection.outputs.size() == 2);
  CHECK(collection.outputs[0].content_hash == hash_bytes(""));
  CHECK(collection.outputs[0].file_name == "m.pkl");
  CHECK(collection.outputs[0].executable);
  CHECK(collection.outputs[1].files == 0);
}

TEST_CASE("an output that was not made is a failure that says what is there instead") {
  Ended one;
  const auto folder = one.root() / "outputs" / "model";
  remove_tree(folder / "m.pkl");
  SECTION("nothing") {
    CHECK_THAT(one.collect().failure, Contains("did not make its output 'model'") &&
                                          Contains((folder / "m.pkl").string()) &&
                                          !Contains("beside"));
  }
  SECTION("a look-alike") {
    put_file(folder / "m.pkl.txt", "x");
    CHECK_THAT(one.collect().failure, Contains("it made 'm.pkl.txt'") && Contains("file_name"));
  }
  SECTION("something else") {
    put_file(folder / "model.onnx", "x");
    CHECK_THAT(one.collect().failure, Contains("beside it there is 'model.onnx'"));
  }
  SECTION("a dangling link") {
    put_link(folder / "m.pkl", "nowhere");
    CHECK_THAT(one.collect().failure, Contains("'model'") && Contains("leads nowhere"));
  }
  SECTION("not even its folder") {
    remove_tree(folder);
    CHECK_THAT(one.collect().failure, Contains("did not make its output 'model'"));
  }
  CHECK(stat_link(one.root()));  // kept for a look
}

TEST_CASE("a folder where a file was declared, and the other way round, is a failure") {
  Ended one;
  SECTION("folder for file") {
    remove_tree(one.root() / "outputs" / "model" / "m.pkl");
    make_folders(one.root() / "outputs" / "model" / "m.pkl");
    CHECK_THAT(one.collect().failure, Contains("'model'") && Contains("uri_folder"));
  }
  SECTION("file for folder") {
    remove_tree(one.root() / "outputs" / "plots");
    put_file(one.root() / "outputs" / "plots", "x");
    CHECK_THAT(one.collect().failure, Contains("'plots'") && Contains("made a file"));
  }
}

TEST_CASE("what cannot be stored is the step's failure, in an artifact only a warning") {
  Ended one;
  SECTION("output") {
    put_link(one.root() / "outputs" / "plots" / "dangling", "nowhere");
    CHECK_THAT(one.collect().failure, Contains("dangling"));
  }
  SECTION("artifact") {
    put_file(one.root() / "code" / "logs" / "log", "x");
    REQUIRE(::mkfifo((one.root() / "code" / "logs" / "pipe").c_str(), 0600) == 0);
    const Collection collection = one.collect();
    CHECK(collection.failure.empty());
    CHECK(collection.outputs.size() == 2);
    REQUIRE(collection.warnings.size() == 1);
    CHECK_THAT(collection.warnings[0], Contains("./logs is not kept") && Contains("pipe"));
  }
}

TEST_CASE("an input that moved or was damaged while the step ran raises a doubt") {
  Ended one;
  put_file(one.ground / "raw.csv", "1");
  one.add_path("raw", one.ground / "raw.csv");
  put_file(one.ground / "made", "m");
  const auto object = one.add_object("upstream", one.ground / "made");
  SECTION("neither") { CHECK(one.collect().doubts.empty()); }
  SECTION("the file in place") {
    put_file(one.ground / "raw.csv", "2");
    const auto doubts = one.collect().doubts;
    REQUIRE(doubts.size() == 1);
    CHECK_THAT(doubts[0], Contains("raw.csv") && Contains("not kept for reuse"));
  }
  SECTION("the object") {
    set_mode(one.store.content_folder(object.id) / "made", 0644);
    put_file(one.store.content_folder(object.id) / "made", "M");
    const auto doubts = one.collect().doubts;
    REQUIRE(doubts.size() == 1);
    CHECK_THAT(doubts[0], Contains("'upstream'"));
  }
}

TEST_CASE("metrics are JSON lines with name and value, step and time if they say so") {
  std::vector<std::string> warnings;
  const auto metrics = metrics_in(
      "{\"name\": \"acc\", \"value\": 0.5}\n"
      "\n"
      "{\"name\": \"loss\", \"value\": 1e-3, \"step\": 7, \"time\": 1700000000.5}\r\n"
      "{\"name\": \"best\", \"value\": \"resnet\", \"step\": 2.5, \"time\": \"now\"}\n"
      "{\"name\": \"ok\", \"value\": true}",  // no line end: the step was killed after it
      warnings);
  CHECK(warnings.empty());
  REQUIRE(metrics.size() == 4);
  CHECK(metrics[0].name == "acc");
  CHECK(metrics[0].value == "0.5");
  CHECK_FALSE(metrics[0].step);
  CHECK(metrics[0].time > from_micros(1'700'000'000'000'000));  // the file's
  CHECK(metrics[1].value == "0.001");
  CHECK(metrics[1].step == 7);
  CHECK(metrics[1].time == from_micros(1'700'000'000'500'000));
  CHECK(metrics[2].value == "\"resnet\"");
  CHECK_FALSE(metrics[2].step);
  CHECK(metrics[2].time == metrics[0].time);
  CHECK(metrics[3].value == "true");
}

TEST_CASE("Python's NaN and Infinity are kept as texts, but not within texts") {
  std::vector<std::string> warnings;
  const auto metrics = metrics_in(
      "{\"name\": \"a\", \"value\": NaN}\n"
      "{\"name\":\"b\",\"value\":-Infinity}\n"
      "{\"name\": \"c\", \"value\": [Infinity, 1]}\n"
      "{\"name\": \"d: NaN \\\": NaN\", \"value\": 1}\n",
      warnings);
  CHECK(warnings.empty());
  REQUIRE(metrics.size() == 4);
  CHECK(metrics[0].value == "\"NaN\"");
  CHECK(metrics[1].value == "\"-Infinity\"");
  CHECK(metrics[2].value == "[\"Infinity\",1]");
  CHECK(metrics[3].name == "d: NaN \": NaN");
}

TEST_CASE("lines that are no metrics are told by number and left out") {
  std::vector<std::string> warnings;
  const auto metrics = metrics_in(
      "garbage \x01\n"
      "[1]\n"
      "{\"name\": 1, \"value\": 2}\n"
      "{\"name\": \"x\"}\n"
      "{\"name\": \"y\", \"value\": 1\n"
      "{\"name\": \"\xff\", \"value\": 1}\n"
      "{\"name\": \"z\", \"value\": 1}\n",
      warnings);
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0].name == "z");
  REQUIRE(warnings.size() == 6);
  CHECK_THAT(warnings[0], Contains("line 1 ") && Contains("garbage \\x01"));
  CHECK_THAT(warnings[2], Contains("line 3 ") && Contains("\"name\""));
}

TEST_CASE("no metrics file, an empty one, or something else in its place gives no metrics") {
  TemporaryFolder folder;
  std::vector<std::string> warnings;
  CHECK(read_metrics(folder.path() / "none", warnings).empty());
  CHECK(read_metrics(folder.path(), warnings).empty());
  CHECK(metrics_in("", warnings).empty());
  CHECK(warnings.empty());
}

TEST_CASE("a collected step brings its metrics") {
  Ended one;
  put_file(one.root() / "metrics.jsonl", "{\"name\": \"acc\", \"value\": 1}\nbad\n");
  const Collection collection = one.collect();
  REQUIRE(collection.metrics.size() == 1);
  CHECK(collection.warnings.size() == 1);
}

TEST_CASE("of very many lines that are no metrics some are told, the others counted") {
  std::vector<std::string> warnings;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "bad\n";
  CHECK(metrics_in(text + "{\"name\": \"a\", \"value\": 1}\n", warnings).size() == 1);
  REQUIRE(warnings.size() == 21);
  CHECK_THAT(warnings.back(), Contains("980 more lines"));
}

}  // namespace mlpipe
