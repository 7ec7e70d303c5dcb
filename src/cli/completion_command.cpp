#include <algorithm>
#include <cstdio>

#include "base/embedded_text.h"
#include "base/error.h"
#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

extern const std::vector<EmbeddedText> completion_scripts;

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
  const auto found = std::find_if(completion_scripts.begin(), completion_scripts.end(),
                                  [&file](const EmbeddedText& each) { return each.name == file; });
  if (found == completion_scripts.end())
    fail(ErrorKind::internal, "there is no completion script {}", file);
  std::fwrite(found->text.data(), 1, found->text.size(), stdout);
  return 0;
}

void declare_shell_commands(CommandSet& set) {
  CLI::App& completion =
      set.add({"completion", "Print a shell's script that completes mlpipe's command lines", examples},
              completion_command);
  set.add_choice(completion, "SHELL", set.arguments.shell, {"bash", "zsh", "fish"}, "Which shell")
      .required();
}

}  // namespace mlpipe
