#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

void declare_compute_commands(CommandSet& set) {
  CLI::App* parent =
      set.app.add_subcommand("compute", "Look at and test compute targets, here and behind SSH");
  parent->require_subcommand(1);
  CLI::App& list = set.add({"list", "List the compute targets of the workspace",
                            "  mlpipe compute list\nNo connection is made.\n"},
                           list_compute_command, parent);
  add_json_flag(set, list);
  CLI::App& show = set.add({"show", "Show all settings of a compute target, defaults too",
                            "  mlpipe compute show gpu-box\nNo connection is made.\n"},
                           show_compute_command, parent);
  show.add_option("COMPUTE", set.arguments.compute_target, "The compute target")->required();
  add_json_flag(set, show);
  CLI::App& test =
      set.add({"test", "Check that steps can run on compute targets; say what to do",
               "  mlpipe compute test gpu-box\n"
               "  mlpipe compute test                (all)\n"
               "It logs in, and brings the helper if it is not there. Looked at are the\n"
               "folder and its disk, clock, processors, memory, GPUs, bash, slots and\n"
               "interpreters. Exit code 3 if there is a problem.\n"},
              test_compute_command, parent);
  test.add_option("COMPUTE", set.arguments.compute_targets, "Compute targets; by default all");
  add_json_flag(set, test);
}

}  // namespace mlpipe
