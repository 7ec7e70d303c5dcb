#include "cli/schedule_request.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "base/when.h"
#include "cli/explicit_workspace.h"
#include "cli/requests.h"
#include "cli/run_choice.h"
#include "engine/opened_pipeline.h"
#include "engine/publish_pipeline.h"
#include "spec/read_schedule.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

Workspace workspace_with_state(const Arguments& arguments) {
  auto workspace = open_workspace_of(arguments);
  if (!StateDirectory{workspace.state_directory}.exists())
    fail(ErrorKind::not_found,
         "there are no schedules in the workspace '{}': `mlpipe schedule create` makes one, -C DIR "
         "chooses another workspace",
         printable(workspace.root.native()));
  return workspace;
}

/// What can be said once, by an option or in the file.
class Choice {
 public:
  explicit Choice(const char* what) : what_(what) {}

  void take(std::string_view option) {
    if (!taken_.empty()) fail(ErrorKind::usage, "{} and {}: give one {}", taken_, option, what_);
    taken_ = option;
  }
  void require(const char* options) const {
    if (taken_.empty()) fail(ErrorKind::usage, "there is no {}: give {}", what_, options);
  }

 private:
  const char* what_;
  std::string taken_;
};

/// The run that `azureml:NAME` names, as Azure's job; else the endpoint of that name.
void take_reference(const std::string& reference, const SpecLocation& location,
                    const Workspace& workspace, Submission& request) {
  auto name = reference;
  if (name.starts_with("azureml:")) name.erase(0, 8);
  const StateDirectory state{workspace.state_directory};
  if (state.exists()) {
    History history(state.database(), Database::Mode::read_only);
    Endpoints endpoints(history);
    if (endpoints.find(name)) {
      request.endpoint = name;
      return;
    }
    try {
      request.from_run = history.find_run(name).id;
      return;
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): told below
    }
  }
  throw Error(
      ErrorKind::invalid_file,
      fmt::format("{}:{}:{}: error: there is no run and no endpoint '{}' for this schedule; "
                  "name a pipeline file, or publish one under that name",
                  location.file, location.line, location.column, printable(name)));
}

void take_job(const ScheduledJob& job, const Workspace& workspace, Submission& request) {
  request.spec_file = job.pipeline;
  if (!job.reference.empty()) take_reference(job.reference, job.location, workspace, request);
  for (const auto& input : job.inputs) {
    if (input.kind == ScheduledInput::Kind::value)
      request.parameters.emplace_back(input.name, input.text);
    else
      request.inputs.emplace_back(input.name, input.text);
  }
  for (const auto& output : job.outputs)
    request.settings.emplace_back("outputs." + output.name + ".path", output.text);
  request.tags.insert(job.tags.begin(), job.tags.end());
  if (!job.experiment_name.empty()) request.experiment = job.experiment_name;
  if (!job.default_compute.empty()) request.compute_target = job.default_compute;
  if (!job.default_datastore.empty())
    request.settings.emplace_back("settings.default_datastore", job.default_datastore);
  request.continue_on_step_failure = job.continue_on_step_failure.value_or(false);
  request.regenerate_outputs = job.force_rerun.value_or(false);
}

void warn_of_dropped(const ScheduleFile& file, std::vector<std::string>& warnings) {
  const auto warn = [&](bool is_there, const char* what) {
    if (is_there)
      warnings.push_back(
          fmt::format("{}: warning: '{}' has no effect here", printable(file.file.native()), what));
  };
  warn(!file.display_name.empty(), "display_name");
  warn(!file.tags.empty(), "tags");
  warn(!file.properties.empty(), "properties");
  warn(!file.job.display_name.empty(), "create_job.display_name");
  warn(!file.job.description.empty(), "create_job.description");
}

/// What the options say of what is run; they win over the file.
void take_options(const Arguments& arguments, Submission& request) {
  auto overrides = overrides_of(arguments);
  for (auto& each : overrides.parameters) request.parameters.push_back(std::move(each));
  for (auto& each : overrides.inputs) request.inputs.push_back(std::move(each));
  if (overrides.experiment_name) request.experiment = overrides.experiment_name;
  if (overrides.compute_target) request.compute_target = overrides.compute_target;
  if (arguments.everything_local) request.everything_local = true;
  if (arguments.regenerate_outputs) request.regenerate_outputs = true;
  if (arguments.continue_on_step_failure) request.continue_on_step_failure = true;
  for (const auto& text : arguments.tags) {
    const auto tag = tag_of(text);
    request.tags[tag.name] = tag.value.value_or("");
  }
}

Overlap overlap_of(const std::string& word) {
  for (const auto overlap : {Overlap::queue, Overlap::cancel})
    if (to_text(overlap) == word) return overlap;
  return Overlap::skip;
}

CatchUp catch_up_of(const std::string& word) {
  for (const auto catch_up : {CatchUp::none, CatchUp::all})
    if (to_text(catch_up) == word) return catch_up;
  return CatchUp::last;
}

/// The next whole second: moments that come are after it.
TimePoint next_second(TimePoint time) { return std::chrono::ceil<std::chrono::seconds>(time); }

}  // namespace

