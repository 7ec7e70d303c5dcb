#include "cli/step_shell.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/error.h"
#include "base/foreground.h"
#include "base/text.h"
#include "cli/fetch_progress.h"
#include "cli/requests.h"
#include "cli/terminal.h"
#include "engine/trial_step.h"
#include "target/descendants.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

void refuse_what_makes_no_sense(const Arguments& arguments) {
  if (arguments.only.size() != 1)
    fail(ErrorKind::usage,
         "--shell needs one step to open a shell in: `mlpipe run {} --only STEP --shell`",
         shell_quoted(arguments.spec));
  const std::array<std::pair<bool, const char*>, 10> others{{
      {arguments.json, "--json"},
      {arguments.dry_run, "--dry-run"},
      {!arguments.from.empty(), "--from"},
      {!arguments.until.empty(), "--until"},
      {arguments.regenerate_outputs, "--regenerate-outputs"},
      {!arguments.streamed.empty(), "--stream"},
      {!arguments.tags.empty(), "--tag"},
      {arguments.stats, "--stats"},
      {!arguments.trace_file.empty(), "--trace"},
      {arguments.trace_inputs, "--trace-inputs"},
  }};
  for (const auto& [given, name] : others)
    if (given)
      fail(ErrorKind::usage,
           "--shell and {} cannot be used together: --shell runs and records nothing by itself",
           name);
}

/// The step's command for a person to copy, and for the file that runs it.
std::string command_text(const Job& job) {
  std::string text;
  for (const auto& word : job.argv) text += (text.empty() ? "" : " ") + shell_quoted(word);
  return text;
}

void print_places(const char* title, const std::vector<TrialStep::Place>& places,
                  std::string& text) {
  if (places.empty()) return;
  text += fmt::format("  {}:\n", title);
  for (const auto& place : places)
    text += fmt::format("    {}  {}\n", padded(place.name, 12), printable(place.path.native()));
}

void introduce(const TrialStep& step, bool keep) {
  const Terminal terminal(2);
  std::string text =
      fmt::format("step '{}', ready in {}\n", terminal.coloured(step.name(), Colour::bold),
                  printable(step.directory().code().native()));
  text += step.would_be_reused() ? "  a run would take its earlier result: "
                                 : "  a run would execute it: ";
  std::string indent;
  for (const auto line : split(step.reason(), '\n')) {
    text += fmt::format("{}{}\n", indent, line);
    indent = "    ";
  }
  if (!step.other_run().empty())
    text += fmt::format("  run {} is running the same work now, in another directory\n",
                        step.other_run());
  if (!step.job().enclosure.empty())
    text += "  isolated: it sees what it declares and what is installed, nothing else\n";
  print_places("inputs, not to be changed", step.inputs(), text);
  print_places("outputs, to be made", step.outputs(), text);
  text +=
      fmt::format("  command; `../step` runs it:\n    {}\n", printable(command_text(step.job())));
  text += fmt::format("nothing is recorded; `exit` ends the shell{}\n",
                      keep ? "" : " and removes the directory (--keep leaves it)");
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

/// `../step`: the command with the variables as they are then.
void write_step_file(const TrialStep& step) {
  const fs::path file = step.directory().root / "step";
  write_file_atomically(
      file, fmt::format("#!/bin/sh\ncd {} &&\nexec {}\n",
                        shell_quoted(step.directory().code().native()), command_text(step.job())));
  if (::chmod(file.c_str(), 0755) != 0) fail_errno(errno, "cannot make '../step' executable");
}

/// The shell the person is used to, if it is one that can be told to leave its start-up files alone
/// (they may set PATH); else bash.
std::string shell_of(const Variables& caller) {
  const auto found = caller.find("SHELL");
  if (found == caller.end()) return "/bin/bash";
  const auto name = fs::path(found->second).filename();
  const bool known = name == "bash" || name == "zsh" || name == "dash" || name == "sh";
  return known && ::access(found->second.c_str(), X_OK) == 0 ? found->second : "/bin/bash";
}

struct Shell {
  std::vector<std::string> argv;
  Variables variables;  ///< Besides those of the step.
};

/// An interactive shell reads one file of ours, which sets the prompt; one that reads its commands
/// from a file or pipe reads none.
Shell shell_for(const TrialStep& step, const std::string& program, bool interactive) {
  const auto name = fs::path(program).filename();
  const fs::path start_up = step.directory().root / "shell";
  const std::string run_step = fmt::format("step() {{ {} \"$@\"; }}\n",
                                           shell_quoted((step.directory().root / "step").native()));
  make_folders(start_up);
  if (name == "zsh") {
    write_file_atomically(
        start_up / ".zshrc",
        "unset ZDOTDIR HISTFILE\n" + run_step + fmt::format("PS1='({}) %1~ %# '\n", step.name()));
    if (!interactive) return {{program, "-f"}, {}};
    return {{program, "-d", "-i"}, {{"ZDOTDIR", start_up}}};
  }
  if (name == "bash") {
    // Without HISTFILE unset it would cut the person's own history to its default length.
    write_file_atomically(
        start_up / "bashrc",
        "unset HISTFILE\n" + run_step + fmt::format("PS1='({}) \\W \\$ '\n", step.name()));
    if (!interactive) return {{program, "--noprofile", "--norc"}, {}};
    return {{program, "--noprofile", "--rcfile", start_up / "bashrc", "-i"}, {}};
  }
  write_file_atomically(start_up / "shrc",
                        "unset ENV\n" + run_step + fmt::format("PS1='({}) $ '\n", step.name()));
  if (!interactive) return {{program}, {}};
  return {{program, "-i"}, {{"ENV", start_up / "shrc"}}};
}

void add_terminal_variables(const Variables& caller, Variables& variables) {
  for (const auto* name :
       {"TERM", "COLORTERM", "TERMINFO", "TERMINFO_DIRS", "EDITOR", "VISUAL", "PAGER", "LESS"})
    if (const auto found = caller.find(name); found != caller.end()) variables.insert(*found);
}

/// Removes the step's directory, also when its shell cannot be started.
class Removal {
 public:
  Removal(const TrialStep& step, bool wanted) : step_(step), wanted_(wanted) {}
  ~Removal() {
    try {
      now();
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): another error is on its way
    }
  }
  Removal(const Removal&) = delete;
  Removal& operator=(const Removal&) = delete;

  void now() {
    if (std::exchange(wanted_, false)) step_.remove_directory();
  }

 private:
  const TrialStep& step_;
  bool wanted_;
};

