#include "engine/prepare_step.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "unit/engine/execution_testing.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

Segment text(const std::string& value) { return {Segment::Kind::text, value}; }
Segment input(const std::string& name) { return {Segment::Kind::input, name}; }
Segment output(const std::string& name) { return {Segment::Kind::output, name}; }

Variables variables_of(const Job& job) {
  Variables variables;
  for (const auto& entry : job.environment)
    variables.emplace(entry.substr(0, entry.find('=')), entry.substr(entry.find('=') + 1));
  return variables;
}

}  // namespace

TEST_CASE("a step's private directory holds a writable copy of its sources and all it may need") {
  Execution one;
  one.use_sources({{"main.sh", "echo"}, {"lib/a.txt", "a"}});
  set_mode(one.ground / "src" / "main.sh", 0555);
  one.use_sources({});
  one.step.outputs = {{.name = "model", .type = DataType::uri_file, .file_name = "m.pkl"},
                      {.name = "plots"}};
  const Job job = one.prepared();
  CHECK(job.work_directory == one.root() / "code");
  CHECK(list_names(one.root()) == Names{"code", "context.json", "outputs", "tmp"});
  CHECK(list_names(one.root() / "code") == Names{"lib", "logs", "main.sh", "outputs"});
  CHECK(list_names(one.root() / "outputs") == Names{"model", "plots"});
  CHECK(list_names(one.root() / "outputs" / "model").empty());
  CHECK(read_file(one.root() / "code" / "lib" / "a.txt") == "a");
  CHECK((mode_of(one.root() / "code" / "main.sh") & 0700U) == 0700U);
  CHECK((mode_of(one.root() / "code" / "lib") & 0700U) == 0700U);
  put_file(one.root() / "code" / "lib" / "a.txt", "changed by the step");
  CHECK(one.store.check(one.execution.source) == ObjectState::intact);
}

TEST_CASE("what an earlier attempt left is gone") {
  Execution one;
  put_file(one.root() / "code" / "left", "x");
  put_file(one.root() / "outputs" / "model" / "half", "x");
  (void)one.prepared();
  CHECK(list_names(one.root() / "code") == Names{"logs", "outputs"});
  CHECK_FALSE(stat_link(one.root() / "outputs"));
}

TEST_CASE("a script is started by its interpreter, or by itself from its copy") {
  Execution one;
  one.use_sources({{"train.py", ""}});
  put_file(one.ground / "raw data.csv", "1");
  one.add_path("raw", one.ground / "raw data.csv");
  one.step.outputs = {{.name = "model", .type = DataType::uri_file, .file_name = "m.pkl"}};
  one.step.action = ScriptAction{"train.py",
                                 {{
                                      text("--in"),
                                  },
                                  {input("raw")},
                                  {text("--out="), output("model")},
                                  {text("$x 'y'")}}};
  const Names arguments = {"--in", (one.ground / "raw data.csv").string(),
                           "--out=" + (one.root() / "outputs" / "model" / "m.pkl").string(),
                           "$x 'y'"};
  one.execution.interpreter = "/usr/bin/python3";
  Names expected = {"/usr/bin/python3", "train.py"};
  expected.insert(expected.end(), arguments.begin(), arguments.end());
  CHECK(one.prepared().argv == expected);

  one.execution.interpreter.clear();
  expected = {(one.root() / "code" / "train.py").string()};
  expected.insert(expected.end(), arguments.begin(), arguments.end());
  CHECK(one.prepared().argv == expected);
}

TEST_CASE("a command goes to bash with its locations quoted") {
  Execution one;
  put_file(one.ground / "it's.csv", "1");
  one.add_path("raw", one.ground / "it's.csv");
  one.step.action = CommandAction{{text("wc -l < "), input("raw")}};
  const std::string quoted = "'" + one.ground.folder.path().string() + "/it'\\''s.csv'";
  CHECK(one.prepared().argv == Names{"/bin/bash", "-c", "wc -l < " + quoted});
}

