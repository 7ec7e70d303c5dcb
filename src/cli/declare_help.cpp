#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "cli/command_set.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"
#include "cli/man_page.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

std::size_t text_width() {
  constexpr std::size_t most = 80;  // longer lines are hard to read
  constexpr std::size_t least = 20;
  return std::clamp(Terminal(1).width(), least, most);
}

/// All commands and topics, with what they are about.
std::string overview(const CLI::App& app) {
  constexpr std::size_t column = 16;
  const auto width = text_width();
  std::string text = "Commands, see `mlpipe help COMMAND`:\n";
  for (const auto* command : shown_commands(app))
    text += term_lines(command->get_name(), command->get_description(), column, width);
  text += "\nTopics, see `mlpipe help TOPIC`:\n";
  for (const auto& topic : help_topics())
    text += term_lines(topic.name, topic.summary(), column, width);
  return text;
}

std::string help_of(const CLI::App& app, const std::string& subject) {
  std::vector<std::string> known;
  for (const auto& topic : help_topics()) {
    if (topic.name == subject) return help_lines(read_help(topic.body()), text_width());
    known.emplace_back(topic.name);
  }
  for (const auto* command : app.get_subcommands(nullptr)) {
    if (command->get_name() == subject && !subject.empty()) return command->help(app.get_name());
    known.push_back(command->get_name());
  }
  fail(ErrorKind::usage, "no command and no topic is called '{}'{}; `mlpipe help` lists them",
       printable(subject), did_you_mean(subject, known));
}

}  // namespace

void declare_help_command(CommandSet& set) {
  CLI::App& app = set.app;
  Arguments& arguments = set.arguments;
  CLI::App& help = *app.add_subcommand("help", "Explain a command or a topic");
  help.footer("Examples:\n  mlpipe help\n  mlpipe help run\n  mlpipe help spec\n");
  help.add_option("TOPIC", arguments.subject, "A command or a topic; by default all are listed");
  // For the installation, which makes the manual page of it.
  help.add_flag("--man", arguments.man, "The manual page, for roff")->group("");
  help.callback([&set, &app] {
    set.chosen = [&app](const Arguments& given) {
      const std::string text = given.man               ? man_page(app)
                               : given.subject.empty() ? overview(app)
                                                       : help_of(app, given.subject);
      std::fwrite(text.data(), 1, text.size(), stdout);
      return 0;
    };
  });
}

}  // namespace mlpipe
