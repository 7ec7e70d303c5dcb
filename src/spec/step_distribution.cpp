// `distribution:` of a step (azureml.md 3.3).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "spec/step_reader.h"

namespace mlpipe {

namespace {

constexpr int most_processes = 1000;

std::optional<Distribution::Kind> to_kind(const std::string& word) {
  const auto lower = lower_case(word);
  if (lower == "pytorch") return Distribution::Kind::pytorch;
  if (lower == "mpi") return Distribution::Kind::mpi;
  if (lower == "tensorflow") return Distribution::Kind::tensorflow;
  return std::nullopt;
}

}  // namespace

void StepReader::read_distribution() {
  const auto* value = fields_.find("distribution");
  if (value == nullptr) return;
  const Fields fields(*value, Place::distribution, scope_.spelling, "'distribution'", problems_);
  const auto type = text_field(fields, "type");
  if (!type) {
    if (value->is_map())
      problems_.error(value->mark, "'distribution' does not say of which type it is",
                      "expected type: pytorch, mpi or tensorflow");
    return;
  }
  const auto kind = to_kind(type->text);
  if (!kind) {
    static const std::array<std::string, 3> known = {"pytorch", "mpi", "tensorflow"};
    const bool is_ray = lower_case(type->text) == "ray";
    problems_.error(type->mark,
                    is_ray ? "mlpipe does not run distributions of type 'ray' yet"
                           : fmt::format("unknown distribution '{}'{}", printable(type->text),
                                         problems_.suggestion(type->text, known)),
                    "expected pytorch, mpi or tensorflow");
    return;
  }
  const bool is_tensorflow = *kind == Distribution::Kind::tensorflow;
  for (const auto* key : {"process_count_per_instance", "worker_count", "parameter_server_count"})
    if (const auto* entry = fields.entry(key);
        entry != nullptr &&
        (std::string_view(key) == "process_count_per_instance") == is_tensorflow)
      problems_.error(
          entry->mark,
          fmt::format("a distribution of type {} has no '{}'", lower_case(type->text), key),
          is_tensorflow ? "expected worker_count or parameter_server_count"
                        : "expected process_count_per_instance");
  Distribution distribution{.kind = *kind};
  const auto count = [&](const char* key, int least, int initial) {
    const auto written = text_field(fields, key);
    return written ? to_integer(*written, least, problems_).value_or(initial) : initial;
  };
  const int instances = std::min(settings_.resources.instance_count, most_processes + 1);
  if (is_tensorflow) {
    distribution.processes = count("worker_count", 1, instances);
    distribution.parameter_servers = count("parameter_server_count", 0, 0);
  } else {
    distribution.processes =
        instances * std::min(count("process_count_per_instance", 1, 1), most_processes + 1);
  }
  if (distribution.processes > most_processes || distribution.parameter_servers > most_processes) {
    problems_.error(value->mark,
                    fmt::format("the step '{}' asks for more than {} processes on one machine",
                                step_.name, most_processes),
                    "ask for fewer instances or processes");
    return;
  }
  settings_.distribution = distribution;
}

void warn_of_instances(const Step& step, const Fields& fields, Problems& problems) {
  const auto* value = fields.find("distribution");
  if (value == nullptr || !step.settings->distribution ||
      step.settings->resources.instance_count < 2)
    return;
  problems.warning(value->mark,
                   fmt::format("the processes of the {} instances of '{}' all run on one machine",
                               step.settings->resources.instance_count, step.name));
}

}  // namespace mlpipe
