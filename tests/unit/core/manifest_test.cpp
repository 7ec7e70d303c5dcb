#include "core/manifest.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "support/catch.h"

namespace mlpipe {
namespace {

Segment text(const std::string& value) { return {Segment::Kind::text, value}; }
Segment input(const std::string& name) { return {Segment::Kind::input, name}; }
Segment output(const std::string& name) { return {Segment::Kind::output, name}; }

/// A step and its surroundings with something in every field.
struct Work {
  Step step;
  StepFacts facts;

  Work() {
    step.name = "train";
    step.sources.edit().directory = "/home/me/project/src";
    step.action = ScriptAction{
        "train.py", {{text("--data")}, {input("data")}, {text("--out="), output("model")}}};
    step.literals = {{"depth", "3"}, {"lr", "0.1"}};
    step.inputs = {{.name = "base", .source = OutputSource{{0}, "model"}},
                   {.name = "data",
                    .type = DataType::uri_file,
                    .source = PathSource{"/data/raw.csv", "../data/raw.csv"}}};
    step.outputs = {
        {.name = "model", .type = DataType::uri_file, .file_name = "model.pkl"},
        {.name = "plots"},
    };
    step.settings.edit().environment_variables = {{"SEED", "1"}};
    step.settings.edit().pass_environment = {"TOKEN"};
    step.sources.edit().hash_paths = {"../common.py"};
    facts.source = hash_bytes("sources");
    facts.inputs = {
        {.hash = hash_bytes("base")},
        {.is_file = true, .hash = hash_bytes("a,b\n"), .base_name = "raw.csv"},
    };
    facts.hash_paths = {{.hash = hash_bytes("common")}};
    facts.pass_environment = {"secret"};
    facts.environment_definition = "system";
    facts.interpreters = {{"python", "cpython 3.11.2"}};
  }

