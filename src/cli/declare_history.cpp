#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_show(CommandSet& set) {
  CLI::App& show = set.add({"show", "Show a run and its steps",
                            "  mlpipe show\n  mlpipe show k3f train      (one step in full)\n"},
                           show_command);
  add_run_argument(set, show);
  show.add_flag("--timeline", set.arguments.timeline,
                "Draw when each step ran, also where stdout is no terminal");
  show.add_option("STEP", set.arguments.step,
                  "The step to show in full; by default all are listed");
  add_json_flag(set, show);
}

void declare_metrics(CommandSet& set) {
  CLI::App& metrics =
      set.add({"metrics", "Show the metrics of a run, and plot those written step by step",
               "  mlpipe metrics\n"
               "  mlpipe metrics latest train --name loss --plot\n"
               "  mlpipe metrics k3f --csv\n"},
              metrics_command);
  add_run_argument(set, metrics);
  metrics.add_option("STEP", set.arguments.step, "The step; by default all");
  metrics.add_option("--name", set.arguments.metric, "Show this metric alone")->type_name("METRIC");
  metrics.add_flag("--plot", set.arguments.plot, "Draw plots, also where stdout is no terminal");
  CLI::Option* csv =
      metrics.add_flag("--csv", set.arguments.csv, "Print every value as one line of CSV");
  add_json_flag(set, metrics);
  csv->excludes(metrics.get_option("--json"));
}

void declare_report(CommandSet& set) {
  CLI::App& report = set.add({"report", "Write a run as one HTML page to keep or send around",
                              "  mlpipe report\n"
                              "  mlpipe report latest -o run.html\n"},
                             report_command);
  add_run_argument(set, report);
  report
      .add_option("-o,--output", set.arguments.report_file,
                  "Write this file, by default PIPELINE-RUN.html; - is stdout")
      ->type_name("FILE");
  add_json_flag(set, report);
}

void declare_logs(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& logs =
      set.add({"logs", "Print what steps wrote",
               "  mlpipe logs latest train\n"
               "  mlpipe logs latest train --stderr --tail 20\n"
               "  mlpipe logs latest train --stdout | sort    (the bytes as they are)\n"
               "  mlpipe logs latest -f\n"},
              logs_command);
  add_run_argument(set, logs);
  logs.add_option("STEP", arguments.step, "The step; by default all");
  logs.add_option("--attempt", arguments.attempt, "Print only this attempt of the step: 1, 2 …")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 1); });
  logs.add_flag("--stdout", arguments.only_stdout,
                "Print only stdout; of one step: its newest attempt, and nothing but its bytes");
  logs.add_flag("--stderr", arguments.only_stderr, "Print only stderr, likewise");
  logs.add_option("-n,--tail", arguments.tail, "Begin with the last N lines of each log")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 0); });
  logs.add_flag("-f,--follow", arguments.follow, "Go on printing until the step or run ends");
  add_json_flag(set, logs);
}

void declare_get(CommandSet& set) {
  CLI::App& get = set.add(
      {"get", "Copy an output of a run to a folder", "  mlpipe get latest train.model ./model\n"},
      get_command);
  add_run_argument(set, get).required();
  get.add_option("STEP.OUTPUT", set.arguments.output,
                 "An output of a step, such as train.model, or of the pipeline")
      ->required();
  get.add_option("DIR", set.arguments.destination, "The folder to copy to, made if need be")
      ->required();
  add_json_flag(set, get);
}

void declare_clone(CommandSet& set) {
  CLI::App& clone = set.add({"clone", "Write the pipeline file and the code of a run to a folder",
                             "  mlpipe clone k3f ./as-it-was\n"
                             "Data are not copied: where relative paths lead to data there is a\n"
                             "link. `mlpipe run --from-run RUN` repeats a run without a clone.\n"},
                            clone_command);
  add_run_argument(set, clone).required();
  clone.add_option("DIR", set.arguments.destination, "The folder to write to: new or empty")
      ->required();
  add_json_flag(set, clone);
}

void declare_cancel(CommandSet& set) {
  CLI::App& cancel = set.add({"cancel", "Cancel a run that is running", "  mlpipe cancel latest\n"},
                             cancel_command);
  add_run_argument(set, cancel).required();
  add_json_flag(set, cancel);
}

}  // namespace

void declare_history_commands(CommandSet& set) {
  declare_show(set);
  declare_metrics(set);
  declare_report(set);
  declare_logs(set);
  declare_get(set);
  declare_clone(set);
  declare_cancel(set);
}

}  // namespace mlpipe
