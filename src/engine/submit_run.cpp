#include "engine/submit_run.h"

#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "engine/opened_pipeline.h"
#include "engine/publish_pipeline.h"
#include "engine/record_run.h"
#include "registry/endpoints.h"
#include "spec/parameter_file.h"

namespace mlpipe {

namespace {

/// The endpoint, if it takes submits.
EndpointRecord open_endpoint(Endpoints& endpoints, const std::string& name) {
  auto endpoint = endpoints.get(name);
  if (endpoint.is_archived())
    fail(ErrorKind::usage,
         "the endpoint '{0}' was archived at {1} and takes no submits: `mlpipe endpoint restore "
         "{0}` takes it back",
         endpoint.name, local_time_text(endpoint.archived));
  if (endpoint.is_disabled())
    fail(ErrorKind::usage,
         "the endpoint '{0}' was disabled at {1} and takes no submits: `mlpipe endpoint enable "
         "{0}` changes that",
         endpoint.name, local_time_text(endpoint.disabled));
  return endpoint;
}

PipelineOverrides overrides_of(const Submission& submission,
                               const std::vector<std::filesystem::path>& parameter_files) {
  return {.earlier_parameters = {},
          .parameter_files = parameter_files,
          .parameters = submission.parameters,
          .inputs = submission.inputs,
          .settings = submission.settings,
          .compute_target = submission.compute_target,
          .experiment_name = submission.experiment};
}

/// What a run of it is asked for, from a file or from what was published. `parameter_files`: values
/// besides those of the submission.
RunRequest run_request(const Submission& submission, const Workspace& workspace,
                       std::shared_ptr<const RecordedPipeline> recorded,
                       const std::vector<std::filesystem::path>& parameter_files = {}) {
  RunRequest request{.spec_file = submission.spec_file,
                     .overrides = overrides_of(submission, parameter_files),
                     .workspace = workspace.root,
                     .everything_local = submission.everything_local,
                     .continue_on_step_failure = submission.continue_on_step_failure,
                     .tags = submission.tags};
  if (recorded) {
    const auto& asked = recorded->asked;
    request.spec_file = asked.spec.file;
    request.overrides = added_to(asked.overrides, std::move(request.overrides));
    request.selection = asked.selection;
    request.everything_local = request.everything_local || asked.everything_local;
    request.continue_on_step_failure =
        request.continue_on_step_failure || asked.continue_on_step_failure;
    request.recorded = std::move(recorded);
  }
  request.selection.regenerate_outputs = submission.regenerate_outputs;
  return request;
}

std::shared_ptr<const RecordedPipeline> read_version(History& history, const StateDirectory& state,
                                                     const EndpointRecord& endpoint,
                                                     const EndpointVersion& version) {
  const ObjectStore store(state.objects(), state.scratch());
  return std::make_shared<const RecordedPipeline>(
      recorded_pipeline(history, store, endpoint, version));
}

std::shared_ptr<const RecordedPipeline> read_run(History& history, const StateDirectory& state,
                                                 const std::string& id) {
  const ObjectStore store(state.objects(), state.scratch());
  return std::make_shared<const RecordedPipeline>(
      recorded_pipeline(find_run_to_repeat(history, history.find_run(id), store)));
}

OpenedPipeline::Request opening_of_run(const RunRequest& run, const Workspace& workspace) {
  return {.spec_file = run.spec_file,
          .overrides = run.overrides,
          .workspace = workspace.root,
          .everything_local = run.everything_local,
          .recorded = run.recorded};
}

}  // namespace

Submission with_parameter_files(Submission submission,
                                const std::vector<std::filesystem::path>& files,
                                const Workspace& workspace, History& history) {
  if (files.empty()) return submission;
  Endpoints endpoints(history);
  const auto endpoint = endpoints.get(submission.endpoint);
  const auto version = endpoints.version(endpoint, submission.version);
  const OpenedPipeline opened(opening_of_run(
      run_request(submission, workspace,
                  read_version(history, {workspace.state_directory}, endpoint, version), files),
      workspace));
  std::set<std::string> names;
  for (const auto& file : files) names.merge(names_in_parameter_file(file));
  for (const auto& [name, value] : submission.parameters) names.erase(name);
  for (const auto& parameter : opened.pipeline.parameters)
    if (names.contains(parameter.name))
      submission.parameters.emplace_back(parameter.name, parameter.value);
  return submission;
}

PreparedSubmit prepare_submit(const SubmitRequest& request, const Workspace& workspace,
                              History& history) {
  const auto& asked = request.submission;
  PreparedSubmit prepared{.run = {},
                          .submission = {.schedule = request.schedule,
                                         .idempotency_key = request.idempotency_key,
                                         .request = asked,
                                         .accepted = now()}};
  auto notifications = request.notifications;
  std::shared_ptr<const RecordedPipeline> recorded;
  if (!asked.endpoint.empty()) {
    Endpoints endpoints(history);
    prepared.submission.endpoint = endpoints.get(asked.endpoint).key;
    // A caller who asks once more need not have its files any more, nor the endpoint be enabled.
    prepared.earlier = Submissions(history).accepted_before(prepared.submission);
    if (prepared.earlier) return prepared;
    const auto endpoint = open_endpoint(endpoints, asked.endpoint);
    const auto version = endpoints.version(endpoint, asked.version);
    prepared.submission.version = version.key;
    notifications.insert(notifications.end(), endpoint.notifications.begin(),
                         endpoint.notifications.end());
    recorded = read_version(history, {workspace.state_directory}, endpoint, version);
  } else if (!asked.from_run.empty()) {
    recorded = read_run(history, {workspace.state_directory}, asked.from_run);
  }
  auto run_asked = run_request(asked, workspace, recorded);
  run_asked.notifications = std::move(notifications);
  const OpenedPipeline opened(opening_of_run(run_asked, workspace));
  check_runnable(opened.pipeline, rules_for(opened.pipeline, opened.graph, run_asked.selection));
  prepared.run = new_run(opened.pipeline, run_asked);
  prepared.run.started = prepared.submission.accepted;
  prepared.run.command_line = request.command_line;
  for (const auto& [name, value] : request.properties) prepared.run.properties[name] = value;
  return prepared;
}

AcceptedRun submit_run(const SubmitRequest& request, const Workspace& workspace) {
  const auto state = make_state_directory(workspace);
  History history(state.database(), Database::Mode::read_write);
  auto prepared = prepare_submit(request, workspace, history);
  if (prepared.earlier) return std::move(*prepared.earlier);
  return Submissions(history).accept(prepared.run, prepared.submission);
}

RunRequest request_of_submission(const SubmissionRecord& submission, const Workspace& workspace,
                                 History& history) {
  std::shared_ptr<const RecordedPipeline> recorded;
  if (submission.version) {
    Endpoints endpoints(history);
    const auto endpoint = endpoints.find(submission.endpoint.value_or(EndpointKey{}));
    const auto version = endpoints.version(*submission.version);
    if (!endpoint || !version)
      fail(ErrorKind::system, "the endpoint of run {} is not in the database any more",
           submission.run_id);
    recorded = read_version(history, {workspace.state_directory}, *endpoint, *version);
  } else if (!submission.request.from_run.empty()) {
    recorded = read_run(history, {workspace.state_directory}, submission.request.from_run);
  }
  auto request = run_request(submission.request, workspace, std::move(recorded));
  request.queued_run = submission.run;
  request.queued_run_id = submission.run_id;
  return request;
}

}  // namespace mlpipe
