// schedule and its commands.
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

/// The command `schedule` while its own commands are being declared.
struct ScheduleCommands {
  CommandSet& set;
  CLI::App& parent;

  [[nodiscard]] CLI::App& add(const char* name, const char* description, const char* examples,
                              int (*function)(const Arguments&), bool has_json = true) const {
    CLI::App& command = set.add({name, description, examples}, function, &parent);
    if (has_json) add_json_flag(set, command);
    return command;
  }
  CLI::App& add_named(const char* name, const char* description, const char* examples,
                      int (*function)(const Arguments&)) const {
    CLI::App& command = add(name, description, examples, function);
    command.add_option("SCHEDULE", set.arguments.schedule, "The schedule")->required();
    return command;
  }
};

void add_trigger_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  command
      .add_option("--cron", arguments.cron,
                  "Five fields: minute, hour, day, month, weekday; as in --cron '0 3 * * 1-5'")
      ->type_name("CRON");
  command.add_option("--every", arguments.every, "Once every so long: 15m, 6h, 1d")
      ->type_name("DURATION");
  command
      .add_option("-f,--file", arguments.schedule_file,
                  "A YAML file: a recurrence, or a schedule as `az ml schedule create` takes it")
      ->type_name("FILE");
  command
      .add_option("--timezone", arguments.time_zone,
                  "Whose clocks count, as in Europe/Berlin; by default UTC")
      ->type_name("ZONE");
  command
      .add_option("--start", arguments.start, "Not before then: 2026-11-26 or '2026-11-26 14:00'")
      ->type_name("WHEN");
  command.add_option("--end", arguments.end, "Not after then")->type_name("WHEN");
}

/// What is run.
void add_job_options(CommandSet& set, CLI::App& command) {
  Arguments& arguments = set.arguments;
  command.add_option("--endpoint", arguments.endpoint, "Submit to this endpoint")
      ->type_name("ENDPOINT");
  command
      .add_option("-v,--version", arguments.endpoint_version,
                  "This version; by default what is the default when it is due")
      ->type_name("VERSION");
  command.add_option("--spec", arguments.spec, "Run this pipeline file, as it is when it is due")
      ->type_name("SPEC");
  command.add_flag(
      "--local", arguments.everything_local,
      "Take every compute target for this machine and every environment for the system's");
}

/// `overlap`, `catch_up`: what is so by default; "": what it is already.
void add_policy_options(CommandSet& set, CLI::App& command, const char* overlap,
                        const char* catch_up) {
  Arguments& arguments = set.arguments;
  set.add_choice(command, "--overlap", arguments.overlap, {"skip", "queue", "cancel"},
                 "What to do when it is due while a run of it has not ended")
      .default_str(overlap);
  set.add_choice(command, "--catch-up", arguments.catch_up, {"none", "last", "all"},
                 "Which of the moments to make up for at which nobody looked")
      .default_str(catch_up);
  command.add_option("--description", arguments.description, "What it is")->type_name("TEXT");
}

void declare_create(const ScheduleCommands& commands) {
  CommandSet& set = commands.set;
  Arguments& arguments = set.arguments;
  CLI::App& create =
      commands.add("create", "Let a pipeline run at times",
                   "  mlpipe schedule create nightly --endpoint churn --cron '0 3 * * 1-5'\n"
                   "  mlpipe schedule create often --spec p.yaml --every 15m -p fast=true\n"
                   "  mlpipe schedule create -f schedule.yml\n"
                   "`mlpipe schedule install` lets cron look every minute at what is due.\n",
                   create_schedule_command);
  create.add_option("SCHEDULE", arguments.schedule, "Its name; by default the file's");
  add_job_options(set, create);
  add_trigger_options(set, create);
  add_submission_options(set, create);
  add_policy_options(set, create, "skip", "last");
  create.add_flag("--disabled", arguments.disabled, "Do not let it fire before it is enabled");
  add_notification_options(set, create);
}

