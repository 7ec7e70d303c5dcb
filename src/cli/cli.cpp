#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

using Command = int (*)(const Arguments&);

/// Options of the commands that read a pipeline file.
void add_spec_options(CLI::App& command, Arguments& arguments) {
  command.add_option("SPEC", arguments.spec, "The pipeline file")->required();
  command.add_option("-p,--parameter", arguments.parameters, "Set a parameter: name=value")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  command.add_option("--params", arguments.parameter_files, "Set parameters from a YAML map")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command.add_option("-i,--input", arguments.inputs, "Replace a data input: name=PATH")
      ->type_name("NAME=PATH")
      ->allow_extra_args(false);
  command
      .add_option("--set", arguments.settings,
                  "Change any value of the file: steps.train.resources.cpus=2")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--compute-target", arguments.compute_target,
                  "Run every step on this compute target")
      ->type_name("NAME");
  command.add_option("--experiment", arguments.experiment, "Record the run in this experiment")
      ->type_name("NAME");
  command.add_flag("--local", arguments.everything_local,
                   "Take every compute target as local and every environment as the system's");
}

void add_selection_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--from", arguments.from, "Run this step and what is below it anew")
      ->type_name("STEP")
      ->allow_extra_args(false);
  command
      .add_option("--only", arguments.only, "This step alone; everything above must be reusable")
      ->type_name("STEP")
      ->allow_extra_args(false);
  command.add_option("--until", arguments.until, "This step and what it needs")
      ->type_name("STEP")
      ->allow_extra_args(false);
  command.add_flag("--regenerate-outputs", arguments.regenerate_outputs,
                   "Take no earlier result; what is made now may be reused later");
}

/// What `mlpipe COMMAND --help` says about a command.
struct CommandText {
  const char* name;
  const char* description;
  const char* examples;
};

CLI::App* add_command(CLI::App& app, Arguments& arguments, Command& chosen, const CommandText& text,
                      Command command) {
  CLI::App* sub = app.add_subcommand(text.name, text.description);
  sub->footer(std::string("Examples:\n") + text.examples);
  sub->add_option("-C,--workspace", arguments.workspace, "The workspace folder")->type_name("DIR");
  sub->callback([&chosen, command] { chosen = command; });
  return sub;
}

void add_run(CLI::App& app, Arguments& arguments, Command& chosen) {
  auto* run = add_command(app, arguments, chosen,
                          {"run", "Run a pipeline",
                           "  mlpipe run pipeline.yaml\n"
                           "  mlpipe run pipeline.yaml -p learning_rate=0.2 --tag nightly\n"
                           "  mlpipe run pipeline.yaml --from train\n"},
                          run_command);
  add_spec_options(*run, arguments);
  add_selection_options(*run, arguments);
  run->add_option("-j,--jobs", arguments.most_steps, "At most so many steps at a time")
      ->type_name("N")
      ->check([](const std::string& text) {
        int number = 0;
        const bool fits = CLI::detail::lexical_cast(text, number) && number > 0;
        return fits ? "" : fmt::format("'{}' is no number of steps, at least 1", text);
      });
  run->add_flag("--continue-on-step-failure", arguments.continue_on_step_failure,
                "After a failure, still run what does not need it");
  run->add_flag("--dry-run", arguments.dry_run, "Show what would run, as `mlpipe plan` does");
  run->add_flag("--json", arguments.json, "One JSON event a line on stdout");
  run->add_option("--tag", arguments.tags, "Tag the run: name or name=value")
      ->type_name("TAG")
      ->allow_extra_args(false);
  run->add_flag("--stats", arguments.stats, "Say where the time went");
}

void add_looking_commands(CLI::App& app, Arguments& arguments, Command& chosen) {
  auto* validate = add_command(
      app, arguments, chosen,
      {"validate", "Check a pipeline file and its workspace", "  mlpipe validate pipeline.yaml\n"},
      validate_command);
  add_spec_options(*validate, arguments);
  validate->add_flag("--json", arguments.json, "One JSON document on stdout");

  auto* plan =
      add_command(app, arguments, chosen,
                  {"plan", "Show which steps would run, why, and how long they took before",
                   "  mlpipe plan pipeline.yaml\n"
                   "  mlpipe plan pipeline.yaml --check    (exit code 4 if work is due)\n"},
                  plan_command);
  add_spec_options(*plan, arguments);
  add_selection_options(*plan, arguments);
  plan->add_flag("--check", arguments.check, "Exit with 4 if any step would run");
  plan->add_flag("--json", arguments.json, "One JSON document on stdout");

  auto* why = add_command(app, arguments, chosen,
                          {"why", "Explain why a step would run now, or ran in an earlier run",
                           "  mlpipe why pipeline.yaml train\n"
                           "  mlpipe why latest train\n"},
                          why_command);
  add_spec_options(*why, arguments);
  why->get_option("SPEC")->description("The pipeline file, or a run: its id or `latest`");
  why->add_option("STEP", arguments.step, "The step; all if left out");
  why->add_flag("--json", arguments.json, "One JSON document on stdout");
}