/// Like a step's, the shell's processes end with it: their directory goes.
void run_shell(const ForegroundProgram& program) {
  const DescendantsHeld descendants;
  (void)run_in_foreground(program);
  if (const auto ended = descendants.end_all(); ended != 0)
    std::fputs(fmt::format("ended what the shell left running: {}\n",
                           ended == 1 ? "1 process" : fmt::format("{} processes", ended))
                   .c_str(),
               stderr);
}

}  // namespace

int open_step_shell(const Arguments& arguments) {
  refuse_what_makes_no_sense(arguments);
  OpenedPipeline opened(opening_of(arguments));
  for (const auto& notice : opened.notices()) std::fputs((notice + "\n").c_str(), stderr);
  FetchProgress progress;
  const auto selection = selection_of(arguments, opened.recorded.get());
  const auto inputs = fetch_inputs(
      opened.pipeline, rules_for(opened.pipeline, opened.graph, selection), opened.workspace,
      {.refetch = arguments.refetch, .records_use = true, .told = progress.told()});
  if (inputs.signal != 0) return 128 + inputs.signal;
  const TrialStep step(opened, selection);
  for (const auto& notice : step.notices()) std::fputs((notice + "\n").c_str(), stderr);
  Removal removal(step, !arguments.keep);
  const bool interactive = ::isatty(STDIN_FILENO) == 1;
  write_step_file(step);
  auto shell = shell_for(step, shell_of(opened.caller), interactive);
  add_terminal_variables(opened.caller, shell.variables);
  introduce(step, arguments.keep);
  auto environment = step.job().environment;
  for (const auto& [name, value] : shell.variables)
    // What the step itself sets wins.
    if (std::none_of(environment.begin(), environment.end(),
                     [&name = name](const auto& entry) { return entry.starts_with(name + "="); }))
      environment.push_back(fmt::format("{}={}", name, value));
  auto argv = step.job().enclosure;  // without one: the shell alone
  if (!argv.empty()) argv.emplace_back("--");
  argv.insert(argv.end(), shell.argv.begin(), shell.argv.end());
  run_shell({.argv = std::move(argv),
             .work_directory = step.directory().code(),
             .environment = std::move(environment)});
  if (arguments.keep)
    std::fputs(fmt::format("its directory is kept: {}\n", step.directory().root.string()).c_str(),
               stderr);
  removal.now();
  return 0;
}

}  // namespace mlpipe
