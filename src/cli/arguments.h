#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlpipe {

/// What the command line said, as it was written. One struct for all commands: each reads its part.
struct Arguments {
  // Of every command.
  std::string workspace;  ///< -C
  bool json = false;
  std::string colour;  ///< --color

  // Of commands that read a pipeline file.
  std::string spec;
  std::string from_run;                 ///< --from-run: in the place of `spec`.
  std::vector<std::string> parameters;  ///< name=value
  std::vector<std::string> parameter_files;
  std::vector<std::string> inputs;    ///< name=PATH
  std::vector<std::string> settings;  ///< a.b=c
  std::string compute_target;
  std::string experiment;
  bool everything_local = false;
  std::vector<std::string> from;
  std::vector<std::string> only;
  std::vector<std::string> until;
  bool regenerate_outputs = false;

  // run
  int most_steps = 0;
  bool continue_on_step_failure = false;
  bool dry_run = false;
  bool stats = false;
  std::string trace_file;  ///< --trace; "": none.
  bool quiet = false;
  std::vector<std::string> tags;  ///< name=value or name
  bool opens_shell = false;       ///< --shell
  bool keep = false;
  bool refetch = false;
  bool trace_inputs = false;
  std::vector<std::string> streamed;  ///< --stream: steps, or "*"
  std::string command_line;

  // init
  std::string template_name = "shell";

  // verify; with `keep`
  bool deep = false;
  int times = 1;

  // plan
  bool check = false;

  // graph
  std::string format;
  std::string status_of;    ///< --status RUN
  std::string output_file;  ///< -o

  // Of commands that look at runs.
  std::string run = "latest";
  std::string step;
  std::string output;             ///< STEP.OUTPUT
  std::string destination = ".";  ///< DIR
  bool follow = false;

  // Of commands that choose among runs (runs, compare); with `experiment` and `tags`.
  std::vector<std::string> runs;  ///< RUN…
  std::string pipeline;
  std::vector<std::string> statuses;
  std::vector<std::string> where;
  std::string since;
  std::string until_moment;  ///< --until WHEN
  std::string before;        ///< A run.
  bool deleted = false;
  std::size_t limit = 20;
  std::vector<std::string> columns;
  std::string sort;
  bool reverse = false;

  // tag, pin, delete
  std::vector<std::string> names;   ///< name or name=value
  std::vector<std::string> remove;  ///< Tags.
  bool unpin = false;
  bool yes = false;

  // gc, du
  std::string older_than;
  std::string max_size;
  std::string by;

  // compare, diff, metrics
  bool all = false;
  bool csv = false;
  bool code = false;
  bool exit_code = false;
  std::string metric;  ///< metrics --name
  bool plot = false;

  // show, report
  bool timeline = false;    ///< show: also where stdout is no terminal.
  std::string report_file;  ///< report -o

  // logs
  int attempt = 0;  ///< 0: all.
  bool only_stdout = false;
  bool only_stderr = false;
  int tail = -1;  ///< Lines; -1: all.

  // component, data, environment, model; with `tags` and `destination`
  std::string asset;       ///< NAME, NAME:VERSION or NAME@LABEL
  std::string asset_name;  ///< --name
  std::string asset_file;  ///< -f
  std::string asset_version;
  std::string asset_label;
  std::string asset_type;
  std::string asset_path;
  std::string description;
  std::string image;
  std::string conda_file;
  std::string dockerfile;
  bool with_archived = false;

  // publish, submit, endpoint, and of commands that choose among runs; with `description` and
  // `with_archived`
  std::string endpoint;
  std::string endpoint_version;
  bool set_default = false;
  bool freeze_inputs = false;
  std::string idempotency_key;
  bool has_idempotency_key = false;
  bool waits = false;
  int most_runs = -1;                   ///< -1: not given.
  std::vector<std::string> on_success;  ///< Commands or addresses.
  std::vector<std::string> on_failure;
  bool no_notifications = false;

  // schedule; with `spec`, `endpoint` and what is said of runs
  std::string schedule;
  std::string schedule_file;
  std::string cron;
  std::string every;
  std::string time_zone;
  std::string start;
  std::string end;
  std::string overlap;   ///< Empty: as it is; of a new one "skip".
  std::string catch_up;  ///< Likewise "last".
  bool disabled = false;
  std::string from_moment;
  std::string to_moment;

  // compute; with `compute_target`
  std::vector<std::string> compute_targets;  ///< COMPUTE…

  // help, completion
  std::string subject;  ///< A command or a topic.
  bool man = false;
  std::string shell;
};

}  // namespace mlpipe