void add_history_commands(CLI::App& app, Arguments& arguments, Command& chosen) {
  const char* run_help = "A run: its id, the beginning of it, or `latest`";
  auto* runs =
      add_command(app, arguments, chosen,
                  {"runs", "List the newest runs", "  mlpipe runs\n  mlpipe runs -n 100 --json\n"},
                  runs_command);
  runs->add_option("-n,--limit", arguments.limit, "How many")->type_name("N");
  runs->add_flag("--json", arguments.json, "One JSON document on stdout");

  auto* show =
      add_command(app, arguments, chosen,
                  {"show", "Show a run and its steps", "  mlpipe show\n  mlpipe show k3f --json\n"},
                  show_command);
  show->add_option("RUN", arguments.run, run_help);
  show->add_flag("--json", arguments.json, "One JSON document on stdout");

  auto* logs = add_command(
      app, arguments, chosen,
      {"logs", "Print what steps wrote", "  mlpipe logs latest train\n  mlpipe logs latest -f\n"},
      logs_command);
  logs->add_option("RUN", arguments.run, run_help);
  logs->add_option("STEP", arguments.step, "The step; all if left out");
  logs->add_flag("-f,--follow", arguments.follow, "Go on printing until the step or run ends");

  auto* get = add_command(
      app, arguments, chosen,
      {"get", "Copy an output of a run to a folder", "  mlpipe get latest train.model ./model\n"},
      get_command);
  get->add_option("RUN", arguments.run, run_help)->required();
  get->add_option("STEP.OUTPUT", arguments.output, "Which output of which step")->required();
  get->add_option("DIR", arguments.destination, "The folder; made if need be")->required();
  get->add_flag("--json", arguments.json, "One JSON document on stdout");

  auto* cancel =
      add_command(app, arguments, chosen,
                  {"cancel", "End a run that goes on", "  mlpipe cancel latest\n"}, cancel_command);
  cancel->add_option("RUN", arguments.run, run_help)->required();
}

/// CLI11's message, with the nearest known word for what it did not know.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* scope = &app;
  std::vector<std::string> known;
  for (const auto* sub : app.get_subcommands()) scope = sub;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr)
    return fmt::format("{}; see `mlpipe {}--help`", error.what(),
                       scope == &app ? "" : scope->get_name() + " ");
  const auto extras = app.remaining(true);
  if (scope != &app && !app.remaining(false).empty())
    return fmt::format("put '{}' after the command: `mlpipe {} {} …`", app.remaining(false).front(),
                       scope->get_name(), app.remaining(false).front());
  const std::string word = extras.empty() ? "" : extras.front();
  const std::string name = word.substr(0, word.find('='));
  if (scope == &app && !word.starts_with("-"))
    for (const auto* sub : app.get_subcommands(nullptr)) known.push_back(sub->get_name());
  else
    for (const auto* option : scope->get_options()) {
      const std::string names = option->get_name(false, true);
      for (const auto name_of_it : split(names, ',')) known.emplace_back(name_of_it);
    }
  if (scope == &app)
    return fmt::format("unknown {} '{}'{}; `mlpipe --help` lists them",
                       word.starts_with("-") ? "option" : "command", word,
                       did_you_mean(name, known));
  return fmt::format("unknown {} '{}'{}; see `mlpipe {} --help`",
                     word.starts_with("-") ? "option" : "argument", word, did_you_mean(name, known),
                     scope->get_name());
}

void print_error(std::string_view text) {
  const Terminal terminal(2);
  // Problems of a file bring their own "file:line:column: error:".
  const bool located = text.find(": error: ") != std::string_view::npos;
  const std::string head = located ? "" : terminal.coloured("error: ", Colour::red);
  std::fputs(fmt::format("{}{}\n", head, text).c_str(), stderr);
}

int parse_and_run(int argc, char** argv) {
  Arguments arguments;
  for (int i = 0; i < argc; ++i)
    arguments.command_line += (i == 0 ? "" : " ") + shell_quoted(argv[i]);  // NOLINT(*-pointer-*)
  Command chosen = nullptr;
  CLI::App app{
      "Runs machine-learning pipelines on your own machines and reuses what has not changed",
      "mlpipe"};
  app.set_version_flag("--version", std::string("mlpipe ") + MLPIPE_VERSION);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(34);
  app.footer(
      "First steps:\n  mlpipe run pipeline.yaml\n  mlpipe show latest\n"
      "Exit codes: 0 done, 1 a step failed, 2 wrong usage or file, 3 the system failed,\n"
      "4 work is due (plan --check), 130/143 cancelled.");
  add_run(app, arguments, chosen);
  add_looking_commands(app, arguments, chosen);
  add_history_commands(app, arguments, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(usage_message(app, error));
    return 2;
  }
  if (chosen == nullptr) {
    std::fputs(app.help().c_str(), stdout);
    return 2;
  }
  return chosen(arguments);
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    const int code = parse_and_run(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      print_error("cannot write to stdout");
      return 3;
    }
    return code;
  } catch (const Error& error) {
    print_error(error.what());
    return exit_code(error.kind());
  } catch (const std::filesystem::filesystem_error& error) {
    print_error(error.what());
    return 3;
  } catch (const std::exception& error) {
    print_error(fmt::format("a bug in mlpipe: {}", error.what()));
    return 3;
  }
}

}  // namespace mlpipe