TEST_CASE("a job has the step's name, logs and time-out") {
  Execution one;
  one.step.settings.edit().timeout = std::chrono::seconds(7);
  const Job job = one.prepared();
  CHECK(job.name == "train");
  CHECK(job.stdout_file == one.execution.stdout_file);
  CHECK(job.stderr_file == one.execution.stderr_file);
  CHECK(job.timeout == std::chrono::seconds(7));
  CHECK(stat_file(job.stdout_file.parent_path()));
}

TEST_CASE("a step's environment is what it was promised and nothing else") {
  Execution one;
  put_file(one.ground / "raw.csv", "1");
  one.add_path("raw-data", one.ground / "raw.csv");
  one.step.literals = {{"l.r", "0.1"}};
  one.step.outputs = {{.name = "model"}};
  one.step.settings.edit().environment_variables = {{"SEED", "1"}, {"TOKEN", "mine"}};
  one.execution.passed = {{"TOKEN", "passed"}, {"USER_KEY", "k"}};
  one.execution.attempt = 2;
  const std::string root = one.root();
  const std::string raw = one.ground / "raw.csv";
  CHECK(variables_of(one.prepared()) == Variables{
                                            {"AML_PARAMETER_l_r", "0.1"},
                                            {"AZUREML_RUN_ID", "abc"},
                                            {"AZURE_ML_INPUT_raw_data", raw},
                                            {"AZURE_ML_OUTPUT_model", root + "/outputs/model"},
                                            {"MLPIPE_ATTEMPT", "2"},
                                            {"MLPIPE_CONTEXT", root + "/context.json"},
                                            {"MLPIPE_EXPERIMENT", "exp"},
                                            {"MLPIPE_INPUT_l_r", "0.1"},
                                            {"MLPIPE_INPUT_raw_data", raw},
                                            {"MLPIPE_METRICS", root + "/metrics.jsonl"},
                                            {"MLPIPE_OUTPUT_model", root + "/outputs/model"},
                                            {"MLPIPE_RUN_ID", "abc"},
                                            {"MLPIPE_STEP", "train"},
                                            {"PATH", "/usr/bin:/bin"},
                                            {"SEED", "1"},
                                            {"TMPDIR", root + "/tmp"},
                                            {"TOKEN", "mine"},
                                            {"USER_KEY", "k"},
                                        });
}

TEST_CASE("a python folder heads the PATH, and GPUs are named where they were given") {
  Execution one;
  one.execution.python_folder = "/cache/python/x";
  one.execution.visible_gpus = "0,2";
  const auto variables = variables_of(one.prepared());
  CHECK(variables.at("PATH") == "/cache/python/x:/usr/bin:/bin");
  CHECK(variables.at("CUDA_VISIBLE_DEVICES") == "0,2");
}

TEST_CASE("the context file says all of it under the names of the file, any bytes included") {
  Execution one;
  put_file(one.ground / "\xff.csv", "1");
  one.add_path("raw-data", one.ground / "\xff.csv");
  one.step.literals = {{"lr", "0.10"}};
  one.step.outputs = {{.name = "model"}};
  (void)one.prepared();
  const auto context = nlohmann::json::parse(read_file(one.root() / "context.json"));
  CHECK(context["run_id"] == "abc");
  CHECK(context["step"] == "train");
  CHECK(context["experiment"] == "exp");
  CHECK(context["attempt"] == 1);
  CHECK(context["parameters"]["lr"] == "0.10");
  CHECK(context["outputs"]["model"] == (one.root() / "outputs" / "model").string());
  CHECK(context["inputs"].contains("raw-data"));
}

