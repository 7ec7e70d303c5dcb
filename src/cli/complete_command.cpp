#include "cli/complete_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "base/text.h"
#include "cli/command_set.h"
#include "cli/completion_values.h"

namespace mlpipe {

namespace {

std::vector<Candidate> commands_for(const CompletionLine& line) {
  std::vector<Candidate> found;
  for (const auto* command : line.command->get_subcommands(nullptr))
    if (!command->get_group().empty() && command->get_name().starts_with(line.prefix))
      found.push_back({command->get_name(), command->get_description()});
  return found;
}

std::vector<Candidate> options_for(const CompletionLine& line) {
  std::vector<Candidate> found;
  const bool is_short = line.prefix.size() == 2 && line.prefix[1] != '-';
  for (const auto* option : line.command->get_options()) {
    if (option->get_positional() || option->get_group().empty()) continue;
    if (line.was_given(option) && !may_be_repeated(*option)) continue;
    const bool has_long = !option->get_lnames().empty();
    std::string name = has_long && !is_short ? "--" + option->get_lnames().front() : "";
    if (name.empty() && !option->get_snames().empty()) name = "-" + option->get_snames().front();
    if (!name.empty() && name.starts_with(line.prefix))
      found.push_back({name, option->get_description()});
  }
  return found;
}

std::vector<Candidate> candidates_for(const CompletionLine& line) {
  if (line.is_lost) return {};
  const bool names_option = !line.in_option && !line.options_ended && line.prefix.starts_with("-");
  if (names_option) return options_for(line);
  if (!line.in_option && !line.command->get_subcommands(nullptr).empty()) return commands_for(line);
  if (line.wanted != nullptr) return values_for(line);
  return line.prefix.empty() && !line.options_ended ? options_for(line) : std::vector<Candidate>();
}

}  // namespace

void complete(const CLI::App& app, int argc, char** argv) {
  constexpr int first_word = 3;
  std::vector<std::string> words;
  for (int i = first_word; i < argc; ++i) {
    const std::string_view word = argv[i];  // NOLINT(*-pointer-arithmetic)
    words.push_back(std::string_view(argv[2]) == "raw"
                        ? without_quotes(word)  // NOLINT(*-pointer-*)
                        : std::string(word));
  }
  if (!words.empty()) {
    std::string last = std::move(words.back());
    words.pop_back();
    if (leading_options(words) == words.size()) words.clear();
    words = command_first(std::move(words));
    words.push_back(std::move(last));
  }
  try {
    const auto line = read_completion_line(app, words);
    for (const auto& candidate : candidates_for(line))
      fmt::print("{}{}\t{}\n", line.before, candidate.value,
                 printable(split(candidate.description, '\n').front()));
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // Nothing to offer: what is wrong will be said when the line is run.
  }
}

}  // namespace mlpipe
