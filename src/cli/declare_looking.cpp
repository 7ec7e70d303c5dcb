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
  add_from_run_option(set, plan);
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
  why.add_option("STEP", set.arguments.step, "The step; by default all");
  add_json_flag(set, why);
}

void declare_graph(CommandSet& set) {
  CLI::App& graph = set.add({"graph", "Draw the steps and what goes from one to another",
                             "  mlpipe graph pipeline.yaml\n"
                             "  mlpipe graph pipeline.yaml --status latest -o graph.svg\n"
                             "  mlpipe graph --status latest         (the run as recorded)\n"
                             "  mlpipe graph pipeline.yaml --format dot | dot -Tpdf > graph.pdf\n"},
                            graph_command);
  add_spec_options(set, graph);
  graph.get_option("SPEC")->required(false)->description(
      "The pipeline file; without it the run of --status is drawn as it was recorded");
  set.add_choice(graph, "--format", set.arguments.format, {"text", "dot", "mermaid", "svg"},
                 "Draw in this format; by default what FILE's name ends in, else text");
  graph
      .add_option("--status", set.arguments.status_of, "Mark what became of each step in this run")
      ->type_name("RUN");
  graph
      .add_option("-o,--output", set.arguments.output_file,
                  "Write the drawing to this file, by default to stdout")
      ->type_name("FILE");
  add_json_flag(set, graph);
}

}  // namespace

void declare_looking_commands(CommandSet& set) {
  declare_validate(set);
  declare_plan(set);
  declare_why(set);
  declare_graph(set);
}

}  // namespace mlpipe
