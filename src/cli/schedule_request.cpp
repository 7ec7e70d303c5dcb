#include "cli/schedule_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/time_zone.h"
#include "base/when.h"
#include "cli/explicit_workspace.h"
#include "cli/requests.h"
#include "cli/schedule_job.h"
#include "engine/opened_pipeline.h"
#include "spec/read_schedule.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

Workspace with_state(Workspace workspace) {
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
  [[nodiscard]] bool is_taken() const { return !taken_.empty(); }

 private:
  const char* what_;
  std::string taken_;
};

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

void take_policies(const Arguments& arguments, ScheduleRecord& schedule) {
  if (!arguments.description.empty()) {
    if (!is_utf8(arguments.description)) fail(ErrorKind::usage, "--description is not UTF-8");
    schedule.description = arguments.description;
  }
  if (!arguments.overlap.empty()) schedule.overlap = overlap_of(arguments.overlap);
  if (!arguments.catch_up.empty()) schedule.catch_up = catch_up_of(arguments.catch_up);
}

Duration interval_of(const std::string& text) {
  const auto interval = parse_duration(text);
  if (!interval)
    fail(ErrorKind::usage, "--every '{}' is no duration: write 15m, 6h or 1d", printable(text));
  return *interval;
}

/// What is run, and what else the file says besides the trigger. False: nothing says what is run.
bool take_subject_options(const Arguments& arguments, const Workspace& workspace,
                          ScheduleRequest& asked) {
  auto& schedule = asked.schedule;
  Choice what("pipeline to run");
  if (!arguments.endpoint.empty()) what.take("--endpoint");
  if (!arguments.spec.empty()) what.take("--spec");
  if (!arguments.schedule_file.empty()) {
    const auto file = read_schedule(fs::absolute(arguments.schedule_file));
    asked.warnings = file.warnings;
    if (schedule.name.empty()) schedule.name = file.name;
    if (!file.description.empty()) schedule.description = file.description;
    if (names_job(file.job)) {
      what.take("--file's create_job");
      schedule.request = {};
    }
    take_job(file.job, workspace, schedule.request);
    warn_of_dropped(file, asked.warnings);
  }
  if (schedule.name.empty()) fail(ErrorKind::usage, "the schedule has no name: give one as NAME");
  Schedules::check_name(schedule.name);
  take_job_options(arguments, schedule.request);
  return what.is_taken();
}

void require_moments(const ScheduleRecord& schedule) {
  if (!next_fire(schedule.trigger, schedule.created, schedule.settled))
    fail(ErrorKind::usage, "the schedule would never be due: {}", describe(schedule.trigger));
}

/// The next whole second: moments that come are after it.
TimePoint next_second(TimePoint time) { return std::chrono::ceil<std::chrono::seconds>(time); }

}  // namespace

OpenedSchedules::OpenedSchedules(const Arguments& arguments, Database::Mode mode)
    : OpenedSchedules(open_workspace_of(arguments), mode) {}

OpenedSchedules::OpenedSchedules(Workspace used, Database::Mode mode)
    : workspace(with_state(std::move(used))),
      state{workspace.state_directory},
      history(state.database(), mode),
      schedules(history) {
  if (mode == Database::Mode::read_write) history.database().make_commits_durable();
}

OpenedSchedules::OpenedSchedules(Workspace used)
    : workspace(std::move(used)),
      state(make_state_directory(workspace)),
      history(state.database(), Database::Mode::read_write),
      schedules(history) {
  history.database().make_commits_durable();
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

Trigger changed_trigger(const Arguments& arguments, Trigger trigger) {
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
    trigger.rule = Every{.interval = interval_of(arguments.every)};
  }
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

Trigger trigger_of(const Arguments& arguments) {
  if (arguments.schedule_file.empty() && arguments.cron.empty() && arguments.every.empty())
    fail(ErrorKind::usage,
         "there is no rule when it is due: give --cron '0 3 * * *', --every 15m or --file FILE");
  return changed_trigger(arguments, {});
}

ScheduleRequest read_schedule_request(const Arguments& arguments, const Workspace& workspace) {
  ScheduleRequest asked;
  auto& schedule = asked.schedule;
  schedule.name = arguments.schedule;
  if (!take_subject_options(arguments, workspace, asked))
    fail(ErrorKind::usage,
         "there is no pipeline to run: give --endpoint NAME, --spec FILE, or a --file with "
         "create_job");
  schedule.trigger = trigger_of(arguments);
  take_policies(arguments, schedule);
  schedule.notifications = notifications_of(arguments);
  schedule.created = next_second(now());
  schedule.settled = schedule.created - std::chrono::microseconds(1);
  if (arguments.disabled) schedule.disabled = schedule.created;
  require_moments(schedule);
  return asked;
}

ScheduleRequest changed_schedule(const Arguments& arguments, const ScheduleRecord& before,
                                 const Workspace& workspace) {
  ScheduleRequest asked{.schedule = before, .warnings = {}};
  (void)take_subject_options(arguments, workspace, asked);
  auto& schedule = asked.schedule;
  schedule.trigger = changed_trigger(arguments, before.trigger);
  take_policies(arguments, schedule);
  if (auto notifications = changed_notifications(arguments))
    schedule.notifications = std::move(*notifications);
  if (schedule.trigger != before.trigger) {
    // What was due before is none of the new rule's, nor what the old one left undone.
    schedule.settled = std::max(before.settled, now());
    require_moments(schedule);
  }
  return asked;
}

}  // namespace mlpipe
