#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/arguments.h"

namespace mlpipe {

/// What `mlpipe COMMAND --help` says about a command.
struct CommandText {
  const char* name;
  const char* description;
  const char* examples;  ///< Indented lines.
};

/// The commands of the command line while they are being declared.
///
/// An option's type name, or else an argument's name, says what its value is, for the help and for
/// shell completion (completion_values.cpp has them all): SPEC, RUN, SPEC|RUN, STEP, STEP.OUTPUT,
/// EXPERIMENT, NAME=VALUE (a parameter), NAME=PATH (a data input), KEY=VALUE (--set), TAG, METRIC,
/// COMPUTE, ENDPOINT, SCHEDULE, STATUS, EXPR, COLUMN, COLUMNS, TOPIC, FILE, DIR, and COMPONENT,
/// DATA, ENVIRONMENT, MODEL (what is registered); several with '|' between. STEP is one of the SPEC
/// or RUN that stands before it. A few fixed words: add_choice(), or any option with CLI::IsMember.
/// Any other name completes to nothing.
struct CommandSet {
  using Function = std::function<int(const Arguments&)>;

  CLI::App& app;
  Arguments& arguments;  ///< Where every option's value goes.
  Function chosen = {};  ///< Set by parsing.

  /// A command with the options that all have; more are added to what is returned. `parent`: it is
  /// one of that command's.
  CLI::App& add(const CommandText& text, const Function& function, CLI::App* parent = nullptr);
  /// An option that may be given several times, one value each.
  CLI::Option& add_list(CLI::App& command, const char* names, std::vector<std::string>& values,
                        const char* type, const char* help);
  /// An option whose value is one of a few words, in small letters; others are refused.
  CLI::Option& add_choice(CLI::App& command, const char* names, std::string& value,
                          std::vector<std::string> words, const char* help);
};

/// "data create": a command with those that it is part of; of the program itself "".
[[nodiscard]] std::string full_name(const CLI::App& command);
/// How many words at the beginning are options that every command has, with their values.
[[nodiscard]] std::size_t leading_options(const std::vector<std::string>& words);
/// Options that every command has may stand before it, as with git: the command's name is moved to
/// the front. Other words stay where they are, for the parser to complain about.
[[nodiscard]] std::vector<std::string> command_first(std::vector<std::string> words);

// Each declares a group of commands with its options.
void declare_running_commands(CommandSet& set);  ///< init, run
void declare_looking_commands(CommandSet& set);  ///< validate, plan, why, graph
void declare_runs_commands(CommandSet& set);     ///< runs, compare, diff, tag, pin, delete
void declare_history_commands(CommandSet& set);  ///< show, logs, get, cancel: of one run
void declare_doubt_commands(CommandSet& set);    ///< verify, doctor
void declare_store_commands(CommandSet& set);    ///< gc, du
/// component, data, environment, model. What is below one of them is declared only if it is among
/// the words of the command line, or `help` is.
void declare_registry_commands(CommandSet& set, const std::vector<std::string>& words);
void declare_endpoint_commands(CommandSet& set);  ///< publish, submit, endpoint
void declare_schedule_commands(CommandSet& set);  ///< schedule
void declare_compute_commands(CommandSet& set);   ///< compute
void declare_help_command(CommandSet& set);       ///< help: of commands and topics
void declare_shell_commands(CommandSet& set);     ///< completion

/// The options of every command that reads a pipeline file, and SPEC itself.
void add_spec_options(CommandSet& set, CLI::App& command);
/// After add_spec_options(): --from-run RUN in the place of SPEC.
void add_from_run_option(CommandSet& set, CLI::App& command);
/// --from, --only, --until, --regenerate-outputs.
void add_selection_options(CommandSet& set, CLI::App& command);
/// A check of an option's value: why it is no whole number from `least` to the largest int; "" if
/// it is one.
std::string whole_number_problem(const std::string& text, long least);
/// --params
void add_parameter_files_option(CommandSet& set, CLI::App& command);
/// What a run that is submitted is asked for: -p, -i, --experiment, --tag, --compute-target,
/// --regenerate-outputs, --continue-on-step-failure.
void add_submission_options(CommandSet& set, CLI::App& command);
/// --on-success, --on-failure.
void add_notification_options(CommandSet& set, CLI::App& command);
/// The argument RUN.
CLI::Option& add_run_argument(CommandSet& set, CLI::App& command);
void add_json_flag(CommandSet& set, CLI::App& command);

}  // namespace mlpipe
