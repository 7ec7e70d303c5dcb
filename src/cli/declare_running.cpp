#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_init(CommandSet& set) {
  CLI::App& init = set.add({"init", "Write a first pipeline that runs at once",
                            "  mlpipe init\n"
                            "  mlpipe init iris --template sklearn\n"
                            "Templates: shell needs nothing but the system's programs, sklearn\n"
                            "a python3 with scikit-learn, r an Rscript. A file that is there is\n"
                            "never overwritten.\n"},
                           init_command);
  init.remove_option(init.get_option("--workspace"));  // it makes one
  init.add_option("DIR", set.arguments.destination,
                  "The folder, made if need be; by default the current one");
  set.add_choice(init, "--template", set.arguments.template_name, {"shell", "sklearn", "r"},
                 "Write the steps in this language")
      .capture_default_str();
  add_json_flag(set, init);
}

void declare_run(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& run = set.add({"run", "Run a pipeline",
                           "  mlpipe run pipeline.yaml\n"
                           "  mlpipe run pipeline.yaml -p learning_rate=0.2 --tag nightly\n"
                           "  mlpipe run pipeline.yaml --from train\n"
                           "  mlpipe run pipeline.yaml --stream train\n"
                           "  mlpipe run pipeline.yaml --only train --shell\n"
                           "  mlpipe run pipeline.yaml --trace-inputs --from train\n"
                           "  mlpipe run --from-run k3f -p learning_rate=0.3\n"
                           "A step named by --only is still reused if nothing it reads has\n"
                           "changed; add --from STEP to run it anyway. `mlpipe help debugging`\n"
                           "says more about --shell, --keep and --stream.\n"},
                          run_command);
  add_spec_options(set, run);
  add_from_run_option(set, run);
  add_selection_options(set, run);
  run.add_option(
         "-j,--jobs", arguments.most_steps,
         "Run at most so many steps at a time; by default as many as the compute targets take")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 1); });
  run.add_flag("--continue-on-step-failure", arguments.continue_on_step_failure,
               "Go on after a failure with what does not need the failed step");
  run.add_flag("--dry-run", arguments.dry_run, "Show what would run, as `mlpipe plan` does");
  run.add_flag("--json", arguments.json, "Print JSON events to stdout, one a line");
  set.add_list(run, "--tag", arguments.tags, "TAG", "Tag the run with NAME or NAME=VALUE");
  set.add_list(run, "--stream", arguments.streamed, "STEP",
               "Print what this step writes while it runs; '*' is every step");
  run.add_flag("--keep", arguments.keep,
               "Keep the directories that completed steps ran in too, and say where they are");
  run.add_flag("--refetch", arguments.refetch,
               "Fetch inputs with an http address again, and say whether they have changed");
  run.add_flag("--trace-inputs", arguments.trace_inputs,
               "Say of each step that runs what it reads but does not declare (by strace)");
  run.add_flag("--shell", arguments.opens_shell,
               "With --only STEP: open a shell where the step would start, and record nothing");
  run.add_flag("-q,--quiet", arguments.quiet,
               "Print the run's id alone to stdout, and to stderr only what failed: for scripts");
  run.add_flag("--stats", arguments.stats, "Say where the time went");
  run.add_option("--trace", arguments.trace_file,
                 "Write what each step did when to this file, for ui.perfetto.dev or "
                 "chrome://tracing")
      ->type_name("FILE");
}

}  // namespace

void declare_running_commands(CommandSet& set) {
  declare_init(set);
  declare_run(set);
}

}  // namespace mlpipe
