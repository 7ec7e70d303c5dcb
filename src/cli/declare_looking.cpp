#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_validate(CommandSet& set) {
  CLI::App& validate = set.add(
      {"validate", "Check a pipeline file and its workspace", "  mlpipe validate pipeline.yaml\n"},
      validate_command);
  add_spec_options(set, validate);
  add_json_flag(set, validate);
}

void declare_plan(CommandSet& set) {
  CLI::App& plan =
      set.add({"plan", "Show which steps would run, why, and how long they took before",
               "  mlpipe plan pipeline.yaml\n"
               "  mlpipe plan pipeline.yaml --check    (exit code 4 if work is due)\n"},
              plan_command);
  add_spec_options(set, plan);
  add_selection_options(set, plan);
  plan.add_flag("--check", set.arguments.check, "Exit with 4 if any step would run");
  add_json_flag(set, plan);
}

void declare_why(CommandSet& set) {
  CLI::App& why = set.add({"why", "Explain why a step would run now, or ran in an earlier run",
                           "  mlpipe why pipeline.yaml train\n"
                           "  mlpipe why latest train\n"},
                          why_command);
  add_spec_options(set, why);
  why.get_option("SPEC")
      ->type_name("SPEC|RUN")
      ->description("The pipeline file, or a run: its id or `latest`");
  why.add_option("STEP", set.arguments.step, "The step; all if left out");
  add_json_flag(set, why);
}

}  // namespace

void declare_looking_commands(CommandSet& set) {
  declare_validate(set);
  declare_plan(set);
  declare_why(set);
}

}  // namespace mlpipe
