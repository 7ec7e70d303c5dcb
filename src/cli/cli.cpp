#include "cli/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "cli/command_set.h"
#include "cli/complete_command.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

/// An option or argument as it was typed: -j or --jobs.
std::string typed_name(const CLI::Option& option, const std::vector<std::string>& words) {
  if (option.get_positional()) return option.get_name();
  const std::string names = option.get_name(false, true);
  for (const auto& word : words)
    for (const auto name : split(names, ',')) {
      const bool joined = !name.starts_with("--") && word.starts_with(name);  // -j4
      if (joined || word.substr(0, word.find('=')) == name) return std::string(name);
    }
  return option.get_name();
}

const CLI::Option* named_option(const CLI::App& command, std::string_view name) {
  for (const auto* option : command.get_options())
    if (option->get_name() == name) return option;
  return nullptr;
}

/// What CLI11 says of a known option or argument, in our words; its own if it says anything else.
std::string option_message(const CLI::App& command, const CLI::ParseError& error,
                           const std::vector<std::string>& words) {
  std::string text = error.what();
  const bool converted = dynamic_cast<const CLI::ConversionError*>(&error) != nullptr;
  const std::size_t start = converted ? text.find(": ") + 2 : 0;
  const auto* option = named_option(
      command, std::string_view(text).substr(start, text.find_first_of(": ", start) - start));
  if (option == nullptr) return text;
  const std::string name = typed_name(*option, words);
  const std::string& what = option->get_description();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    return fmt::format("{} is missing: {}{}", name,
                       static_cast<char>(std::tolower(static_cast<unsigned char>(what[0]))),
                       what.substr(1));
  if (converted || dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (option->get_items_expected_max() == 0) return fmt::format("{} takes no value", name);
    if (converted)
      return fmt::format("{}: cannot take the value '{}'", name, text.substr(text.rfind("= ") + 2));
    if (option->get_positional())
      return fmt::format("{} was given too often: at most {}", name,
                         option->get_items_expected_max());
    return fmt::format("{} needs a value: {} {}", name, name, option->get_type_name());
  }
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr)
    return fmt::format("{} and {} cannot be used together", name, text.substr(text.rfind(' ') + 1));
  return name + text.substr(option->get_name().size());
}

/// "create, list, show"
std::string commands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* sub : command.get_subcommands(nullptr)) names.push_back(sub->get_name());
  return fmt::format("{}", fmt::join(names, ", "));
}

/// CLI11's message, with the nearest known word for what it did not know.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error,
                          const std::vector<std::string>& words) {
  const CLI::App* scope = &app;
  std::vector<std::string> known;
  while (!scope->get_subcommands().empty()) scope = scope->get_subcommands().back();
  const std::string scope_name = full_name(*scope);
  const bool has_commands = scope != &app && !scope->get_subcommands(nullptr).empty();
  const auto extras = app.remaining(true);
  const bool unknown_word =
      dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr || (has_commands && !extras.empty());
  if (has_commands && !unknown_word)
    return fmt::format("mlpipe {} needs a command: {}; see `mlpipe {} --help`", scope_name,
                       commands_of(*scope), scope_name);
  if (!unknown_word)
    return fmt::format("{}; see `mlpipe {}--help`", printable(option_message(*scope, error, words)),
                       scope == &app ? "" : scope_name + " ");
  if (scope != &app && !app.remaining(false).empty())
    return fmt::format("put '{}' after the command: `mlpipe {} {} …`", app.remaining(false).front(),
                       scope_name, app.remaining(false).front());
  const std::string word = extras.empty() ? "" : extras.front();
  const std::string name = word.substr(0, word.find('='));
  if ((scope == &app || has_commands) && !word.starts_with("-"))
    for (const auto* sub : scope->get_subcommands(nullptr)) known.push_back(sub->get_name());
  else
    for (const auto* option : scope->get_options()) {
      const std::string names = option->get_name(false, true);
      for (const auto name_of_it : split(names, ',')) known.emplace_back(name_of_it);
    }
  if (scope == &app)
    return fmt::format("unknown {} '{}'{}; `mlpipe --help` lists them",
                       word.starts_with("-") ? "option" : "command", word,
                       did_you_mean(name, known));
  const char* what = word.starts_with("-") ? "option" : has_commands ? "command" : "argument";
  return fmt::format("unknown {} '{}'{}; see `mlpipe {} --help`", what, word,
                     did_you_mean(name, known), scope_name);
}

