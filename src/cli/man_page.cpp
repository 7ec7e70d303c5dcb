#include "cli/man_page.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command_set.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"

namespace mlpipe {

namespace {

constexpr std::string_view bold = "\\fB";
constexpr std::string_view plain = "\\fR";

/// The code point that begins at `text[at]`; `at` moves behind it. `text` is UTF-8.
unsigned take_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text.at(i)); };
  const unsigned first = byte(at++);
  const unsigned more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  unsigned code = more == 0 ? first : first & (0x3FU >> more);
  for (unsigned i = 0; i < more && at < text.size(); ++i) code = code << 6U | (byte(at++) & 0x3FU);
  return code;
}

/// `text` as roff prints it unchanged: what one copies from the page is what one has to type.
std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const unsigned code = take_code_point(text, at);
    switch (code) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      case '"':
        result += "\\(dq";
        break;
      default:
        result += code < 0x80 ? std::string(1, static_cast<char>(code))
                              : fmt::format("\\[u{:04X}]", code);
    }
  }
  return result;
}

/// A line of text that roff cannot take for a request.
std::string line_of(const std::string& text) {
  return (text.starts_with('.') ? "\\&" : "") + text + "\n";
}

/// Escaped, with what stands in backquotes in bold.
std::string running_text(std::string_view text) {
  std::string result;
  bool code = false;
  for (const auto piece : split(text, '`')) {
    const bool stands_out = code && !piece.empty();
    result += stands_out ? fmt::format("{}{}{}", bold, escaped(piece), plain) : escaped(piece);
    code = !code;
  }
  return line_of(result);
}

std::string tagged(std::string_view term, std::string_view text) {
  return ".TP\n" + line_of(fmt::format("{}{}{}", bold, escaped(term), plain)) + running_text(text);
}

std::string verbatim(std::string_view lines) {
  std::string result = ".RS 2\n.nf\n";
  for (const auto line : split(lines, '\n')) result += line_of(escaped(line));
  return result + ".fi\n.RE\n";
}

std::string body_of(const HelpTopic& topic) {
  std::string result;
  bool below_heading = true;  // where roff wants no .PP
  for (const auto& block : read_help(topic.body())) {
    switch (block.kind) {
      case HelpBlock::Kind::heading:
        result += ".SS " + line_of(escaped(block.text));
        break;
      case HelpBlock::Kind::paragraph:
        result += (below_heading ? "" : ".PP\n") + running_text(block.text);
        break;
      case HelpBlock::Kind::item:
        result += ".IP \\(bu 2\n" + running_text(block.text);
        break;
      case HelpBlock::Kind::term:
        result += tagged(block.term, block.text);
        break;
      case HelpBlock::Kind::verbatim:
        result += (below_heading ? "" : ".PP\n") + verbatim(block.text);
        break;
    }
    below_heading = block.kind == HelpBlock::Kind::heading;
  }
  return result;
}

std::string names_of(const CLI::Option& option) {
  std::string names = option.get_name(false, true);
  if (!option.nonpositional()) return names;
  std::string spaced;
  for (const auto name : split(names, ','))
    spaced += (spaced.empty() ? "" : ", ") + std::string(name);
  return option.get_type_size() == 0 ? spaced : spaced + " " + option.get_type_name();
}

std::string usage_of(const CLI::App& command) {
  std::string usage = "mlpipe " + full_name(command);
  if (!shown_commands(command).empty()) return usage + " COMMAND";
  usage += " [OPTIONS]";
  for (const auto* option : command.get_options())
    if (option->get_positional() && !option->get_group().empty())
      usage += (option->get_required() ? " " : " [") + option->get_name(true) +
               (option->get_required() ? "" : "]");
  return usage;
}

std::string options_of(const CLI::App& command) {
  std::string result;
  for (const auto* option : command.get_options())
    if (option != command.get_help_ptr() && !option->get_group().empty())
      result += tagged(names_of(*option), option->get_description());
  // What is declared as a group of options is an App without a name.
  for (const auto* group : command.get_subcommands(nullptr))
    if (group->get_name().empty()) result += options_of(*group);
  return result;
}

std::string command_section(const CLI::App& command) {
  auto result = ".SS " + line_of(escaped(full_name(command)));
  result += running_text(command.get_description() + ".");
  result += ".PP\n" + line_of(fmt::format("{}{}{}", bold, escaped(usage_of(command)), plain));
  result += options_of(command);
  const std::string footer = command.get_footer();
  constexpr std::string_view head = "Examples:\n";
  if (!footer.starts_with(head)) {
    for (const auto* inner : shown_commands(command)) result += command_section(*inner);
    return result;
  }
  const auto examples = trim(std::string_view(footer).substr(head.size()));
  std::string lines;
  for (const auto line : split(examples, '\n'))
    lines += (lines.empty() ? "" : "\n") + std::string(trim(line));
  return result + ".PP\n" + verbatim(lines);
}

std::string heading_of(std::string_view topic) {
  if (topic == "variables") return "ENVIRONMENT";
  if (topic == "exit-codes") return "EXIT STATUS";
  std::string heading;
  for (const char c : topic)
    heading += c == '-' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return heading;
}

}  // namespace

std::vector<const CLI::App*> shown_commands(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const auto* command : app.get_subcommands(nullptr))
    if (!command->get_name().empty() && !command->get_group().empty()) commands.push_back(command);
  return commands;
}

std::string man_page(const CLI::App& app) {
  std::string page = fmt::format(
      ".\\\" Made by `mlpipe help --man`.\n"
      ".TH MLPIPE 1 \"\" \"mlpipe {}\" \"User Commands\"\n"
      ".ad l\n.nh\n"
      ".SH NAME\nmlpipe \\- machine\\-learning pipelines that reuse what has not changed\n"
      ".SH SYNOPSIS\n\\fBmlpipe\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
      ".br\n\\fBmlpipe help\\fR [\\fICOMMAND\\fR|\\fITOPIC\\fR]\n"
      ".SH DESCRIPTION\n",
      MLPIPE_VERSION);
  page += running_text(app.get_description() + ".");
  page += ".PP\n" + running_text(
                        "Results go to stdout, messages to stderr. Below are the commands, then "
                        "the topics of `mlpipe help TOPIC`.");
  page += ".SH COMMANDS\n";
  for (const auto* command : shown_commands(app)) page += command_section(*command);
  for (const auto& topic : help_topics())
    page += ".SH " + heading_of(topic.name) + "\n" + body_of(topic);
  return page;
}

}  // namespace mlpipe
