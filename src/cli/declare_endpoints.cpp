// publish, endpoint, submit, and what they start in the background.
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/commands.h"

namespace mlpipe {

namespace {

void declare_publish(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& publish =
      set.add({"publish", "Publish a pipeline as it is now, as the next version of an endpoint",
               "  mlpipe publish pipeline.yaml --endpoint churn\n"
               "  mlpipe publish pipeline.yaml --endpoint churn -p C=0.5 --set-default\n"
               "  mlpipe publish --from-run k3f --endpoint churn\n"
               "Kept are the file, its components, the sources of its steps and the\n"
               "values given here, as new defaults. Data inputs are read when it runs.\n"},
              publish_command);
  add_spec_options(set, publish);
  add_from_run_option(set, publish);
  publish.add_option("--endpoint", arguments.endpoint, "The endpoint, made if there is none")
      ->type_name("ENDPOINT")
      ->required();
  publish.add_option("--description", arguments.description, "What it is, or what is new in it")
      ->type_name("TEXT");
  publish.add_flag(
      "--set-default", arguments.set_default,
      "Let submits without a version run this one (of a new endpoint it is so anyway)");
  publish.add_flag("--freeze-inputs", arguments.freeze_inputs,
                   "Copy the data inputs, too: each run reads them as they are now");
  publish.add_flag("--continue-on-step-failure", arguments.continue_on_step_failure,
                   "Its runs go on after a failure with what does not need the failed step");
  set.add_list(publish, "--only", arguments.only, "STEP", "Publish for this step alone");
  set.add_list(publish, "--until", arguments.until, "STEP",
               "Publish for this step and what it needs");
  add_json_flag(set, publish);
}

void declare_submit(CommandSet& set) {
  Arguments& arguments = set.arguments;
  CLI::App& submit =
      set.add({"submit", "Run a published pipeline in the background",
               "  mlpipe submit churn\n"
               "  mlpipe submit churn -p C=0.5 -i train=new.csv --wait\n"
               "  mlpipe submit -C /srv/models churn --idempotency-key nightly-2026-11-26\n"
               "The run's id is printed alone. It goes on after log-out; `mlpipe show\n"
               "RUN` and `mlpipe cancel RUN` work as of every run.\n"},
              submit_command);
  submit.add_option("ENDPOINT", arguments.endpoint, "The endpoint")->required();
  submit
      .add_option("-v,--version", arguments.endpoint_version,
                  "The version; by default the endpoint's default")
      ->type_name("VERSION");
  add_submission_options(set, submit);
  add_parameter_files_option(set, submit);
  submit
      .add_option_function<std::string>(
          "--idempotency-key",
          [&arguments](const std::string& key) {
            arguments.idempotency_key = key;
            arguments.has_idempotency_key = true;
          },
          "Any text: a second submit to the endpoint with it gives the first one's run")
      ->type_name("KEY");
  submit.add_flag("--wait", arguments.waits,
                  "Wait for the run's end, and exit as `mlpipe run` would; Ctrl-C ends the waiting "
                  "alone");
  add_json_flag(set, submit);
}

/// The command `endpoint` while its own commands are being declared.
struct EndpointCommands {
  CommandSet& set;
  CLI::App& parent;

  [[nodiscard]] CLI::App& add(const char* name, const char* description, const char* examples,
                              int (*function)(const Arguments&)) const {
    CLI::App& command = set.add({name, description, examples}, function, &parent);
    add_json_flag(set, command);
    return command;
  }
  CLI::App& add_named(const char* name, const char* description, const char* examples,
                      int (*function)(const Arguments&)) const {
    CLI::App& command = add(name, description, examples, function);
    command.add_option("ENDPOINT", set.arguments.endpoint, "The endpoint")->required();
    return command;
  }
  void add_versioned(const char* name, const char* description, const char* examples,
                     int (*function)(const Arguments&)) const {
    add_named(name, description, examples, function)
        .add_option("VERSION", set.arguments.endpoint_version, "The version, such as 2")
        ->required();
  }
};

void declare_endpoint(CommandSet& set) {
  CLI::App* parent = set.app.add_subcommand("endpoint", "Look at and change endpoints");
  parent->require_subcommand(1);
  const EndpointCommands commands{.set = set, .parent = *parent};
  commands
      .add("list", "List the endpoints with their default versions",
           "  mlpipe endpoint list\n  mlpipe endpoint list --include-archived\n",
           list_endpoints_command)
      .add_flag("--include-archived", set.arguments.with_archived, "List archived ones, too");
  commands
      .add_named("show", "Show an endpoint, its versions, and what a submit may set",
                 "  mlpipe endpoint show churn\n  mlpipe endpoint show churn -v 2 --json\n",
                 show_endpoint_command)
      .add_option("-v,--version", set.arguments.endpoint_version,
                  "The parameters of this version; by default of the default")
      ->type_name("VERSION");
  commands.add_versioned("set-default", "Choose what submits without a version run",
                         "  mlpipe endpoint set-default churn 2\n", set_default_version_command);
  commands.add_named("enable", "Let the endpoint take submits again",
                     "  mlpipe endpoint enable churn\n", enable_endpoint_command);
  commands.add_named("disable", "Let the endpoint refuse submits",
                     "  mlpipe endpoint disable churn\nWhat is queued runs all the same.\n",
                     disable_endpoint_command);
  commands.add_named("archive", "Hide the endpoint, which takes no submits then",
                     "  mlpipe endpoint archive churn\n", archive_endpoint_command);
  commands.add_named("restore", "Take back what `archive` did", "  mlpipe endpoint restore churn\n",
                     restore_endpoint_command);
  CLI::App& update = commands.add_named(
      "update", "Change what is said of an endpoint, or how many of its runs go on at a time",
      "  mlpipe endpoint update churn --max-concurrent-runs 1\n"
      "  mlpipe endpoint update churn --max-concurrent-runs 0\n"
      "0: as many as the workspace allows.\n",
      update_endpoint_command);
  update.add_option("--description", set.arguments.description, "What it is")->type_name("TEXT");
  add_notification_options(set, update);
  update.add_flag("--no-notifications", set.arguments.no_notifications,
                  "Tell nobody of its runs any more, besides whom the pipelines name");
  update
      .add_option("--max-concurrent-runs", set.arguments.most_runs,
                  "Let at most so many of its runs go on at a time; the others are queued")
      ->type_name("N")
      ->check([](const std::string& text) { return whole_number_problem(text, 0); });
  commands.add_versioned("delete-version", "Give a version up; gc takes what it alone needs",
                         "  mlpipe endpoint delete-version churn 1\n"
                         "Its runs stay. Its number is not used again.\n",
                         delete_version_command);
  commands.add_named("delete", "Delete an endpoint with its versions; its runs stay",
                     "  mlpipe endpoint delete churn\n"
                     "Refused while a schedule submits to it, or a run of it has not ended.\n"
                     "gc takes what its versions alone need.\n",
                     delete_endpoint_command);
}

/// What is started in the background: not for people.
void declare_background(CommandSet& set) {
  set.add({"__work-queue", "Work the queue of runs off", ""}, work_queue_command).group("");
  CLI::App& run = set.add({"__run-queued", "Drive a run of the queue", ""}, run_queued_command);
  run.group("");
  run.add_option("RUN", set.arguments.run, "Its id")->required();
}

}  // namespace

void declare_endpoint_commands(CommandSet& set) {
  declare_publish(set);
  declare_submit(set);
  declare_endpoint(set);
  declare_background(set);
}

}  // namespace mlpipe
