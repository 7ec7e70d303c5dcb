#include "spec/read_schedule.h"

#include "base/error.h"
#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/fields.h"
#include "spec/parameters.h"
#include "spec/read_source.h"
#include "spec/scalars.h"
#include "spec/trigger_reader.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

class ScheduleReader {
 public:
  ScheduleReader(ScheduleFile& schedule, Problems& problems)
      : schedule_(schedule), problems_(problems) {}

  void read(const YamlValue& root) {
    const bool is_schedule = root.find("trigger") != nullptr || root.find("create_job") != nullptr;
    if (root.find("Schedule") != nullptr)
      read_sdk_v1(root);
    else if (!is_schedule && looks_like_trigger(root))
      read_bare_trigger(root);
    else
      read_cli_v2(root);
  }

 private:
  void read_bare_trigger(const YamlValue& root) {
    schedule_.form = ScheduleFile::Form::trigger;
    if (auto trigger = read_trigger(root, "the trigger", problems_))
      schedule_.trigger = *std::move(trigger);
  }

  void read_cli_v2(const YamlValue& root) {
    const Fields fields(root, Place::schedule, Spelling::cli_v2, "the schedule", problems_);
    schedule_.name = text(fields, "name", "the schedule");
    schedule_.display_name = text(fields, "display_name", "the schedule");
    schedule_.description = text(fields, "description", "the schedule");
    schedule_.tags = texts(fields, "tags");
    schedule_.properties = texts(fields, "properties");
    require_trigger(fields, "trigger",
                    "trigger: with 'type: cron' and an expression, or 'type: recurrence' with "
                    "frequency and interval");
    if (const auto* job = fields.find("create_job"))
      read_job(*job);
    else if (root.is_map())
      report_missing(fields, "create_job", "create_job: with the path of a pipeline file");
  }

  void read_sdk_v1(const YamlValue& root) {
    schedule_.form = ScheduleFile::Form::sdk_v1;
    const Fields top(root, Place::schedule, Spelling::cli_v2, "the schedule", problems_);
    for (const auto& entry : root.entries)
      if (entry.key != "Schedule" && find_keyword(Place::schedule, Spelling::cli_v2, entry.key))
        problems_.error(entry.mark, fmt::format("'{}' cannot stand beside 'Schedule'", entry.key),
                        "all of a schedule of SDK v1 stands below 'Schedule:'");
    const auto* inner = top.find("Schedule");
    if (inner == nullptr) {
      problems_.error(root.mark, "'Schedule' is empty", "expected recurrence: and others below it");
      return;
    }
    const Fields fields(*inner, Place::schedule_v1, Spelling::cli_v2, "'Schedule'", problems_);
    for (const auto* key : {"datastore_name", "path_on_datastore", "data_path_parameter_name"})
      if (const auto* entry = fields.entry(key); entry != nullptr && !entry->value->is_null()) {
        problems_.error(entry->mark, "data triggers are not there yet",
                        "write a 'recurrence', which is due at times");
        return;
      }
    schedule_.name = text(fields, "name", "'Schedule'");
    schedule_.description = text(fields, "description", "'Schedule'");
    schedule_.job.continue_on_step_failure = truth(fields, "continue_on_step_failure");
    require_trigger(fields, "recurrence", "recurrence: with frequency and interval");
    read_inputs(fields, "pipeline_parameters", schedule_.job.inputs);
  }

  void require_trigger(const Fields& fields, const char* key, const char* expected) {
    if (const auto* value = fields.find(key)) {
      if (auto trigger = read_trigger(*value, fmt::format("'{}'", key), problems_))
        schedule_.trigger = *std::move(trigger);
      return;
    }
    report_missing(fields, key, expected);
  }

  void report_missing(const Fields& fields, const char* key, const char* expected) {
    if (!fields.has_unknown() || !fields.misspelt(key).empty())
      problems_.error(fields.mark(),
                      fmt::format("the schedule has no '{}'{}", key, fields.misspelt(key)),
                      std::string("expected ") + expected);
  }

