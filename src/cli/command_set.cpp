#include "cli/command_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace mlpipe {

CLI::App& CommandSet::add(const CommandText& text, const Function& function, CLI::App* parent) {
  CLI::App* command =
      (parent == nullptr ? app : *parent).add_subcommand(text.name, text.description);
  command->footer(std::string("Examples:\n") + text.examples);
  command
      ->add_option(
          "-C,--workspace", arguments.workspace,
          "Use this workspace (by default the nearest folder above with mlpipe.yaml or .mlpipe)")
      ->type_name("DIR");
  add_choice(*command, "--color", arguments.colour, {"auto", "always", "never"},
             "Print colours (auto: only to a terminal)");
  command->callback([this, function] { chosen = function; });
  return *command;
}

std::size_t leading_options(const std::vector<std::string>& words) {
  std::size_t count = 0;
  while (count < words.size()) {
    const std::string& word = words[count];
    const bool with_value = word == "-C" || word == "--workspace" || word == "--color";
    const bool joined = word.starts_with("--workspace=") || word.starts_with("--color=") ||
                        (word.starts_with("-C") && word.size() > 2);
    if (!with_value && !joined) break;
    count += with_value ? 2 : 1;
  }
  return std::min(count, words.size());
}

std::vector<std::string> command_first(std::vector<std::string> words) {
  // Of a command with commands of its own, both words.
  const auto has_commands = [](const std::string& word) {
    return word == "component" || word == "data" || word == "environment" || word == "model" ||
           word == "endpoint" || word == "schedule" || word == "compute";
  };
  for (std::ptrdiff_t place = 0; place < 2; ++place) {
    const std::vector<std::string> rest(words.begin() + place, words.end());
    const auto command = words.begin() + place + static_cast<std::ptrdiff_t>(leading_options(rest));
    if (command == words.end() || command->starts_with("-")) break;
    std::rotate(words.begin() + place, command, command + 1);
    if (!has_commands(words.front())) break;
  }
  return words;
}

// As the others are called: on the set.
// NOLINTNEXTLINE(readability-convert-member-functions-to-static)
CLI::Option& CommandSet::add_list(CLI::App& command, const char* names,
                                  std::vector<std::string>& values, const char* type,
                                  const char* help) {
  return *command.add_option(names, values, help)->type_name(type)->allow_extra_args(false);
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static)
CLI::Option& CommandSet::add_choice(CLI::App& command, const char* names, std::string& value,
                                    std::vector<std::string> words, const char* help) {
  const auto known = fmt::format("{}", fmt::join(words, "|"));
  return *command.add_option(names, value, help)
              ->type_name(known)
              ->check([words = std::move(words)](const std::string& text) {
                if (std::find(words.begin(), words.end(), text) != words.end())
                  return std::string();
                return fmt::format("expected one of {}, not '{}'{}", fmt::join(words, ", "),
                                   printable(text), did_you_mean(text, words));
              });
}

std::string full_name(const CLI::App& command) {
  const auto* parent = command.get_parent();
  if (parent == nullptr) return {};
  const auto above = full_name(*parent);
  return (above.empty() ? "" : above + " ") + command.get_name();
}

std::string whole_number_problem(const std::string& text, long least) {
  long number = 0;
  const bool fits = CLI::detail::lexical_cast(text, number) && number >= least &&
                    number <= std::numeric_limits<int>::max();
  return fits ? ""
              : fmt::format("expected a whole number, at least {}, not '{}'", least,
                            printable(text));
}

void add_parameter_files_option(CommandSet& set, CLI::App& command) {
  set.add_list(command, "--params", set.arguments.parameter_files, "FILE",
               "Set parameters from a YAML file of NAME: VALUE lines");
}

void add_spec_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  command.add_option("SPEC", arguments.spec, "The pipeline file")->required();
  set.add_list(command, "-p,--parameter", arguments.parameters, "NAME=VALUE",
               "Set a parameter, as in -p C=0.5");
  add_parameter_files_option(set, command);
  set.add_list(command, "-i,--input", arguments.inputs, "NAME=PATH",
               "Replace a data input, as in -i train=data/new.csv");
  set.add_list(command, "--set", arguments.settings, "KEY=VALUE",
               "Change any value of the file, as in --set steps.train.resources.cpus=2");
  command
      .add_option("--compute-target", arguments.compute_target,
                  "Run every step on this compute target")
      ->type_name("COMPUTE");
  command
      .add_option("--experiment", arguments.experiment,
                  "Record the run in this experiment, not in that of the file")
      ->type_name("EXPERIMENT");
  command.add_flag(
      "--local", arguments.everything_local,
      "Take every compute target for this machine and every environment for the system's");
}

void add_from_run_option(CommandSet& set, CLI::App& command) {
  auto* spec = command.get_option("SPEC")->required(false);
  command
      .add_option("--from-run", set.arguments.from_run,
                  "Instead of SPEC: the pipeline as this run had it, with its code and values; "
                  "-p, -i … change them")
      ->type_name("RUN")
      ->excludes(spec);
}

void add_selection_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  set.add_list(command, "--from", arguments.from, "STEP",
               "Run this step and all that depend on it anew");
  set.add_list(command, "--only", arguments.only, "STEP",
               "Run this step alone; all it needs must be reusable");
  set.add_list(command, "--until", arguments.until, "STEP", "Run this step and what it needs");
  command.add_flag("--regenerate-outputs", arguments.regenerate_outputs,
                   "Reuse no earlier result; the new ones may be reused later");
}

void add_submission_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  set.add_list(command, "-p,--parameter", arguments.parameters, "NAME=VALUE",
               "Set a parameter, as in -p C=0.5");
  set.add_list(command, "-i,--input", arguments.inputs, "NAME=PATH",
               "Replace a data input, as in -i train=data/new.csv");
  command.add_option("--experiment", arguments.experiment, "Record the run in this experiment")
      ->type_name("EXPERIMENT");
  set.add_list(command, "--tag", arguments.tags, "TAG", "Tag the run with NAME or NAME=VALUE");
  command
      .add_option("--compute-target", arguments.compute_target,
                  "Run every step on this compute target")
      ->type_name("COMPUTE");
  command.add_flag("--regenerate-outputs", arguments.regenerate_outputs,
                   "Reuse no earlier result; the new ones may be reused later");
  command.add_flag("--continue-on-step-failure", arguments.continue_on_step_failure,
                   "Go on after a failure with what does not need the failed step");
}

void add_notification_options(CommandSet& set, CLI::App& command) {
  set.add_list(command, "--on-success", set.arguments.on_success, "COMMAND",
               "Tell this command, or this http(s) address, of runs that were completed");
  set.add_list(command, "--on-failure", set.arguments.on_failure, "COMMAND",
               "The same of runs that ended otherwise");
}

CLI::Option& add_run_argument(CommandSet& set, CLI::App& command) {
  return *command.add_option("RUN", set.arguments.run,
                             "A run: its id, the beginning of it, or `latest`");
}

void add_json_flag(CommandSet& set, CLI::App& command) {
  command.add_flag("--json", set.arguments.json, "Print one JSON document to stdout");
}

}  // namespace mlpipe
