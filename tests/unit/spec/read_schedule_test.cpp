#include "spec/read_schedule.h"

#include "spec_folder.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

/// A schedule file `s.yaml` beside a pipeline `p.yaml`.
ScheduleFile schedule_of(const SpecFolder& folder, std::string_view text) {
  folder.write("s.yaml", text);
  return read_schedule(folder.path("s.yaml"));
}

/// What reading it says, without the folder's path; "" if it is read.
std::string schedule_error(std::string_view text) {
  const SpecFolder folder("steps: {}\n");
  try {
    static_cast<void>(schedule_of(folder, text));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::invalid_file);
    return folder.shortened(error.what());
  }
  return {};
}

bool complains(std::string_view text, std::string_view place, std::string_view message) {
  const auto error = schedule_error(text);
  const bool found =
      error.find(fmt::format("s.yaml:{}: error: {}", place, message)) != std::string::npos;
  if (!found) UNSCOPED_INFO(error);
  return found;
}

Trigger trigger_of(std::string_view text) {
  const SpecFolder folder;
  const auto schedule = schedule_of(folder, text);
  CHECK(schedule.form == ScheduleFile::Form::trigger);
  return schedule.trigger;
}

Recurrence recurrence_of(std::string_view text) {
  return std::get<Recurrence>(trigger_of(text).rule);
}

std::string inputs_of(const ScheduleFile& schedule) {
  std::string all;
  for (const auto& input : schedule.job.inputs)
    all += fmt::format("{}{}={}", all.empty() ? "" : " ", input.name, input.text);
  return all;
}

}  // namespace

TEST_CASE("a schedule of CLI v2 is read in full") {
  const SpecFolder folder("steps: {}\n");
  const auto schedule = schedule_of(folder,
                                    "$schema: https://azuremlschemas.azureedge.net/x.json\n"
                                    "name: nightly\n"
                                    "display_name: Every night\n"
                                    "description: trains anew\n"
                                    "tags: {team: ml, level: 3}\n"
                                    "properties: {a: b}\n"
                                    "trigger:\n"
                                    "  type: recurrence\n"
                                    "  frequency: week\n"
                                    "  interval: 2\n"
                                    "  schedule:\n"
                                    "    hours: [4, 10, 4]\n"
                                    "    minutes: [30, 0]\n"
                                    "    week_days: [friday, monday]\n"
                                    "  start_time: 2022-05-10T10:15:00\n"
                                    "  end_time: \"2022-07-10T10:15:00-04:00\"\n"
                                    "  time_zone: Pacific Standard Time\n"
                                    "create_job:\n"
                                    "  type: pipeline\n"
                                    "  job: ./p.yaml\n"
                                    "  display_name: a run\n"
                                    "  experiment_name: nights\n"
                                    "  tags: {by: schedule}\n"
                                    "  settings:\n"
                                    "    default_compute: azureml:cpu\n"
                                    "    continue_on_step_failure: true\n"
                                    "    force_rerun: false\n"
                                    "  inputs:\n"
                                    "    z: 0.1\n"
                                    "    a: true\n"
                                    "    at: ${{creation_context.trigger_time}}\n"
                                    "    raw: {type: uri_folder, path: ./data}\n"
                                    "    far: {path: azureml:set@latest}\n"
                                    "  outputs:\n"
                                    "    model: {type: uri_file, path: out/m.pkl}\n");
  CHECK(schedule.form == ScheduleFile::Form::schedule);
  CHECK(schedule.file == folder.path("s.yaml"));
  CHECK(schedule.name == "nightly");
  CHECK(schedule.display_name == "Every night");
  CHECK(schedule.description == "trains anew");
  CHECK(schedule.tags == std::map<std::string, std::string>{{"team", "ml"}, {"level", "3"}});
  CHECK(schedule.properties.at("a") == "b");
  const auto recurrence = std::get<Recurrence>(schedule.trigger.rule);
  CHECK(recurrence == Recurrence{.frequency = Recurrence::Frequency::week,
                                 .interval = 2,
                                 .hours = {4, 10},
                                 .minutes = {0, 30},
                                 .week_days = {1, 5}});
  CHECK(schedule.trigger.time_zone == "Pacific Standard Time");
  CHECK(schedule.trigger.start == utc("2022-05-10 17:15"));
  CHECK(schedule.trigger.end == utc("2022-07-10 14:15"));
  const auto& job = schedule.job;
  CHECK(job.pipeline == folder.path("p.yaml"));
  CHECK(job.reference.empty());
  CHECK(job.location.line == 20);
  CHECK(job.display_name == "a run");
  CHECK(job.experiment_name == "nights");
  CHECK(job.tags.at("by") == "schedule");
  CHECK(job.default_compute == "azureml:cpu");
  CHECK(job.continue_on_step_failure == true);
  CHECK(job.force_rerun == false);
  CHECK(folder.shortened(inputs_of(schedule)) ==
        "z=0.1 a=True at=${{creation_context.trigger_time}} raw=data far=azureml:set@latest");
  CHECK(job.inputs[3].kind == ScheduledInput::Kind::path);
  REQUIRE(job.outputs.size() == 1);
  CHECK(job.outputs[0].text == folder.path("out/m.pkl"));
  CHECK(schedule.warnings.empty());
}