void print_error(std::string_view text) {
  const Terminal terminal(2);
  // Problems of a file bring their own "file:line:column: error:".
  const bool located = text.find(": error: ") != std::string_view::npos;
  const std::string head = located ? "" : terminal.coloured("error: ", Colour::red);
  // Names come from files and logs: nothing in them may act on the terminal.
  std::string shown;
  for (const auto line : split(text, '\n')) shown += (shown.empty() ? "" : "\n") + printable(line);
  std::fputs(for_locale(fmt::format("{}{}\n", head, shown)).c_str(), stderr);
}

/// A word of the command line as it may be recorded: an address in it without its signature.
std::string without_secrets(std::string_view word) {
  for (const auto* begin : {"http://", "https://"})
    if (const auto at = word.find(begin); at != std::string_view::npos)
      return std::string(word.substr(0, at)) + url_without_secrets(word.substr(at));
  return std::string(word);
}

int parse_and_run(int argc, char** argv) {
  Arguments arguments;
  for (int i = 0; i < argc; ++i)
    arguments.command_line +=
        (i == 0 ? "" : " ") + shell_quoted(without_secrets(argv[i]));  // NOLINT(*-pointer-*)
  CLI::App app{
      "Runs machine-learning pipelines on your own machines and reuses what has not changed",
      "mlpipe"};
  app.set_version_flag("--version", std::string("mlpipe ") + MLPIPE_VERSION);
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(34);
  app.get_formatter()->label("TEXT", "");
  app.get_formatter()->label("REQUIRED", "");
  app.footer(
      "First steps:\n  mlpipe run pipeline.yaml\n  mlpipe show latest\n"
      "More: `mlpipe help` lists topics such as spec, reuse and registry.\n"
      "Exit codes: 0 done, 1 a step failed, 2 wrong usage or file, 3 the system failed,\n"
      "4 work is due (plan --check), 130/143 canceled.");
  CommandSet set{.app = app, .arguments = arguments};
  declare_running_commands(set);
  declare_looking_commands(set);
  declare_runs_commands(set);
  declare_history_commands(set);
  declare_doubt_commands(set);
  declare_store_commands(set);
  declare_registry_commands(set, {argv + std::min(argc, 1), argv + argc});  // NOLINT(*-pointer-*)
  declare_endpoint_commands(set);
  declare_schedule_commands(set);
  declare_compute_commands(set);
  declare_help_command(set);
  declare_shell_commands(set);
  if (argc > 2 && std::string_view(argv[1]) == "__complete") {  // NOLINT(*-pointer-arithmetic)
    complete(app, argc, argv);
    return 0;
  }
  const auto words = command_first({argv + 1, argv + argc});  // NOLINT(*-pointer-*)
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));  // it wants the last first
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(usage_message(app, error, words));
    return 2;
  }
  if (set.chosen == nullptr) {
    std::fputs(app.help().c_str(), stdout);
    return 2;
  }
  choose_colours(arguments.colour);
  return set.chosen(arguments);
}

/// Files that are opened later must not get the numbers of stdin, stdout and stderr if the caller
/// closed those: what is printed would land in them. A write to what is put there instead fails.
void keep_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd)
    if (::fcntl(fd, F_GETFD) < 0)                                   // NOLINT(*-vararg)
      (void)::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY, 0);  // NOLINT(*-vararg)
}

/// Whether nobody reads from stdout any more, as in `| head`.
bool reader_left() {
  struct pollfd look {
    .fd = 1, .events = 0, .revents = 0
  };
  return ::poll(&look, 1, 0) == 1 && (static_cast<unsigned>(look.revents) & POLLERR) != 0;
}

/// `code`, or 3 for a command that went well but whose words did not all get to stdout.
int after_last_words(int code) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  int reason = errno;
  // It failed earlier, and stdio has forgotten why: try once more.
  if (reason == 0 && !reader_left() && ::write(1, "\n", 1) < 0) reason = errno;
  if (reader_left()) return code;  // only a run gets here: SIGPIPE ends the others
  print_error(
      fmt::format("cannot write to stdout{}{} (see whether the disk is full that it goes to)",
                  reason == 0 ? "" : ": ", reason == 0 ? "" : std::strerror(reason)));
  return code == 0 ? 3 : code;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  keep_standard_streams();
  // Whoever started this may have it ignored; `mlpipe runs | head` shall end without a word.
  (void)std::signal(SIGPIPE, SIG_DFL);
  try {
    return after_last_words(parse_and_run(argc, argv));
  } catch (const Error& error) {
    print_error(error.what());
    return exit_code(error.kind());
  } catch (const std::filesystem::filesystem_error& error) {
    print_error(error.what());
    return 3;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return after_last_words(0);  // fmt throws it
    print_error(bug_text(error.what()));
    return 3;
  }
}

}  // namespace mlpipe