  [[nodiscard]] Manifest manifest() const { return make_manifest(step, facts); }
  [[nodiscard]] Hash print() const { return fingerprint(encode(manifest())); }
};

std::string value_of(const Manifest& manifest, PartKind kind, const std::string& name = "") {
  for (const auto& part : manifest)
    if (part.kind == kind && part.name == name) return part.value;
  return "(no such part)";
}

struct Change {
  const char* what;
  std::function<void(Work&)> make;
};

ScriptAction& script(Work& work) { return std::get<ScriptAction>(work.step.action); }

}  // namespace

TEST_CASE("a manifest is encoded as kind, length, name, length, value") {
  const Manifest manifest = {{PartKind::format, "", "1"}, {PartKind::literal, "lr", "0.1"}};
  const std::string expected(
      "\x01\0\0\0\0\0\0\0\x01"
      "1"
      "\x05\0\0\0\x02"
      "lr\0\0\0\x03"
      "0.1",
      24);
  CHECK(encode(manifest) == expected);
  CHECK(encode(Manifest{{PartKind::action, std::string(258, 'n'), ""}}).substr(0, 5) ==
        std::string("\x03\0\0\x01\x02", 5));
}

TEST_CASE("a manifest says everything that decides a step's result, in one order") {
  std::vector<std::string> lines;
  for (const auto& part : Work().manifest())
    lines.push_back(std::to_string(static_cast<int>(part.kind)) + " [" + part.name + "] " +
                    (part.kind == PartKind::platform ? "" : part.value));
  CHECK(lines == std::vector<std::string>{
                     "1 [] 1",
                     "2 [] ",
                     "3 [] script train.py",
                     "4 [000000] t6:--data",
                     "4 [000001] i4:data",
                     "4 [000002] t6:--out=o5:model",
                     "5 [depth] 3",
                     "5 [lr] 0.1",
                     "6 [base] " + hash_bytes("base").hex() + " folder ro_mount ",
                     "6 [data] " + hash_bytes("a,b\n").hex() + " file ro_mount raw.csv",
                     "7 [] " + hash_bytes("sources").hex(),
                     "8 [../common.py] " + hash_bytes("common").hex(),
                     "9 [SEED] 1",
                     "10 [TOKEN] set " + hash_bytes("secret").hex(),
                     "11 [] system",
                     "11 [python] cpython 3.11.2",
                     "12 [model] file model.pkl",
                     "12 [plots] folder",
                 });
}

TEST_CASE("whatever decides a result changes the fingerprint") {
  const std::vector<Change> changes = {
      {"the script", [](Work& w) { script(w).script_name = "other.py"; }},
      {"an argument's text", [](Work& w) { script(w).arguments[0][0].text = "--date"; }},
      {"one more argument", [](Work& w) { script(w).arguments.push_back({text("")}); }},
      {"arguments' order",
       [](Work& w) { std::swap(script(w).arguments[0], script(w).arguments[1]); }},
      {"which input is bound where", [](Work& w) { script(w).arguments[1][0].text = "base"; }},
      {"an input becomes an output",
       [](Work& w) { script(w).arguments[1][0].kind = Segment::Kind::output; }},
      {"script to command",
       [](Work& w) { w.step.action = CommandAction{{text("train.py --data")}}; }},
      {"a literal's value", [](Work& w) { w.step.literals[1].value = "0.10"; }},
      {"a literal's name", [](Work& w) { w.step.literals[1].name = "rate"; }},
      {"a literal more",
       [](Work& w) {
         w.step.literals.push_back({"z", ""});
       }},
      {"a literal less", [](Work& w) { w.step.literals.pop_back(); }},
      {"swapped literals",
       [](Work& w) { std::swap(w.step.literals[0].value, w.step.literals[1].value); }},
      {"an input's content", [](Work& w) { w.facts.inputs[0].hash = hash_bytes("base2"); }},
      {"swapped inputs' contents",
       [](Work& w) { std::swap(w.facts.inputs[0].hash, w.facts.inputs[1].hash); }},
      {"an input's name", [](Work& w) { w.step.inputs[0].name = "bass"; }},
      {"a file input's base name", [](Work& w) { w.facts.inputs[1].base_name = "RAW.csv"; }},
      {"a file input is executable", [](Work& w) { w.facts.inputs[1].executable = true; }},
      {"a file becomes a folder", [](Work& w) { w.facts.inputs[1].is_file = false; }},
      {"an input's mode", [](Work& w) { w.step.inputs[0].mode = InputMode::download; }},
      {"the sources", [](Work& w) { w.facts.source = hash_bytes("edited"); }},
      {"a hash_path's content", [](Work& w) { w.facts.hash_paths[0].hash = hash_bytes("c2"); }},
      {"a hash_path's x bit", [](Work& w) { w.facts.hash_paths[0].executable = true; }},
      {"a hash_path less",
       [](Work& w) {
         w.step.sources.edit().hash_paths.clear();
         w.facts.hash_paths.clear();
       }},
      {"a variable's value",
       [](Work& w) { w.step.settings.edit().environment_variables["SEED"] = "2"; }},
      {"a variable more", [](Work& w) { w.step.settings.edit().environment_variables["A"] = ""; }},
      {"a passed variable's value", [](Work& w) { w.facts.pass_environment[0] = "other"; }},
      {"a passed variable is not set", [](Work& w) { w.facts.pass_environment[0].reset(); }},
      {"a passed variable is empty", [](Work& w) { w.facts.pass_environment[0] = ""; }},
      {"the environment's definition",
       [](Work& w) { w.facts.environment_definition = "container"; }},
      {"the interpreter", [](Work& w) { w.facts.interpreters[0].second = "cpython 3.12"; }},
      {"an interpreter less", [](Work& w) { w.facts.interpreters.clear(); }},
      {"an output's name", [](Work& w) { w.step.outputs[0].name = "best"; }},
      {"an output's kind", [](Work& w) { w.step.outputs[0].type = DataType::uri_folder; }},
      {"an output's base name", [](Work& w) { w.step.outputs[0].file_name = "m.pkl"; }},
      {"an output more", [](Work& w) { w.step.outputs.push_back({.name = "z"}); }},
      {"the instance count", [](Work& w) { w.step.settings.edit().resources.instance_count = 2; }},
      {"a distribution", [](Work& w) { w.step.settings.edit().distribution = Distribution{}; }},
      {"its kind",
       [](Work& w) {
         w.step.settings.edit().distribution = Distribution{.kind = Distribution::Kind::mpi};
       }},
      {"its processes",
       [](Work& w) { w.step.settings.edit().distribution = Distribution{.processes = 2}; }},
      {"its workers",
       [](Work& w) {
         w.step.settings.edit().distribution =
             Distribution{.kind = Distribution::Kind::tensorflow, .processes = 2};
       }},
      {"its parameter servers",
       [](Work& w) {
         w.step.settings.edit().distribution = Distribution{
             .kind = Distribution::Kind::tensorflow, .processes = 2, .parameter_servers = 1};
       }},
  };
  std::set<Hash> seen = {Work().print()};
  for (const auto& change : changes) {
    CAPTURE(change.what);
    Work work;
    change.make(work);
    CHECK(seen.insert(work.print()).second);  // differs from the base, and from every other change
  }
}

TEST_CASE("what does not decide a result leaves the fingerprint as it is") {
  const std::vector<Change> changes = {
      {"name", [](Work& w) { w.step.name = "fit"; }},
      {"description", [](Work& w) { w.step.description = "Fits the model."; }},
      {"location",
       [](Work& w) {
         w.step.location = {"pipeline.yaml", 12, 3};
       }},
      {"where the sources lie",
       [](Work& w) { w.step.sources.edit().directory = "/elsewhere/src"; }},
      {"include (its effect is in the tree)",
       [](Work& w) { w.step.sources.edit().include = {"train.py"}; }},
      {"depends_on", [](Work& w) { w.step.depends_on = {{0}}; }},
      {"compute target", [](Work& w) { w.step.settings.edit().compute_target = "cluster"; }},
      {"environment's name", [](Work& w) { w.step.settings.edit().environment = "other-name"; }},
      {"cpus", [](Work& w) { w.step.settings.edit().resources.cpus = 8; }},
      {"gpus", [](Work& w) { w.step.settings.edit().resources.gpus = 1; }},
      {"memory", [](Work& w) { w.step.settings.edit().resources.memory_bytes = 1U << 30U; }},
      {"time-out", [](Work& w) { w.step.settings.edit().timeout = std::chrono::seconds(5); }},
      {"retry",
       [](Work& w) {
         w.step.settings.edit().retry = {3, 1.0, 2.0};
       }},
      {"allow_reuse", [](Work& w) { w.step.settings.edit().allow_reuse = false; }},
      {"where an output is copied to", [](Work& w) { w.step.outputs[0].path = "/tmp/model"; }},
      {"where an input lies",
       [](Work& w) {
         w.step.inputs[1].source = PathSource{"/mnt/raw.csv", "/mnt/raw.csv"};
       }},
      {"which step makes an input",
       [](Work& w) {
         w.step.inputs[0].source = OutputSource{{7}, "m"};
       }},
      {"an input's declared type", [](Work& w) { w.step.inputs[1].type = DataType::uri_folder; }},
      {"an input's place in the file", [](Work& w) { w.step.inputs[1].location.line = 9; }},
      {"an output's place in the file", [](Work& w) { w.step.outputs[0].location.line = 9; }},
      {"a folder input's x bit and name",
       [](Work& w) {
         w.facts.inputs[0].base_name = "folder";
         w.facts.inputs[0].executable = true;
       }},
  };
  for (const auto& change : changes) {
    CAPTURE(change.what);
    Work work;
    change.make(work);
    CHECK(work.manifest() == Work().manifest());
  }
}

TEST_CASE("the text of a direct input's location counts, since that is what the step gets") {
  Work work;
  work.step.inputs[1].mode = InputMode::direct;
  CHECK(value_of(work.manifest(), PartKind::input, "data.uri") == "../data/raw.csv");
  CHECK(value_of(Work().manifest(), PartKind::input, "data.uri") == "(no such part)");
}

TEST_CASE("a passed variable's value is nowhere in the manifest") {
  CHECK(encode(Work().manifest()).find("secret") == std::string::npos);
}

TEST_CASE("no value can pose as a binding, and no text as two") {
  const std::vector<Template> all_different = {
      {input("data")},
      {output("data")},
      {text("data")},
      {text("i4:data")},
      {text("${{inputs.data}}")},
      {text("t4:data")},
      {text("da"), text("ta")},
      {text("d"), text("ata")},
      {input("da"), text("ta")},
      {text(""), text("data")},
      {},
      {text("")},
  };
  std::set<std::string> encoded;
  std::set<Hash> prints;
  for (const auto& segments : all_different) {
    Work work;
    work.step.action = CommandAction{segments};
    CHECK(encoded.insert(encode(segments)).second);
    CHECK(prints.insert(work.print()).second);
  }
}

TEST_CASE("neither two arguments nor name and value can be cut elsewhere") {
  const auto with_arguments = [](const std::vector<Template>& arguments) {
    Work work;
    script(work).arguments = arguments;
    return work.print();
  };
  CHECK(with_arguments({{text("ab")}, {text("c")}}) != with_arguments({{text("a")}, {text("bc")}}));
  CHECK(with_arguments({{text("ab")}}) != with_arguments({{text("a")}, {text("b")}}));

  const auto parts = [](const std::string& name, const std::string& value) {
    return encode(Manifest{{PartKind::literal, name, value}});
  };
  CHECK(parts("ab", "c") != parts("a", "bc"));
  CHECK(parts("", "abc") != parts("abc", ""));
  // A value that looks like the rest of the encoding with one more part.
  const Manifest two = {{PartKind::literal, "a", "1"}, {PartKind::literal, "b", "2"}};
  const std::string tail = encode(two).substr(10);
  CHECK(encode(Manifest{{PartKind::literal, "a", "1" + tail}}) != encode(two));
}

TEST_CASE("decoding gives back what was encoded, whatever bytes it holds") {
  const Manifest manifests[] = {
      {},
      Work().manifest(),
      {{PartKind::environment_variable, std::string("a\0b", 3), "\xff\xfe\n"},
       {PartKind::output, "", std::string(70'000, 'x')}},
  };
  for (const auto& manifest : manifests) CHECK(decode_manifest(encode(manifest)) == manifest);
}

TEST_CASE("bytes that are no manifest decode to nothing") {
  const std::string good = encode(Work().manifest());
  REQUIRE(decode_manifest(good));
  std::size_t whole = 0;  // a cut between two parts leaves a shorter manifest
  for (std::size_t length = 0; length < good.size(); ++length)
    if (decode_manifest(good.substr(0, length))) ++whole;
  CHECK(whole == Work().manifest().size());
  CHECK_FALSE(decode_manifest("SQLite format 3"));
  CHECK_FALSE(decode_manifest(std::string("\x01\xff\xff\xff\xff\0\0\0\0", 9)));
  CHECK_FALSE(decode_manifest(good + "x"));
  CHECK_FALSE(decode_manifest(std::string("\0\0\0\0\0\0\0\0\0", 9)));  // there is no kind 0
}

TEST_CASE("a template can be read again by people") {
  CHECK(readable_template(encode({text("--data "), input("raw"), text(" > "), output("log")})) ==
        "--data ${{inputs.raw}} > ${{outputs.log}}");
  CHECK(readable_template("").empty());
  CHECK(readable_template("garbage") == "");
  CHECK(readable_template("t99:short") == "short");
  CHECK(readable_template("t18446744073709551610:x") == "x");  // does not hang
}

TEST_CASE("the changes between two manifests are what was, what is, and what differs") {
  const Manifest before = {
      {PartKind::literal, "a", "1"}, {PartKind::literal, "b", "2"}, {PartKind::source, "", "x"}};
  const Manifest now = {{PartKind::action, "", "command"},
                        {PartKind::literal, "b", "3"},
                        {PartKind::source, "", "x"},
                        {PartKind::output, "o", "folder"}};
  std::vector<std::string> lines;
  for (const auto& change : manifest_changes(before, now))
    lines.push_back(change.name + ": " + change.before.value_or("-") + " " +
                    change.now.value_or("-"));
  CHECK(lines == std::vector<std::string>{": - command", "a: 1 -", "b: 2 3", "o: - folder"});
  CHECK(manifest_changes(now, now).empty());
}

TEST_CASE("a change is told in words") {
  const std::string a = hash_bytes("a").hex();
  const std::string b = hash_bytes("b").hex();
  const auto [change, expected] = GENERATE_REF(table<PartChange, std::string>({
      {{PartKind::format, "", "1", "2"}, "mlpipe's own rules for reuse changed: 1 -> 2"},
      {{PartKind::literal, "lr", "0.1", "0.2"}, "'lr' changed: 0.1 -> 0.2"},
      {{PartKind::literal, "lr", std::nullopt, "0.2"}, "'lr' is new"},
      {{PartKind::literal, "lr", "0.2", std::nullopt}, "'lr' is gone"},
      {{PartKind::argument, "000002", "t1:a", "i1:b"}, "argument 3 changed: a -> ${{inputs.b}}"},
      {{PartKind::argument, "command", "t1:a", "t1:b"}, "the command changed: a -> b"},
      {{PartKind::argument, "odd", "t1:a", "t1:b"}, "argument odd changed: a -> b"},
      {{PartKind::source, "", a, b}, "source directory changed"},
      {{PartKind::hash_path, "x.py", a, b}, "hash_paths 'x.py' changed"},
      {{PartKind::pass_environment, "TOKEN", "set " + a, "unset"},
       "passed environment variable 'TOKEN' changed"},
      {{PartKind::input, "raw", a + " file ro_mount r.csv", b + " file ro_mount r.csv"},
       "input 'raw' has other contents"},
      {{PartKind::input, "raw", a + " file ro_mount r.csv", a + " file download r.csv"},
       "input 'raw' changed: " + a.substr(0, 8) + " file ro_mount r.csv -> " + a.substr(0, 8) +
           " file download r.csv"},
      {{PartKind::input, "raw.uri", "a.csv", "b.csv"}, "input 'raw.uri' changed: a.csv -> b.csv"},
      {{PartKind::environment_variable, "X", "\x1b[0m", ""},
       "environment variable 'X' changed: \\x1b[0m -> "},
      {{PartKind::environment, "python", "3.10", "3.11"},
       "python environment changed: 3.10 -> 3.11"},
      {{PartKind::environment, "", "system", "conda"}, "environment changed: system -> conda"},
      {{PartKind::output, "m", "folder", "file m"}, "output 'm' changed: folder -> file m"},
      {{PartKind::process_count, "instances", std::nullopt, "2"}, "number of instances is new"},
      {{PartKind::process_count, "processes", "pytorch 2", "pytorch 4"},
       "number of processes changed: pytorch 2 -> pytorch 4"},
  }));
  CHECK(describe(change) == expected);
}

TEST_CASE("a long value is cut between characters") {
  std::string value = std::string(119, 'a') + "é" + "b";  // é lies across the limit of 120 bytes
  CHECK(describe({PartKind::literal, "x", "", value}) ==
        "'x' changed:  -> " + std::string(119, 'a') + "...");
}

TEST_CASE("the content hash of a part is the hash it begins with") {
  const Hash hash = hash_bytes("x");
  CHECK(content_hash_of({PartKind::input, "a", hash.hex() + " file ro_mount x"}) == hash);
  CHECK(content_hash_of({PartKind::source, "", hash.hex()}) == hash);
  CHECK(content_hash_of({PartKind::hash_path, "p", hash.hex()}) == hash);
  CHECK_FALSE(content_hash_of({PartKind::literal, "a", hash.hex()}));
  CHECK_FALSE(content_hash_of({PartKind::input, "a.uri", "data.csv"}));
}

}  // namespace mlpipe
