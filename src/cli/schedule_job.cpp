#include "cli/schedule_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/requests.h"
#include "cli/run_choice.h"
#include "engine/state_directory.h"
#include "registry/endpoints.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// `name`, with `value` in the place of the one that is there.
template <class Value>
void put(std::vector<std::pair<std::string, Value>>& pairs, const std::string& name, Value value) {
  std::erase_if(pairs, [&name](const auto& each) { return each.first == name; });
  pairs.emplace_back(name, std::move(value));
}

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
                  *location.file, location.line, location.column, printable(name)));
}

/// Another pipeline than the one that was to be run.
void take_subject(const Arguments& arguments, Submission& request) {
  if (arguments.endpoint.empty() && arguments.spec.empty()) return;
  request.endpoint = arguments.endpoint;
  request.version.clear();
  request.from_run.clear();
  request.spec_file.clear();
  if (!arguments.spec.empty()) request.spec_file = fs::absolute(arguments.spec).lexically_normal();
}

}  // namespace

bool names_job(const ScheduledJob& job) { return !job.pipeline.empty() || !job.reference.empty(); }

void take_job(const ScheduledJob& job, const Workspace& workspace, Submission& request) {
  if (!job.pipeline.empty()) request.spec_file = job.pipeline;
  if (!job.reference.empty()) take_reference(job.reference, job.location, workspace, request);
  for (const auto& input : job.inputs) {
    if (input.kind == ScheduledInput::Kind::value)
      put(request.parameters, input.name, input.text);
    else
      put(request.inputs, input.name, fs::path(input.text));
  }
  for (const auto& output : job.outputs)
    put(request.settings, "outputs." + output.name + ".path", output.text);
  for (const auto& [name, value] : job.tags) request.tags[name] = value;
  if (!job.experiment_name.empty()) request.experiment = job.experiment_name;
  if (!job.default_compute.empty()) request.compute_target = job.default_compute;
  if (!job.default_datastore.empty())
    put(request.settings, "settings.default_datastore", job.default_datastore);
  if (job.continue_on_step_failure)
    request.continue_on_step_failure = *job.continue_on_step_failure;
  if (job.force_rerun) request.regenerate_outputs = *job.force_rerun;
}

void take_job_options(const Arguments& arguments, Submission& request) {
  take_subject(arguments, request);
  if (!arguments.endpoint_version.empty()) {
    if (request.endpoint.empty())
      fail(ErrorKind::usage, "--version {}: what is run is no endpoint; give --endpoint NAME, too",
           printable(arguments.endpoint_version));
    request.version = arguments.endpoint_version;
  }
  auto overrides = overrides_of(arguments);
  for (auto& [name, value] : overrides.parameters) put(request.parameters, name, std::move(value));
  for (auto& [name, path] : overrides.inputs) put(request.inputs, name, std::move(path));
  if (overrides.experiment_name) request.experiment = overrides.experiment_name;
  if (overrides.compute_target) request.compute_target = overrides.compute_target;
  if (arguments.everything_local) request.everything_local = true;
  if (arguments.regenerate_outputs) request.regenerate_outputs = true;
  if (arguments.continue_on_step_failure) request.continue_on_step_failure = true;
  for (const auto& text : arguments.tags) {
    const auto tag = tag_of(text);
    request.tags[tag.name] = tag.value.value_or("");
  }
  (void)encode(request);  // refuses what is not UTF-8
}

}  // namespace mlpipe
