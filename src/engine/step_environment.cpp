#include "engine/step_environment.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/process.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

constexpr std::array passed = {
    "PATH", "HOME", "USER", "LOGNAME", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    // With `gpus:` configured it is set anew for each step (target/slots.h).
    "CUDA_VISIBLE_DEVICES"};

std::string path_of(const Variables& caller) {
  const auto found = caller.find("PATH");
  return found == caller.end() || found->second.empty() ? std::string(default_path) : found->second;
}

}  // namespace

Variables own_environment() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::vector<std::string> as_list(const Variables& variables) {
  std::vector<std::string> list;
  list.reserve(variables.size());
  for (const auto& [name, value] : variables) list.push_back(fmt::format("{}={}", name, value));
  return list;
}

Variables base_environment(const Variables& caller) {
  Variables variables;
  for (const auto* name : passed) {
    const auto found = caller.find(name);
    if (found != caller.end()) variables.emplace(name, found->second);
  }
  variables["PATH"] = path_of(caller);
  variables["LANG"] = "C.UTF-8";
  variables["LC_ALL"] = "C.UTF-8";
  variables["TZ"] = "UTC";
  variables["PYTHONUNBUFFERED"] = "1";  // so that the last line of a log is the last line printed
  return variables;
}

fs::path interpreter_program(const std::string& language, const EnvironmentConfig& environment,
                             const Variables& caller) {
  if (language == "python" && !environment.python.empty()) return environment.python;
  const std::string path = path_of(caller);
  auto program = find_program(language == "python" ? "python3" : language, path);
  if (!program && language == "python") program = find_program("python", path);
  if (!program)
    fail(ErrorKind::invalid_file, "it needs {}, and there is none on PATH ({}): install it{}",
         language, path,
         language == "python" ? ", or name one in mlpipe.yaml: `environments: {system: {type: "
                                "system, python: /path/to/python3}}`"
                              : "");
  return *program;
}

fs::path python_folder(const fs::path& program, const fs::path& cache) {
  fs::path folder = cache / "python" / hash_bytes(program.native()).hex();
  if (fs::exists(folder / "python3") && fs::exists(folder / "python")) return folder;
  make_folders(folder);
  const std::string script =
      fmt::format("#!/bin/sh\nexec {} \"$@\"\n", shell_quoted(program.native()));
  for (const auto* name : {"python", "python3"}) {
    // Made under another name and renamed: another driver may be making, or running, the same.
    const fs::path made = folder / fmt::format(".{}-{}", name, ::getpid());
    write_file_atomically(made, script);
    ::chmod(made.c_str(), 0755);
    rename_path(made, folder / name);
  }
  return folder;
}

}  // namespace mlpipe