TEST_CASE("what is run is a path, a reference, or either in a map") {
  const SpecFolder folder("steps: {}\n");
  const std::string trigger = "trigger: {type: cron, expression: \"0 3 * * *\"}\n";
  CHECK(schedule_of(folder, trigger + "create_job: p.yaml\n").job.pipeline ==
        folder.path("p.yaml"));
  CHECK(schedule_of(folder, trigger + "create_job: azureml:simple-pipeline-job\n").job.reference ==
        "azureml:simple-pipeline-job");
  const auto mapped = schedule_of(folder, trigger + "create_job: {job: azureml:x}\n");
  CHECK(mapped.job.reference == "azureml:x");
  CHECK(mapped.job.pipeline.empty());
  CHECK_FALSE(mapped.job.force_rerun);
  CHECK(std::get<CronExpression>(mapped.trigger.rule).text == "0 3 * * *");
}

TEST_CASE("a schedule of SDK v1 is read in full") {
  const SpecFolder folder;
  const auto schedule = schedule_of(folder,
                                    "Schedule:\n"
                                    "  description: daily\n"
                                    "  recurrence:\n"
                                    "    frequency: Week\n"
                                    "    interval: 1\n"
                                    "    start_time: 2026-06-07T10:50:00\n"
                                    "    time_zone: W. Europe Standard Time\n"
                                    "    week_days: [Monday, Friday]\n"
                                    "    time_of_day: \"15:30\"\n"
                                    "  pipeline_parameters: {b: 1, a: x}\n"
                                    "  wait_for_provisioning: true\n"
                                    "  wait_timeout: 3600\n"
                                    "  datastore_name: ~\n"
                                    "  polling_interval: 5\n"
                                    "  continue_on_step_failure: false\n");
  CHECK(schedule.form == ScheduleFile::Form::sdk_v1);
  CHECK(schedule.description == "daily");
  CHECK(std::get<Recurrence>(schedule.trigger.rule) ==
        Recurrence{.frequency = Recurrence::Frequency::week,
                   .hours = {15},
                   .minutes = {30},
                   .week_days = {1, 5}});
  CHECK(schedule.trigger.start == utc("2026-06-07 08:50"));
  CHECK(inputs_of(schedule) == "b=1 a=x");
  CHECK(schedule.job.continue_on_step_failure == false);
  CHECK(schedule.job.pipeline.empty());
}

TEST_CASE("data triggers are refused in one line") {
  const auto error = schedule_error(
      "Schedule:\n"
      "  datastore_name: blob\n"
      "  polling_interval: 5\n"
      "  path_on_datastore: in\n");
  CHECK(error.starts_with("s.yaml:2:3: error: data triggers are not there yet\n"));
  CHECK(error.find("error:", 20) == std::string::npos);
}

TEST_CASE("a trigger may stand alone") {
  CHECK(recurrence_of("frequency: day\ninterval: 2\n").interval == 2);
  CHECK(recurrence_of("frequency: Minute\n").interval == 1);
  CHECK(std::holds_alternative<CronExpression>(trigger_of("expression: \"@daily\"\n").rule));
  CHECK(trigger_of("type: Cron\nexpression: 0 3 * * *\n").time_zone == "UTC");
}