TEST_CASE("a download is a private writable copy, of a file and of a folder, from anywhere") {
  Execution one;
  put_file(one.ground / "raw.csv", "1");
  put_file(one.ground / "data" / "sub" / "a", "a");
  make_folders(one.ground / "data" / "empty");
  put_link(one.ground / "data" / "link", "sub/a");
  put_file(one.ground / "tool.sh", "#!/bin/sh\n");
  set_mode(one.ground / "tool.sh", 0555);
  put_file(one.ground / "made" / "m", "m");
  put_file(one.ground / "made.bin", "b");
  one.add_path("file", one.ground / "raw.csv", InputMode::download);
  one.add_path("folder", one.ground / "data", InputMode::download);
  one.add_path("tool", one.ground / "tool.sh", InputMode::download);
  one.add_object("object", one.ground / "made", InputMode::download);
  const auto object = one.add_object("bin", one.ground / "made.bin", InputMode::download);
  const auto variables = variables_of(one.prepared());
  const auto inputs = one.root() / "inputs";
  CHECK(variables.at("MLPIPE_INPUT_file") == (inputs / "file" / "raw.csv").string());
  CHECK(variables.at("MLPIPE_INPUT_folder") == (inputs / "folder").string());
  CHECK(variables.at("MLPIPE_INPUT_object") == (inputs / "object").string());
  CHECK(variables.at("MLPIPE_INPUT_bin") == (inputs / "bin" / "made.bin").string());
  CHECK(read_file(inputs / "file" / "raw.csv") == "1");
  CHECK(list_names(inputs / "folder") == Names{"empty", "link", "sub"});
  CHECK(fs::read_symlink(inputs / "folder" / "link") == "sub/a");
  CHECK(read_file(inputs / "object" / "m") == "m");
  CHECK(stat_file(inputs / "tool" / "tool.sh")->executable);
  for (const auto& file :
       {inputs / "file" / "raw.csv", inputs / "folder" / "sub" / "a", inputs / "tool" / "tool.sh",
        inputs / "object" / "m", inputs / "bin" / "made.bin"}) {
    CAPTURE(file);
    CHECK((mode_of(file) & 0200U) != 0);
    CHECK(stat_file(file)->links == 1);
  }
  put_file(inputs / "bin" / "made.bin", "scribbled");
  CHECK(one.store.check(object.id) == ObjectState::intact);
}

TEST_CASE("a direct input is the text that was written") {
  Execution one;
  put_file(one.ground / "raw.csv", "1");
  one.add_path("raw", one.ground / "raw.csv", InputMode::direct, "../raw.csv");
  CHECK(variables_of(one.prepared()).at("MLPIPE_INPUT_raw") == "../raw.csv");
}

TEST_CASE("an input in place that moved is named, and nothing is made") {
  Execution one;
  put_file(one.ground / "data" / "a", "a");
  one.add_path("data", one.ground / "data");
  const auto change = GENERATE(0, 1, 2);
  if (change == 0) put_file(one.ground / "data" / "a", "other");
  if (change == 1) put_file(one.ground / "data" / "new", "n");
  if (change == 2) remove_tree(one.ground / "data" / "a");
  const auto preparation = prepare_step(one.execution, one.store);
  REQUIRE(std::holds_alternative<InputMoved>(preparation));
  CHECK(
      std::get<InputMoved>(preparation).path.native().starts_with((one.ground / "data").native()));
  CHECK_FALSE(stat_link(one.root()));
}

TEST_CASE("inputs whose objects are gone or damaged are told by their positions") {
  Execution one;
  for (const auto* name : {"one", "two", "three"}) put_file(one.ground / name, name);
  const auto gone = one.add_object("gone", one.ground / "one");
  one.add_object("whole", one.ground / "two");
  const auto damaged = one.add_object("damaged", one.ground / "three");
  remove_tree(one.store.content_folder(gone.id).parent_path());
  const auto file = one.store.content_folder(damaged.id) / "three";
  set_mode(file, 0644);
  put_file(file, "thr3e");
  const auto preparation = prepare_step(one.execution, one.store);
  REQUIRE(std::holds_alternative<InputsLost>(preparation));
  CHECK(std::get<InputsLost>(preparation).inputs == std::vector<std::size_t>{0, 2});
  CHECK_FALSE(stat_link(one.root()));
}

}  // namespace mlpipe
