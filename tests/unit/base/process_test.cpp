#include "base/process.h"

#include <csignal>
#include <fstream>

#include "base/file.h"
#include "support/catch.h"
#include "support/eventually.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

ProcessSpec bash(const std::string& script) {
  return {.argv = {"bash", "-c", script}, .work_directory = "/"};
}

}  // namespace

TEST_CASE("a program's output, errors and exit code come back") {
  const auto result = run_process(bash("echo out; echo err >&2; exit 3"));
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK(result.exit_code == 3);
  CHECK_FALSE(result.ok());
}

TEST_CASE("a program reads the text it is given, and nothing if there is none") {
  auto spec = bash("cat");
  CHECK(run_process(spec).out.empty());
  spec.stdin_text = std::string(300'000, 'x');
  CHECK(run_process(spec).out == spec.stdin_text);
  spec = bash("exec 0<&-; true");
  spec.stdin_text = std::string(300'000, 'x');
  CHECK(run_process(spec).ok());
}

TEST_CASE("a program gets exactly the environment and folder it is given") {
  const TemporaryFolder folder;
  ProcessSpec spec{.argv = {"/usr/bin/env"},
                   .work_directory = folder.path(),
                   .environment = std::vector<std::string>{"A=1", "B=x y"}};
  CHECK(run_process(spec).out == "A=1\nB=x y\n");
  spec.argv = {"/bin/pwd"};
  CHECK(run_process(spec).out == fs::canonical(folder.path()).string() + "\n");
}

TEST_CASE("a program that is not there gives 127 and says so") {
  auto result = run_process({.argv = {"no-such-program-at-all"}});
  CHECK(result.exit_code == 127);
  CHECK(result.err.find("no-such-program-at-all") != std::string::npos);
  result = run_process({.argv = {"true"}, .work_directory = "/no/such/folder"});
  CHECK(result.exit_code == 127);
  CHECK(result.err.find("/no/such/folder") != std::string::npos);
}

TEST_CASE("a signal that ends a program is added to 128") {
  CHECK(run_process(bash("kill -TERM $$")).exit_code == 128 + SIGTERM);
}

TEST_CASE("at the time-out a program is killed with its children") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "pid";
  auto spec = bash("sleep 1000 & echo $! > '" + file.string() + "'; echo said; wait");
  spec.timeout = std::chrono::milliseconds(1500);
  const auto result = run_process(spec);
  CHECK(result.timed_out);
  CHECK(result.exit_code == 128 + SIGKILL);
  CHECK(result.out == "said\n");
  const auto child = std::stoi(read_file(file));
  CHECK(test::eventually([child] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string line;
    return !std::getline(stat, line) || line.find(") Z") != std::string::npos;
  }));
}

TEST_CASE("the time-out also holds for a program that closed its outputs") {
  auto spec = bash("exec >&- 2>&-; sleep 1000");
  spec.timeout = std::chrono::milliseconds(300);
  CHECK(run_process(spec).timed_out);
}

TEST_CASE("a program is killed when it is to be stopped, also if it closed its outputs") {
  const std::atomic<bool> stop{true};
  for (const std::string script : {"exec sleep 600", "exec >&- 2>&-; sleep 600"}) {
    const auto result = run_process({.argv = {"sh", "-c", script},
                                     .work_directory = "/",
                                     .timeout = std::chrono::minutes(5),
                                     .stop = &stop});
    CHECK(result.timed_out);
    CHECK_FALSE(result.ok());
  }
}

TEST_CASE("a daemon that keeps the output open is not waited for") {
  auto spec = bash("echo first; setsid sleep 5 & exit 0");
  const auto begin = std::chrono::steady_clock::now();
  const auto result = run_process(spec);
  CHECK(result.ok());
  CHECK(result.out == "first\n");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(4));
}

TEST_CASE("of a long output only what was asked for is kept") {
  auto spec = bash("head -c 1000000 /dev/zero; head -c 200000 /dev/zero >&2; echo -n end >&2");
  spec.output_limit = 1234;
  const auto result = run_process(spec);
  CHECK(result.ok());
  CHECK(result.out.size() == 1234);
  CHECK(result.err.size() == 65536);
  CHECK(result.err.substr(result.err.size() - 3) == "end");
}

TEST_CASE("a program is found as a shell finds it") {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "a" / "tool");  // a folder is no program
  fs::create_directories(folder.path() / "b");
  fs::create_directories(folder.path() / "c");
  std::ofstream(folder.path() / "b" / "tool") << "not executable";
  std::ofstream(folder.path() / "c" / "tool") << "#!/bin/sh\n";
  fs::permissions(folder.path() / "c" / "tool", fs::perms::owner_all);
  const auto in = [&](const char* name) { return (folder.path() / name).string(); };
  CHECK(find_program("tool", in("a") + ":" + in("b") + ":" + in("c")) ==
        folder.path() / "c" / "tool");
  CHECK_FALSE(find_program("tool", in("a") + ":" + in("b")));
  CHECK_FALSE(find_program("", in("c")));
  CHECK_FALSE(find_program("tool", ""));
  CHECK(find_program(in("c/tool"), "") == folder.path() / "c" / "tool");
  CHECK_FALSE(find_program(in("b/tool"), ""));
}

}  // namespace mlpipe
