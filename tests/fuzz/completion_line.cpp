// A command line that is being written, one word a line.
#include "cli/completion_line.h"

#include "base/text.h"
#include "cli/command_set.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

/// The commands as the program has them.
struct Commands {
  Commands() {
    declare_running_commands(set);
    declare_looking_commands(set);
    declare_runs_commands(set);
    declare_history_commands(set);
    declare_help_command(set);
    declare_shell_commands(set);
  }

  CLI::App app{"mlpipe", "mlpipe"};
  Arguments arguments;
  CommandSet set{app, arguments};
};

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const Commands commands;
  std::vector<std::string> words;
  for (const auto word : split(text_of(data, size), '\n')) words.push_back(without_quotes(word));
  const auto line = read_completion_line(commands.app, words);
  require(line.command != nullptr, "a line is of some command");
  require(line.before + line.prefix == words.back(), "the word at the cursor is told whole",
          words.back());
  require(line.given.size() <= 4 * words.size() + words.back().size() + size,
          "no more options than were given");
  for (const auto* kind : {"SPEC", "RUN", "STEP", ""}) (void)line.value_of(kind);
  return 0;
}
