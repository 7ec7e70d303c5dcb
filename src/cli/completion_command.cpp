#include <cstdio>

#include "cli/command_set.h"
#include "cli/commands.h"
#include "cli/embedded_text.h"

namespace mlpipe {

namespace {

constexpr const char* examples =
    "  bash: put into ~/.bashrc\n"
    "      source <(mlpipe completion bash)\n"
    "  zsh: into a folder of $fpath, or into ~/.zshrc after compinit\n"
    "      source <(mlpipe completion zsh)\n"
    "  fish:\n"
    "      mlpipe completion fish > ~/.config/fish/completions/mlpipe.fish\n";

}  // namespace

int completion_command(const Arguments& arguments) {
  const std::string file = arguments.shell == "zsh" ? "_mlpipe" : "mlpipe." + arguments.shell;
  for (const auto& script : completion_scripts())
    if (script.path == file) std::fwrite(script.text.data(), 1, script.text.size(), stdout);
  return 0;
}

void declare_shell_commands(CommandSet& set) {
  CLI::App& completion = set.add(
      {"completion", "Print a shell's script that completes mlpipe's command lines", examples},
      completion_command);
  set.add_choice(completion, "SHELL", set.arguments.shell, {"bash", "zsh", "fish"}, "The shell")
      .required();
}

}  // namespace mlpipe
