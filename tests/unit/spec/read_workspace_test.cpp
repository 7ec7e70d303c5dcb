#include "spec/read_workspace.h"

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::string workspace_error(std::string_view text) {
  const TemporaryFolder folder;
  write_file_atomically(folder.path() / "mlpipe.yaml", text);
  try {
    static_cast<void>(read_workspace(folder.path()));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::invalid_file);
    const std::string message = error.what();
    return message.substr(message.find("mlpipe.yaml"));
  }
  return {};
}

}  // namespace

TEST_CASE("without a workspace file there are defaults") {
  const TemporaryFolder folder;
  const auto workspace = read_workspace(folder.path());
  CHECK(workspace.root == folder.path());
  CHECK(workspace.state_directory == folder.path() / ".mlpipe");
  CHECK_FALSE(workspace.file);
  CHECK(workspace.compute_targets.empty());
  CHECK(workspace.environments.empty());
  CHECK(workspace.record_git_diff);
  CHECK(workspace_error("").empty());
  CHECK(workspace_error("# nothing yet\n").empty());
}

TEST_CASE("a workspace file is read in full") {
  const TemporaryFolder folder;
  write_file_atomically(
      folder.path() / "mlpipe.yaml",
      "compute_targets:\n"
      "  local: {type: local, max_concurrent_steps: 4, cpus: 8, memory: 16GB, gpus: [0, 2]}\n"
      "  gpu-box: {type: ssh, host: gpu1, max_concurrent_steps: 2}\n"
      "  cluster: {type: slurm, partition: gpu, shared_directory: /scratch/me}\n"
      "  bare:\n"
      "  \"*\": {type: local}\n"
      "datastores:\n"
      "  big: {type: local, path: /data}\n"
      "environments:\n"
      "  sklearn: {type: system, python: /usr/bin/python3}\n"
      "  venv: {python: ./venv/bin/python}\n"
      "  home: {python: ~/p/python}\n"
      "  conda: {type: conda, file: env.yml}\n"
      "  \"*\": {type: system}\n"
      "state_directory: ../state\n"
      "git_diff: false\n");
  const auto workspace = read_workspace(folder.path());
  CHECK(workspace.file == folder.path() / "mlpipe.yaml");
  REQUIRE(workspace.compute_targets.size() == 5);
  const auto& local = workspace.compute_targets[0];
  CHECK(local.name == "local");
  CHECK(local.max_concurrent_steps == 4);
  CHECK(local.cpus == 8);
  CHECK(local.memory_bytes == 16'000'000'000U);
  CHECK(local.gpus == std::vector<int>{0, 2});
  CHECK(local.location.line == 2);
  CHECK(workspace.compute_targets[1].type == "ssh");
  CHECK(workspace.compute_targets[1].max_concurrent_steps == 2);
  CHECK(workspace.compute_targets[2].type == "slurm");
  CHECK(workspace.compute_targets[3].type == "local");
  CHECK_FALSE(workspace.compute_targets[3].gpus);
  CHECK(workspace.compute_targets[4].name == "*");
  REQUIRE(workspace.environments.size() == 5);
  CHECK(workspace.environments[0].python == "/usr/bin/python3");
  CHECK(workspace.environments[1].python == (folder.path() / "venv/bin/python").string());
  CHECK(workspace.environments[2].python == std::string(std::getenv("HOME")) + "/p/python");
  CHECK(workspace.environments[3].type == "conda");
  CHECK(workspace.environments[4].name == "*");
  CHECK(workspace.environments[4].python.empty());
  CHECK(workspace.state_directory == folder.path().parent_path() / "state");
  CHECK_FALSE(workspace.record_git_diff);
}

TEST_CASE("mistakes in a workspace file are told all at once, with places") {
  const auto error = workspace_error("compute_target:\n  a: {}\nenvironments:\n  x: {pyhton: y}\n");
  CHECK(error.find("mlpipe.yaml:1:1: error: unknown key 'compute_target' in the workspace file "
                   "(did you mean "
                   "'compute_targets'?)\n"
                   "    1 | compute_target:\n"
                   "      | ^\n"
                   "      = expected one of: compute_targets, datastores, environments, git_diff, "
                   "isolation, max_concurrent_runs, state_directory\n") == 0);
  CHECK(error.find("mlpipe.yaml:4:7: error: unknown key 'pyhton'") != std::string::npos);
}

TEST_CASE("wrong values in a workspace file are errors") {
  const auto has = [](std::string_view text, std::string_view message) {
    return workspace_error(text).find(message) != std::string::npos;
  };
  CHECK(has("compute_targets: {a: {max_concurrent_steps: 0}}\n",
            "mlpipe.yaml:1:45: error: 'max_concurrent_steps' must be a whole number, at least 1, "
            "not '0'"));
  CHECK(has("compute_targets: {a: {memory: 8}}\n", "for example 512MB, 8GB or 1.5GiB"));
  CHECK(has("compute_targets: {a: {gpus: 2}}\n",
            "'gpus' must be a list of device numbers, not text"));
  CHECK(has("compute_targets: {a: {gpus: [x]}}\n",
            "the device number of a GPU must be a whole number"));
  CHECK(has("compute_targets: {a: {hots: b}}\n", "unknown key 'hots' in the compute target 'a'"));
  CHECK(has("compute_targets: {a: {host: b}}\n",
            "'host' is for compute targets of type ssh, and this one is local"));
  CHECK(has("compute_targets: {a: b}\n", "the compute target 'a' must be a map, not text"));
  CHECK(has("compute_targets: {a: {type: ssh, cpus: x}}\n", "'cpus' must be a whole number"));
  CHECK(has("compute_targets: [a]\n",
            "'compute_targets' must be a map from names to settings, not a list"));
  CHECK(has("environments: {x: {pyhton: y}}\n",
            "unknown key 'pyhton' in the environment 'x' (did you mean 'python'?)"));
  CHECK(has("datastores: {x: {pth: y}}\n",
            "unknown key 'pth' in the datastore 'x' (did you mean 'path'?)"));
  CHECK(has("git_diff: perhaps\n", "'git_diff' must be true or false"));
  CHECK(has("state_directory: [a]\n", "'state_directory' must be a single value"));
  CHECK(
      has("state_directory: " + std::string(5000, 'x'), "mlpipe.yaml:1:18: error: cannot access"));
  CHECK(has("a: [\n", "this '[' is not closed"));
}

TEST_CASE("the workspace is the nearest ancestor with a workspace file or state") {
  const TemporaryFolder folder;
  const auto deep = folder.path() / "a" / "b" / "c";
  make_folders(deep);
  CHECK(find_workspace_root(deep, {}) == deep);
  make_folders(folder.path() / "a" / ".mlpipe");
  CHECK(find_workspace_root(deep, {}) == folder.path() / "a");
  write_file_atomically(folder.path() / "a" / "b" / "mlpipe.yaml", "git_diff: true\n");
  CHECK(find_workspace_root(deep, {}) == folder.path() / "a" / "b");
  CHECK(find_workspace_root(deep / "..", {}) == folder.path() / "a" / "b");
  CHECK(find_workspace_root(deep, folder.path()) == folder.path());
  CHECK_THROWS_AS(find_workspace_root(deep, folder.path() / "gone"), Error);
  CHECK_FALSE(fs::exists(deep / ".mlpipe"));
}

}  // namespace mlpipe
