#include "engine/step_environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "target/caller_variables.h"
#include "target/interpreter.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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
  for (const auto* name : variables_of_caller) {
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
  return find_interpreter(language, path_of(caller));
}

}  // namespace mlpipe
