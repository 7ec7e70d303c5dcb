// Commands about several runs, and those that change what is said about runs.
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void add_filter_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  command.add_option("--experiment", arguments.experiment, "Take only runs of this experiment")
      ->type_name("EXPERIMENT");
  command.add_option("--pipeline", arguments.pipeline, "Take only runs of this pipeline")
      ->type_name("PIPELINE");
  command
      .add_option("--endpoint", arguments.endpoint,
                  "Take only runs that were submitted to this endpoint, also by schedules")
      ->type_name("ENDPOINT");
  set.add_list(
      command, "--status", arguments.statuses, "STATUS",
      "Take only runs with this status: Completed, Failed, Running …; repeated: with any of them");
  set.add_list(command, "--tag", arguments.tags, "TAG",
               "Take only runs with this tag, NAME or NAME=VALUE; repeated: with all of them");
  command
      .add_option(
          "--since", arguments.since,
          "Take only runs started since then: 2026-11-20, '2026-11-20 14:00', yesterday, 3d, 12h")
      ->type_name("WHEN");
  command.add_option("--until", arguments.until_moment, "Take only runs started before then")
      ->type_name("WHEN");
  set.add_list(command, "--where", arguments.where, "EXPR",
               "Take only runs for which this holds: 'metrics.accuracy>0.9', 'parameters.C=0.5', "
               "'duration>10m and status=Failed'; repeated: all must hold");
  command.add_flag("--deleted", arguments.deleted, "Take only deleted runs");
  command.add_option("-n,--limit", arguments.limit, "List at most so many, the newest")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 1); })
      ->capture_default_str();
}

void declare_runs(CommandSet& set) {
  CLI::App& runs =
      set.add({"runs", "List the newest runs, or those that fit",
               "  mlpipe runs -n 100\n"
               "  mlpipe runs --experiment churn --status Failed --since yesterday\n"
               "  mlpipe runs --where 'metrics.accuracy>0.9'\n"
               "  mlpipe runs --columns id,started,metrics.accuracy\n"
               "A filter compares status, pipeline, experiment, user, host, started,\n"
               "duration, metrics.NAME, metrics.STEP.NAME, parameters.NAME, tags.NAME\n"
               "or git.branch by = != < <= > >= or ~ (contains). A run without the\n"
               "value never fits.\n"},
              runs_command);
  add_filter_options(set, runs);
  runs.add_option("--before", set.arguments.before,
                  "List only runs older than this one (the next page)")
      ->type_name("RUN");
  set.add_list(
      runs, "--columns", set.arguments.columns, "COLUMNS",
      "Show these columns, with commas between: id, status, started, finished, took, pipeline, "
      "experiment, pinned, tags, user, host, message, spec, command, metrics.NAME, "
      "metrics.STEP.NAME, parameters.NAME, tags.NAME, git.branch, git.commit");
  add_json_flag(set, runs);
}

void declare_compare(CommandSet& set) {
  CLI::App& compare =
      set.add({"compare", "Compare parameters and metrics of runs",
               "  mlpipe compare k3f 8xa\n"
               "  mlpipe compare --experiment churn --since 3d --sort metrics.accuracy -r\n"
               "  mlpipe compare --tag sweep --csv >runs.csv\n"},
              compare_command);
  compare.add_option("RUN", set.arguments.runs, "Runs; by default the newest that fit the options");
  add_filter_options(set, compare);
  compare
      .add_option("--sort", set.arguments.sort,
                  "Sort by this column: metrics.accuracy, parameters.C, started …")
      ->type_name("COLUMN");
  compare.add_flag("-r,--reverse", set.arguments.reverse, "Sort the largest first");
  compare.add_flag("--all", set.arguments.all,
                   "Show also what is the same in all, and runs that are like another one");
  compare.add_flag("--csv", set.arguments.csv,
                   "Print everything as comma-separated values (RFC 4180), in full precision");
  add_json_flag(set, compare);
}

void declare_diff(CommandSet& set) {
  CLI::App& diff =
      set.add({"diff", "Show what differs between two runs",
               "  mlpipe diff       (the newest run and the one before of its pipeline)\n"
               "  mlpipe diff k3f 8xa --code\n"},
              diff_command);
  diff.add_option("RUN", set.arguments.runs,
                  "Two runs, the older first; by default the newest and the one before it")
      ->expected(0, 2);
  diff.add_flag("--code", set.arguments.code,
                "Show the changed lines of the steps' sources as well");
  diff.add_flag("--exit-code", set.arguments.exit_code, "Exit with 1 if anything differs");
  add_json_flag(set, diff);
}

void declare_tag(CommandSet& set) {
  CLI::App& tag = set.add({"tag", "Tag a run, or change or remove its tags",
                           "  mlpipe tag latest best note='with new data'\n"
                           "  mlpipe tag k3f --remove best\n"},
                          tag_command);
  add_run_argument(set, tag).required();
  tag.add_option("TAG", set.arguments.names, "A tag: NAME or NAME=VALUE");
  set.add_list(tag, "--remove", set.arguments.remove, "TAG", "Remove the tag of this name");
  add_json_flag(set, tag);
}

void declare_pin(CommandSet& set) {
  CLI::App& pin = set.add({"pin", "Keep runs: neither they nor what they made is removed",
                           "  mlpipe pin latest\n  mlpipe pin --remove k3f\n"},
                          pin_command);
  pin.add_option("RUN", set.arguments.runs, "The runs to keep: ids, or `latest`")->required();
  pin.add_flag("--remove", set.arguments.unpin, "Keep them no longer");
  add_json_flag(set, pin);
}

void declare_delete(CommandSet& set) {
  CLI::App& remove =
      set.add({"delete", "Delete runs: hide them, reuse their results no more",
               "  mlpipe delete k3f 8xa\n  mlpipe delete k3f --yes      (from a script)\n"
               "A deleted run can still be shown by its id, and listed by\n"
               "`mlpipe runs --deleted`.\n"},
              delete_command);
  remove.add_option("RUN", set.arguments.runs, "The runs to delete: ids, or `latest`")->required();
  remove.add_flag("-y,--yes", set.arguments.yes, "Delete without asking");
  add_json_flag(set, remove);
}

}  // namespace

void declare_runs_commands(CommandSet& set) {
  declare_runs(set);
  declare_compare(set);
  declare_diff(set);
  declare_tag(set);
  declare_pin(set);
  declare_delete(set);
}

}  // namespace mlpipe