  void read_job(const YamlValue& value) {
    if (value.is_scalar()) {
      read_job_name(value);
      return;
    }
    constexpr std::string_view what = "'create_job'";
    for (const auto* key : {"jobs", "steps", "command"})
      if (const auto* inner = value.find(key)) {
        problems_.error(inner->mark, "a schedule does not hold the pipeline that it runs",
                        "write it in a file of its own and name that: create_job: ./pipeline.yaml");
        return;
      }
    const Fields fields(value, Place::schedule_job, Spelling::cli_v2, what, problems_);
    auto& job = schedule_.job;
    check_job_type(fields);
    if (const auto* name = fields.find("job")) {
      if (name->is_scalar())
        read_job_name(*name);
      else
        fields.check_single("job", what, problems_);
    } else if (value.is_map() && !fields.has_unknown()) {
      problems_.error(value.mark, "'create_job' does not say which job",
                      "expected job: with the path of a pipeline file, or azureml:NAME");
    }
    job.display_name = text(fields, "display_name", what);
    job.description = text(fields, "description", what);
    job.experiment_name = text(fields, "experiment_name", what);
    job.tags = texts(fields, "tags");
    job.default_compute = text(fields, "compute", what);
    read_settings(fields);
    read_inputs(fields, "inputs", job.inputs);
    read_outputs(fields);
  }

  void check_job_type(const Fields& fields) {
    fields.check_single("type", "'create_job'", problems_);
    const auto* type = fields.find("type");
    if (type == nullptr || !type->is_scalar()) return;
    const auto kind = lower_case(type->text);
    if (kind != "pipeline" && kind != "command")
      problems_.error(
          type->mark,
          fmt::format("a schedule cannot run a job of type '{}'", printable(type->text)),
          "expected pipeline or command");
  }

  /// A path, or what is known under a name.
  void read_job_name(const YamlValue& value) {
    auto& job = schedule_.job;
    job.location = problems_.source().location(value.mark);
    if (is_remote(value.text)) {
      if (value.text.starts_with("azureml:") && value.text.size() > 8)
        job.reference = value.text;
      else
        problems_.error(value.mark,
                        fmt::format("cannot run '{}' from there", printable(value.text)),
                        "expected the path of a pipeline file, or azureml:NAME");
      return;
    }
    if (value.text.empty()) {
      problems_.error(value.mark, "the path of the pipeline file is empty");
      return;
    }
    job.pipeline = resolve_path(schedule_.file.parent_path(), value.text);
    std::error_code error;
    if (!fs::exists(job.pipeline, error))
      problems_.error(value.mark,
                      fmt::format("the pipeline file '{}' {}{}", printable(value.text),
                                  why_missing(job.pipeline), similar_path(job.pipeline)),
                      fmt::format("looked at {}", printable(job.pipeline.string())));
  }

  void read_settings(const Fields& job_fields) {
    const auto* value = job_fields.find("settings");
    if (value == nullptr) return;
    const Fields fields(*value, Place::settings, Spelling::cli_v2, "'settings'", problems_);
    auto& job = schedule_.job;
    job.continue_on_step_failure = truth(fields, "continue_on_step_failure");
    job.force_rerun = truth(fields, "regenerate_outputs");
    if (const auto compute = text(fields, "default_compute_target", "'settings'"); !compute.empty())
      job.default_compute = compute;
    job.default_datastore = text(fields, "default_datastore", "'settings'");
  }

  /// Empty after a problem was reported.
  const std::vector<YamlValue::Entry>& named_entries(const Fields& fields, const char* key) {
    static const std::vector<YamlValue::Entry> none;
    const auto* value = fields.find(key);
    if (value == nullptr) return none;
    if (!value->is_map())
      problems_.error(value->mark, fmt::format("'{}' must be a map from names to values, not {}",
                                               key, kind_name(*value)));
    return value->entries;
  }

