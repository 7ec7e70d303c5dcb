#include "engine/step_environment.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): setenv
#include <sys/stat.h>

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

/// A program that prints its arguments.
fs::path put_program(const fs::path& path) {
  make_folders(path.parent_path());
  write_file_atomically(path, "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\"\n");
  REQUIRE(::chmod(path.c_str(), 0755) == 0);
  return path;
}

const EnvironmentConfig from_path{.name = "system"};

}  // namespace

TEST_CASE("a step gets these variables of the caller's and these fixed ones, and no others") {
  const Variables caller = {{"PATH", "/opt/bin:/bin"},
                            {"HOME", "/home/me"},
                            {"USER", "me"},
                            {"LOGNAME", "me2"},
                            {"http_proxy", "http://p"},
                            {"https_proxy", "http://q"},
                            {"no_proxy", "localhost"},
                            {"all_proxy", "socks://p"},
                            {"HTTP_PROXY", "http://P"},
                            {"HTTPS_PROXY", "http://Q"},
                            {"NO_PROXY", "LOCAL"},
                            {"ALL_PROXY", "socks://P"},
                            {"CUDA_VISIBLE_DEVICES", "1"},
                            {"LANG", "de_DE.UTF-8"},
                            {"LC_ALL", "de_DE"},
                            {"TZ", "Europe/Berlin"},
                            {"SECRET", "x"},
                            {"PYTHONPATH", "/evil"},
                            {"LD_PRELOAD", "/evil.so"},
                            {"MLPIPE_WORKSPACE", "/w"},
                            {"TMPDIR", "/mine"},
                            {"PWD", "/here"},
                            {"BASH_ENV", "/rc"}};
  CHECK(base_environment(caller) == Variables{{"ALL_PROXY", "socks://P"},
                                              {"CUDA_VISIBLE_DEVICES", "1"},
                                              {"HOME", "/home/me"},
                                              {"HTTPS_PROXY", "http://Q"},
                                              {"HTTP_PROXY", "http://P"},
                                              {"LANG", "C.UTF-8"},
                                              {"LC_ALL", "C.UTF-8"},
                                              {"LOGNAME", "me2"},
                                              {"NO_PROXY", "LOCAL"},
                                              {"PATH", "/opt/bin:/bin"},
                                              {"PYTHONUNBUFFERED", "1"},
                                              {"TZ", "UTC"},
                                              {"USER", "me"},
                                              {"all_proxy", "socks://p"},
                                              {"http_proxy", "http://p"},
                                              {"https_proxy", "http://q"},
                                              {"no_proxy", "localhost"}});
}

TEST_CASE("a bare environment, as under cron, still has a PATH") {
  const auto [caller, path] = GENERATE(table<Variables, std::string>({
      {Variables{}, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {Variables{{"PATH", ""}}, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {Variables{{"PATH", "/x"}}, "/x"},
  }));
  const Variables got = base_environment(caller);
  CHECK(got.at("PATH") == path);
  CHECK(got.count("HOME") == 0);
}

TEST_CASE("this process's environment is read as it is") {
  ::setenv("MLPIPE_TEST_VALUE", "a=b\n", 1);  // NOLINT(*-mt-unsafe)
  ::setenv("MLPIPE_TEST_EMPTY", "", 1);       // NOLINT(*-mt-unsafe)
  const Variables own = own_environment();
  CHECK(own.at("MLPIPE_TEST_VALUE") == "a=b\n");
  CHECK(own.at("MLPIPE_TEST_EMPTY").empty());
  ::unsetenv("MLPIPE_TEST_VALUE");  // NOLINT(*-mt-unsafe)
  ::unsetenv("MLPIPE_TEST_EMPTY");  // NOLINT(*-mt-unsafe)
}

TEST_CASE("variables become one NAME=value each") {
  CHECK(as_list({{"B", "2=3"}, {"A", ""}}) == std::vector<std::string>{"A=", "B=2=3"});
}

TEST_CASE("python is the one the environment names, else python3 on PATH, else python") {
  TemporaryFolder folder;
  const auto bin = folder.path() / "bin";
  const auto python = put_program(bin / "python");
  const Variables caller = {{"PATH", bin.string()}};
  CHECK(interpreter_program("python", from_path, caller) == python);
  const auto python3 = put_program(bin / "python3");
  CHECK(interpreter_program("python", from_path, caller) == python3);
  const auto named = put_program(folder.path() / "venv" / "bin" / "python");
  CHECK(interpreter_program("python", {.name = "e", .python = named}, caller) == named);
  const auto rscript = put_program(bin / "Rscript");
  CHECK(interpreter_program("Rscript", {.name = "e", .python = named}, caller) == rscript);
}

TEST_CASE("an interpreter that is not there is named with what to do") {
  TemporaryFolder folder;
  const Variables caller = {{"PATH", folder.path().string()}};
  CHECK_THROWS_WITH(interpreter_program("python", from_path, caller),
                    Contains("python") && Contains("mlpipe.yaml"));
  CHECK_THROWS_WITH(interpreter_program("Rscript", from_path, caller), Contains("Rscript"));
}

TEST_CASE("python and python3 of the folder start the program, whatever its name") {
  TemporaryFolder folder;
  const auto program = put_program(folder.path() / "it's a $venv" / "bin" / "python3.11");
  const auto made = python_folder(program, folder.path() / "cache");
  CHECK(list_names(made) == std::vector<std::string>{"python", "python3"});
  for (const auto* name : {"python", "python3"}) {
    const auto result =
        run_process({.argv = {(made / name).string(), "-c", "a b"}, .work_directory = "/"});
    CHECK(result.out == program.string() + "|-c|a b|");
  }
}

TEST_CASE("a python folder is made once, and each program has its own") {
  TemporaryFolder folder;
  const auto cache = folder.path() / "cache";
  const auto one = python_folder("/usr/bin/python3", cache);
  const auto look = stat_file(one / "python");
  CHECK(python_folder("/usr/bin/python3", cache) == one);
  CHECK(stat_file(one / "python")->same_content_as(*look));
  CHECK(python_folder("/opt/python3", cache) != one);
}

}  // namespace mlpipe