TEST_CASE("the words that Azure's own texts do not agree on are all taken") {
  const auto expected = recurrence_of("frequency: week\nschedule: {hours: 3, week_days: monday}\n");
  CHECK(expected.hours == std::vector{3});
  CHECK(expected.week_days == std::vector{1});
  CHECK(recurrence_of("frequency: weeks\npattern: {hours: [3], weekdays: [Mon]}\n") == expected);
  CHECK(recurrence_of("frequency: Week\nhours: [3]\nweekdays: [MONDAY]\n") == expected);
  CHECK(recurrence_of("frequency: days\n").frequency == Recurrence::Frequency::day);
  CHECK(recurrence_of("frequency: day\nschedule: {hours: [], minutes: []}\n").hours.empty());
}

TEST_CASE("what does not fit a recurrence is told at its place") {
  CHECK(complains("frequency: hour\nhours: [3]\n", "2:8",
                  "'hours' goes with a frequency of day, week or month, not with hour"));
  CHECK(complains("frequency: day\nschedule:\n  week_days: [monday]\n", "3:14",
                  "'week_days' goes with a frequency of week, not with day"));
  CHECK(complains("frequency: day\nschedule:\n  month_days: [1]\n", "3:15",
                  "'month_days' goes with a frequency of month"));
  CHECK(complains("frequency: day\nhours: [24]\n", "2:8", "24 in 'hours' is not within 0-23"));
  CHECK(complains("frequency: day\nhours: [a, 3]\n", "2:9", "'a' cannot be one of 'hours'"));
  CHECK(complains("frequency: week\nweek_days: [1]\n", "2:13", "'1' cannot be one of 'week_days'"));
  CHECK(complains("frequency: week\nweek_days: [[monday]]\n", "2:13",
                  "'week_days' must hold single values, not a list"));
  CHECK(complains("frequency: day\nhours: {a: b}\n", "2:8", "'hours' must be a list, not a map"));
  CHECK(complains("frequency: day\nhours: [3]\nschedule: {hours: [4]}\n", "3:19",
                  "'hours' is given twice"));
  CHECK(complains("frequency: day\ninterval: 0\n", "2:11", "'interval'"));
  CHECK(complains("frequency: year\n", "1:12", "unknown frequency 'year'"));
  CHECK(complains("frequency: dya\n", "1:12", "unknown frequency 'dya' (did you mean 'day'?)"));
}

TEST_CASE("a time of day excludes hours and minutes") {
  CHECK(complains("frequency: day\ntime_of_day: \"3:00\"\nhours: [3]\n", "2:14",
                  "'time_of_day' stands for 'hours' and 'minutes'"));
  CHECK(complains("frequency: hour\ntime_of_day: \"3:00\"\n", "2:14",
                  "'time_of_day' goes with a frequency of day, week or month, not with hour"));
  for (const char* time : {"\"25:00\"", "\"3\"", "\"3:60\"", "\"3:00:00\"", "x"})
    CHECK(complains(fmt::format("frequency: day\ntime_of_day: {}\n", time), "2:14",
                    "'time_of_day' is no time"));
}

TEST_CASE("what is wrong with a cron trigger is told at its place") {
  CHECK(complains("type: cron\nexpression: \"61 * * * *\"\n", "2:13",
                  "cron expression '61 * * * *': character 1: minute 61 is not within 0-59"));
  CHECK(complains("expression: \"* * * * *\"\ninterval: 3\n", "2:1",
                  "'interval' goes with 'type: recurrence', not with cron"));
  CHECK(complains("type: recurrence\nexpression: \"* * * * *\"\nfrequency: day\n", "2:1",
                  "'expression' goes with 'type: cron', not with recurrence"));
  CHECK(complains("type: corn\nexpression: \"* * * * *\"\n", "1:7",
                  "unknown type 'corn' of the trigger (did you mean 'cron'?)"));
  CHECK(complains("trigger: {type: cron}\ncreate_job: p.yaml\n", "1:10",
                  "'trigger' has no 'expression'"));
  CHECK(complains("trigger: {type: recurrence}\ncreate_job: p.yaml\n", "1:10",
                  "'trigger' has no 'frequency'"));
}