  void read_inputs(const Fields& fields, const char* key, std::vector<ScheduledInput>& inputs) {
    for (const auto& entry : named_entries(fields, key)) {
      check_io_name(entry.key, "input", entry.mark, problems_);
      const auto* plain = plain_value_in(*entry.value, Spelling::cli_v2);
      const auto& value = plain == nullptr ? *entry.value : *plain;
      ScheduledInput input{.name = entry.key, .location = problems_.source().location(entry.mark)};
      if (value.is_scalar()) {
        input.text = literal_text(value, Spelling::cli_v2);
      } else if (value.is_map()) {
        const auto what = fmt::format("the input '{}'", printable(entry.key));
        const Fields inner(value, Place::input, Spelling::cli_v2, what, problems_);
        input.kind = ScheduledInput::Kind::path;
        input.text = path_text(inner, what);
      } else {
        problems_.error(value.mark, fmt::format("the input '{}' must be a value or a path, not {}",
                                                printable(entry.key), kind_name(value)));
        continue;
      }
      inputs.push_back(std::move(input));
    }
  }

  void read_outputs(const Fields& fields) {
    for (const auto& entry : named_entries(fields, "outputs")) {
      check_io_name(entry.key, "output", entry.mark, problems_);
      const auto what = fmt::format("the output '{}'", printable(entry.key));
      if (entry.value->is_null()) continue;
      const Fields inner(*entry.value, Place::output, Spelling::cli_v2, what, problems_);
      if (inner.find("path") == nullptr) continue;
      schedule_.job.outputs.push_back({.name = entry.key,
                                       .kind = ScheduledInput::Kind::path,
                                       .text = path_text(inner, what),
                                       .location = problems_.source().location(entry.mark)});
    }
  }

  /// The entry's `path`, absolute if it is of a file.
  std::string path_text(const Fields& fields, std::string_view what) {
    auto written = text(fields, "path", what);
    if (written.empty()) {
      if (fields.find("path") == nullptr && !fields.has_unknown())
        problems_.error(fields.mark(), fmt::format("{} has no path", what), "expected path: …");
      return {};
    }
    if (const auto datastore = text(fields, "datastore", what); !datastore.empty())
      return datastore_uri(datastore, written);
    if (is_remote(written) || written.find("${{") != std::string::npos) return written;
    return resolve_path(schedule_.file.parent_path(), written).native();
  }

  std::string text(const Fields& fields, const char* key, std::string_view what) {
    fields.check_single(key, what, problems_);
    const auto* value = fields.find(key);
    return value != nullptr && value->is_scalar() ? value->text : std::string();
  }

  std::optional<bool> truth(const Fields& fields, const char* key) {
    const auto* value = fields.find(key);
    if (value == nullptr) return std::nullopt;
    const auto what = fmt::format("'{}'", fields.word(key));
    if (value->is_scalar())
      return to_boolean({.text = value->text, .mark = value->mark, .what = what}, problems_);
    problems_.error(value->mark,
                    fmt::format("{} must be true or false, not {}", what, kind_name(*value)));
    return std::nullopt;
  }

  std::map<std::string, std::string> texts(const Fields& fields, const char* key) {
    std::map<std::string, std::string> all;
    for (const auto& entry : named_entries(fields, key)) {
      if (entry.value->is_map() || entry.value->is_sequence())
        problems_.error(entry.value->mark,
                        fmt::format("'{}.{}' must be a single value, not {}", key,
                                    printable(entry.key), kind_name(*entry.value)));
      all[entry.key] = entry.value->text;
    }
    return all;
  }

  ScheduleFile& schedule_;
  Problems& problems_;
};

}  // namespace

ScheduleFile read_schedule(const fs::path& file) {
  const SourceText source = read_source(file, "schedule file");
  Problems problems(source);
  const YamlDocument document = parse_yaml(source, problems);
  problems.throw_if_any();
  ScheduleFile schedule{.file = fs::absolute(file).lexically_normal()};
  ScheduleReader(schedule, problems).read(*document.root());
  problems.throw_if_any();
  schedule.warnings = problems.warnings();
  return schedule;
}

}  // namespace mlpipe