OpenedSchedules::OpenedSchedules(const Arguments& arguments, Database::Mode mode)
    : workspace(workspace_with_state(arguments)),
      state{workspace.state_directory},
      history(state.database(), mode),
      schedules(history) {
  if (mode == Database::Mode::read_write) history.database().execute("PRAGMA synchronous = FULL");
}

OpenedSchedules::OpenedSchedules(const Workspace& used)
    : workspace(used),
      state(make_state_directory(workspace)),
      history(state.database(), Database::Mode::read_write),
      schedules(history) {
  history.database().execute("PRAGMA synchronous = FULL");
}

Workspace open_workspace_of(const Arguments& arguments) {
  const auto chosen = explicit_workspace(arguments);
  if (chosen) return open_workspace(chosen, *chosen);
  // That of the pipeline file, or of the file that names it.
  const auto& file = arguments.spec.empty() && arguments.endpoint.empty() ? arguments.schedule_file
                                                                          : arguments.spec;
  return open_workspace(chosen,
                        file.empty() ? fs::current_path() : fs::absolute(file).parent_path());
}

TimePoint moment_of_option(const std::string& text, const char* option, const std::string& zone) {
  const auto found = TimeZone::find(zone);
  if (!found) fail(ErrorKind::usage, "--timezone: {}", unknown_zone_text(zone));
  const auto moment = parse_moment_in(text, *found);
  if (!moment)
    fail(ErrorKind::usage,
         "{} '{}' is no moment: write 2026-11-26, '2026-11-26 14:00' or 2026-11-26T14:00:00Z",
         option, printable(text));
  return *moment;
}

Trigger trigger_of(const Arguments& arguments) {
  Trigger trigger;
  Choice when("rule when it is due");
  if (!arguments.schedule_file.empty()) {
    when.take("--file");
    trigger = read_schedule(fs::absolute(arguments.schedule_file)).trigger;
  }
  if (!arguments.cron.empty()) {
    when.take("--cron");
    trigger.rule = parse_cron_expression(arguments.cron);
  }
  if (!arguments.every.empty()) {
    when.take("--every");
    const auto interval = parse_duration(arguments.every);
    if (!interval)
      fail(ErrorKind::usage, "--every '{}' is no duration: write 15m, 6h or 1d",
           printable(arguments.every));
    trigger.rule = Every{.interval = *interval};
  }
  when.require("--cron '0 3 * * *', --every 15m or --file FILE");
  if (!arguments.time_zone.empty()) {
    if (!TimeZone::find(arguments.time_zone))
      fail(ErrorKind::usage, "--timezone: {}", unknown_zone_text(arguments.time_zone));
    trigger.time_zone = arguments.time_zone;
  }
  if (!arguments.start.empty())
    trigger.start = moment_of_option(arguments.start, "--start", trigger.time_zone);
  if (!arguments.end.empty())
    trigger.end = moment_of_option(arguments.end, "--end", trigger.time_zone);
  if (const auto problem = trigger_problem(trigger); !problem.empty())
    fail(ErrorKind::usage, "{}", problem);
  return trigger;
}

ScheduleRequest read_schedule_request(const Arguments& arguments, const Workspace& workspace) {
  ScheduleRequest asked;
  auto& schedule = asked.schedule;
  auto& request = schedule.request;
  schedule.name = arguments.schedule;
  schedule.description = arguments.description;
  Choice what("pipeline to run");
  if (!arguments.endpoint.empty()) what.take("--endpoint");
  if (!arguments.spec.empty()) what.take("--spec");
  if (!arguments.schedule_file.empty()) {
    const auto file = read_schedule(fs::absolute(arguments.schedule_file));
    asked.warnings = file.warnings;
    if (!file.job.pipeline.empty() || !file.job.reference.empty()) what.take("--file's create_job");
    if (schedule.name.empty()) schedule.name = file.name;
    if (schedule.description.empty()) schedule.description = file.description;
    take_job(file.job, workspace, request);
    warn_of_dropped(file, asked.warnings);
  }
  if (schedule.name.empty()) fail(ErrorKind::usage, "the schedule has no name: give one as NAME");
  Schedules::check_name(schedule.name);
  what.require("--endpoint NAME, --spec FILE, or a --file with create_job");
  if (!arguments.endpoint.empty()) request.endpoint = arguments.endpoint;
  if (!arguments.endpoint_version.empty()) request.version = arguments.endpoint_version;
  if (!arguments.spec.empty()) request.spec_file = fs::absolute(arguments.spec).lexically_normal();
  take_options(arguments, request);
  (void)encode(request);  // refuses what is not UTF-8
  if (!is_utf8(schedule.description)) fail(ErrorKind::usage, "--description is not UTF-8");
  schedule.trigger = trigger_of(arguments);
  schedule.overlap = overlap_of(arguments.overlap);
  schedule.catch_up = catch_up_of(arguments.catch_up);
  schedule.notifications = notifications_of(arguments);
  schedule.created = next_second(now());
  schedule.settled = schedule.created - std::chrono::microseconds(1);
  if (arguments.disabled) schedule.disabled = schedule.created;
  if (!next_fire(schedule.trigger, schedule.created, schedule.settled))
    fail(ErrorKind::usage, "the schedule would never be due: {}", describe(schedule.trigger));
  return asked;
}

}  // namespace mlpipe
