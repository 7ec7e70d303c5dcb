#include "cli/requests.h"

#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/explicit_workspace.h"
#include "cli/opened_history.h"
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

namespace {

OpenedPipeline::Request opening_of_run(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const ObjectStore store(opened.state.objects(), opened.state.scratch());
  const auto recorded = std::make_shared<const RecordedPipeline>(recorded_pipeline(
      find_run_to_repeat(opened.history, opened.find_run(arguments.from_run), store)));
  const auto& asked = recorded->asked;
  return {.spec_file = asked.spec.file,
          .overrides = added_to(asked.overrides, overrides_of(arguments)),
          .workspace = opened.workspace.root,
          .everything_local = asked.everything_local || arguments.everything_local,
          .recorded = recorded};
}

}  // namespace

OpenedPipeline::Request opening_of(const Arguments& arguments) {
  if (!arguments.from_run.empty()) return opening_of_run(arguments);
  if (arguments.spec.empty())
    fail(ErrorKind::usage, "SPEC is missing or empty: name the pipeline file, or --from-run RUN");
  return {.spec_file = absolute_path(arguments.spec, "SPEC"),
          .overrides = overrides_of(arguments),
          .workspace = explicit_workspace(arguments),
          .everything_local = arguments.everything_local};
}

std::string command_to_repeat(const Arguments& arguments) {
  std::string text = "mlpipe run " + (arguments.from_run.empty()
                                          ? shell_quoted(arguments.spec)
                                          : "--from-run " + shell_quoted(arguments.from_run));
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

std::vector<Notification> notifications_of(const Arguments& arguments) {
  std::vector<Notification> all;
  const auto add = [&all](Notification::When when, const std::vector<std::string>& texts,
                          const char* option) {
    for (const auto& text : texts) {
      auto notification = notification_of(when, text);
      const auto scheme = text.find("://");
      const bool is_address = scheme != std::string::npos && scheme < text.find_first_of(" /'\"");
      if (is_address && notification.kind == Notification::Kind::command)
        fail(ErrorKind::usage,
             "{} {}: it is neither a command nor an address that begins with "
             "http:// or https://",
             option, printable(text));
      if (notification.kind == Notification::Kind::webhook)
        if (const auto why = webhook_problem(text); !why.empty())
          fail(ErrorKind::usage, "{} {}: it {}", option, printable(text), why);
      if (!is_utf8(text)) fail(ErrorKind::usage, "{} {} is not UTF-8", option, printable(text));
      all.push_back(std::move(notification));
    }
  };
  add(Notification::When::success, arguments.on_success, "--on-success");
  add(Notification::When::failure, arguments.on_failure, "--on-failure");
  return all;
}

std::optional<std::vector<Notification>> changed_notifications(const Arguments& arguments) {
  auto notifications = notifications_of(arguments);
  if (!notifications.empty() && arguments.no_notifications)
    fail(ErrorKind::usage, "--no-notifications and whom to tell cannot be given together");
  if (notifications.empty() && !arguments.no_notifications) return std::nullopt;
  return notifications;
}

Selection selection_of(const Arguments& arguments, const RecordedPipeline* recorded) {
  const bool chosen =
      !arguments.from.empty() || !arguments.only.empty() || !arguments.until.empty();
  if (recorded != nullptr && !chosen) {
    auto selection = recorded->asked.selection;
    selection.regenerate_outputs = arguments.regenerate_outputs;
    return selection;
  }
  return {.from = arguments.from,
          .only = arguments.only,
          .until = arguments.until,
          .regenerate_outputs = arguments.regenerate_outputs};
}

}  // namespace mlpipe