void declare_update(const ScheduleCommands& commands) {
  CommandSet& set = commands.set;
  CLI::App& update = commands.add_named(
      "update", "Change when a schedule is due, what it runs, or with which values",
      "  mlpipe schedule update nightly --cron '0 4 * * *'\n"
      "  mlpipe schedule update nightly -p C=0.7 --catch-up none\n"
      "What is not given stays. A new time counts from now on: what was due\n"
      "before and was not submitted is not made up for.\n",
      update_schedule_command);
  add_job_options(set, update);
  add_trigger_options(set, update);
  add_submission_options(set, update);
  add_policy_options(set, update, "", "");
  add_notification_options(set, update);
  update.add_flag("--no-notifications", set.arguments.no_notifications,
                  "Tell nobody of its runs any more, besides whom pipeline and endpoint name");
}

void declare_changes(const ScheduleCommands& commands) {
  Arguments& arguments = commands.set.arguments;
  (void)commands.add("list", "List the schedules: what, when, last and next time, or why not",
                     "  mlpipe schedule list\n", list_schedules_command);
  commands.add_named("show", "Show a schedule and what became of its last times",
                     "  mlpipe schedule show nightly\n", show_schedule_command);
  commands.add_named("enable", "Let a schedule fire again", "  mlpipe schedule enable nightly\n",
                     enable_schedule_command);
  commands.add_named("disable", "Let a schedule not fire",
                     "  mlpipe schedule disable nightly\n"
                     "What is due meanwhile is not made up for.\n",
                     disable_schedule_command);
  commands.add_named("delete", "Delete a schedule; its runs stay",
                     "  mlpipe schedule delete nightly\n", delete_schedule_command);
  CLI::App& trigger = commands.add_named(
      "trigger", "Submit it now, whether it is due or not",
      "  mlpipe schedule trigger nightly\n  mlpipe schedule trigger nightly -p C=0.5\n",
      trigger_schedule_command);
  commands.set.add_list(trigger, "-p,--parameter", arguments.parameters, "NAME=VALUE",
                        "Set a parameter, besides those of the schedule");
  CLI::App& simulate =
      commands.add("simulate", "Say when it is due within a time, in UTC and in its zone",
                   "  mlpipe schedule simulate nightly --from 2026-10-24 --to 2026-10-27\n"
                   "  mlpipe schedule simulate --cron '0 3 * * *' --timezone Europe/Berlin\n",
                   simulate_schedule_command);
  simulate.add_option("SCHEDULE", arguments.schedule, "A schedule; or none, with the options");
  add_trigger_options(commands.set, simulate);
  simulate.add_option("--from", arguments.from_moment, "By default now")->type_name("WHEN");
  simulate.add_option("--to", arguments.to_moment, "By default a week later")->type_name("WHEN");
}

void declare_ticking(const ScheduleCommands& commands) {
  Arguments& arguments = commands.set.arguments;
  CLI::App& tick = commands.add("tick", "Submit what is due now: for cron, every minute",
                                "  mlpipe schedule tick\n", tick_schedules_command);
  tick.add_flag("-q,--quiet", arguments.quiet, "Print only what failed");
  CLI::App& daemon = commands.add("daemon", "Look again and again at what is due, without cron",
                                  "  mlpipe schedule daemon\n", daemon_command, false);
  daemon.add_flag("-q,--quiet", arguments.quiet, "Print only what failed");
  (void)commands.add("install", "Write a line into your crontab that ticks every minute",
                     "  mlpipe schedule install\n", install_schedules_command);
  (void)commands.add("uninstall", "Remove that line, and nothing else",
                     "  mlpipe schedule uninstall\n", uninstall_schedules_command);
}

}  // namespace

void declare_schedule_commands(CommandSet& set) {
  CLI::App* parent = set.app.add_subcommand("schedule", "Let pipelines run at times");
  parent->require_subcommand(1);
  const ScheduleCommands commands{.set = set, .parent = *parent};
  declare_create(commands);
  declare_update(commands);
  declare_changes(commands);
  declare_ticking(commands);
}

}  // namespace mlpipe
