#include "cli/cli.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "cli/command_set.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

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
  CommandSet set{.app = app, .arguments = arguments};
  declare_running_commands(set);
  declare_looking_commands(set);
  declare_runs_commands(set);
  declare_history_commands(set);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(usage_message(app, error));
    return 2;
  }
  if (set.chosen == nullptr) {
    std::fputs(app.help().c_str(), stdout);
    return 2;
  }
  return set.chosen(arguments);
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