TEST_CASE("zones and times that there are not are told at their place") {
  CHECK(complains("frequency: day\ntime_zone: Europe/Berln\n", "2:12",
                  "unknown time zone 'Europe/Berln' (did you mean 'Europe/Berlin'?)"));
  CHECK(complains("frequency: day\nstart_time: tomorrow\n", "2:13",
                  "'start_time' is no date and time: 'tomorrow'"));
  CHECK(complains("frequency: day\nstart_time: 2026-01-02\nend_time: 2026-01-01\n", "3:11",
                  "'end_time' is before 'start_time'"));
}

TEST_CASE("keys that nobody knows are told with the one that was meant") {
  CHECK(complains("triger: {frequency: day}\ncreate_job: p.yaml\n", "1:1",
                  "unknown key 'triger' in the schedule (did you mean 'trigger'?)"));
  CHECK(complains("trigger: {frequency: day, hour: 3}\ncreate_job: p.yaml\n", "1:27",
                  "unknown key 'hour' in 'trigger' (did you mean 'hours'?)"));
  CHECK(complains("frequency: day\npattern: {houres: [3]}\n", "2:11",
                  "unknown key 'houres' in the pattern of the trigger (did you mean 'hours'?)"));
  CHECK(complains("trigger: {frequency: day}\ncreate_job: {job: p.yaml, inptus: {}}\n", "2:27",
                  "unknown key 'inptus' in 'create_job' (did you mean 'inputs'?)"));
  CHECK(complains("Schedule: {recurence: {frequency: day}}\n", "1:12",
                  "unknown key 'recurence' in 'Schedule' (did you mean 'recurrence'?)"));
}

TEST_CASE("what a schedule has to have is asked for") {
  CHECK(complains("create_job: p.yaml\n", "1:1", "the schedule has no 'trigger'"));
  CHECK(complains("trigger: {frequency: day}\n", "1:1", "the schedule has no 'create_job'"));
  CHECK(complains("trigger: {frequency: day}\ncreate_job: {type: pipeline}\n", "2:13",
                  "'create_job' does not say which job"));
  CHECK(complains("Schedule:\n  description: x\n", "2:3", "the schedule has no 'recurrence'"));
  CHECK(complains("Schedule: ~\n", "1:1", "'Schedule' is empty"));
  CHECK(complains("Schedule: {recurrence: {frequency: day}}\nname: x\n", "2:1",
                  "'name' cannot stand beside 'Schedule'"));
  CHECK_FALSE(schedule_error("").empty());
  CHECK_FALSE(schedule_error("- a\n").empty());
  CHECK_FALSE(schedule_error("a\n").empty());
}

TEST_CASE("a job that cannot be run is told at its place") {
  const std::string trigger = "trigger: {frequency: day}\n";
  CHECK(complains(trigger + "create_job: ./q.yaml\n", "2:13",
                  "the pipeline file './q.yaml' does not exist"));
  CHECK(complains(trigger + "create_job: https://example.org/p.yaml\n", "2:13",
                  "cannot run 'https://example.org/p.yaml' from there"));
  CHECK(complains(trigger + "create_job: [p.yaml]\n", "2:13", "'create_job' must be a map"));
  CHECK(complains(trigger + "create_job: {type: spark, job: p.yaml}\n", "2:20",
                  "a schedule cannot run a job of type 'spark'"));
  CHECK(complains(trigger + "create_job: {type: pipeline, jobs: {a: {command: ls}}}\n", "2:36",
                  "a schedule does not hold the pipeline that it runs"));
  CHECK(complains(trigger + "create_job: {job: p.yaml, settings: {force_rerun: maybe}}\n", "2:51",
                  "'force_rerun'"));
  CHECK(complains(trigger + "create_job: {job: p.yaml, inputs: {x: [1]}}\n", "2:39",
                  "the input 'x' must be a value or a path, not a list"));
  CHECK(complains(trigger + "create_job: {job: p.yaml, inputs: {x: {type: uri_file}}}\n", "2:39",
                  "the input 'x' has no path"));
  CHECK(complains(trigger + "create_job: {job: p.yaml, tags: [x]}\n", "2:33",
                  "'tags' must be a map"));
}

}  // namespace mlpipe
