#include "cli/requests.h"

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "spec/data_paths.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

fs::path absolute_path(const std::string& text, std::string_view what) {
  if (text.empty()) fail(ErrorKind::usage, "{} is empty: expected a path", what);
  return fs::absolute(text).lexically_normal();
}

/// In the words of all that is wrong with an option: later it would be told as a mistake of a file.
fs::path existing_path(const std::string& text, const std::string& what) {
  auto path = absolute_path(text, what);
  const bool is_uri = text.find("://") != std::string::npos;  // the file's reader knows those
  if (!is_uri && !stat_file(path))
    fail(ErrorKind::usage, "{}: '{}' {}{}", printable(what), printable(path.native()),
         why_missing(path), similar_path(path));
  return path;
}

std::pair<std::string, std::string> name_and_value(const std::string& text, const char* option,
                                                   const char* expected) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    fail(ErrorKind::usage, "{} {}: expected {}", option, printable(text), expected);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace

std::optional<fs::path> explicit_workspace(const Arguments& arguments) {
  std::string folder = arguments.workspace;
  if (folder.empty())
    if (const char* variable = std::getenv("MLPIPE_WORKSPACE"))  // NOLINT(*-mt-unsafe)
      folder = variable;
  if (folder.empty()) return std::nullopt;
  const auto look = stat_file(folder);
  if (!look || look->kind != FileKind::folder)
    fail(ErrorKind::not_found, "the workspace '{}' ({}) {}", printable(folder),
         arguments.workspace.empty() ? "of MLPIPE_WORKSPACE" : "of -C",
         look ? "is not a folder" : "does not exist");
  return fs::canonical(folder);
}

PipelineOverrides overrides_of(const Arguments& arguments) {
  PipelineOverrides overrides;
  for (const auto& file : arguments.parameter_files) overrides.parameter_files.emplace_back(file);
  for (const auto& text : arguments.parameters)
    overrides.parameters.push_back(name_and_value(text, "-p", "NAME=VALUE, such as C=0.5"));
  for (const auto& text : arguments.inputs) {
    const auto [name, path] = name_and_value(text, "-i", "NAME=PATH, such as train=data/new.csv");
    overrides.inputs.emplace_back(name, existing_path(path, fmt::format("-i {}", text)));
  }
  for (const auto& text : arguments.settings)
    overrides.settings.push_back(
        name_and_value(text, "--set", "KEY=VALUE, such as steps.train.resources.cpus=2"));
  if (!arguments.compute_target.empty()) overrides.compute_target = arguments.compute_target;
  if (!arguments.experiment.empty()) overrides.experiment_name = arguments.experiment;
  return overrides;
}

OpenedPipeline::Request opening_of(const Arguments& arguments) {
  return {.spec_file = absolute_path(arguments.spec, "SPEC"),
          .overrides = overrides_of(arguments),
          .workspace = explicit_workspace(arguments),
          .everything_local = arguments.everything_local};
}

std::string command_to_repeat(const Arguments& arguments) {
  std::string text = "mlpipe run " + shell_quoted(arguments.spec);
  const auto add = [&text](const char* option, const std::string& value) {
    if (!value.empty()) text += fmt::format(" {} {}", option, shell_quoted(value));
  };
  const auto add_all = [&add](const char* option, const std::vector<std::string>& values) {
    for (const auto& value : values) add(option, value);
  };
  add("-C", arguments.workspace);
  add_all("--params", arguments.parameter_files);
  add_all("-p", arguments.parameters);
  add_all("-i", arguments.inputs);
  add_all("--set", arguments.settings);
  add("--compute-target", arguments.compute_target);
  if (arguments.everything_local) text += " --local";
  return text;
}

Selection selection_of(const Arguments& arguments) {
  return {.from = arguments.from,
          .only = arguments.only,
          .until = arguments.until,
          .regenerate_outputs = arguments.regenerate_outputs};
}

}  // namespace mlpipe
