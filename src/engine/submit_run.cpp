#include "engine/submit_run.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "engine/opened_pipeline.h"
#include "engine/publish_pipeline.h"
#include "engine/record_run.h"
#include "registry/endpoints.h"

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

PipelineOverrides overrides_of(const Submission& submission) {
  return {.earlier_parameters = {},
          .parameter_files = {},
          .parameters = submission.parameters,
          .inputs = submission.inputs,
          .settings = {},
          .compute_target = submission.compute_target,
          .experiment_name = submission.experiment};
}

/// What a run of it is asked for, from a file or from what was published.
RunRequest run_request(const Submission& submission, const Workspace& workspace,
                       std::shared_ptr<const RecordedPipeline> recorded) {
  RunRequest request{.spec_file = submission.spec_file,
                     .overrides = overrides_of(submission),
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

}  // namespace

AcceptedRun submit_run(const SubmitRequest& request, const Workspace& workspace) {
  const auto state = make_state_directory(workspace);
  History history(state.database(), Database::Mode::read_write);
  Submissions submissions(history);
  SubmissionRecord submission{
      .idempotency_key = request.idempotency_key, .request = request.submission, .accepted = now()};
  std::shared_ptr<const RecordedPipeline> recorded;
  if (!request.submission.endpoint.empty()) {
    Endpoints endpoints(history);
    submission.endpoint = endpoints.get(request.submission.endpoint).key;
    // A caller who asks once more need not have its files any more, nor the endpoint be enabled.
    if (auto earlier = submissions.accepted_before(submission)) return std::move(*earlier);
    const auto endpoint = open_endpoint(endpoints, request.submission.endpoint);
    const auto version = endpoints.version(endpoint, request.submission.version);
    submission.version = version.key;
    recorded = read_version(history, state, endpoint, version);
  }
  const auto run_asked = run_request(request.submission, workspace, recorded);
  const OpenedPipeline opened({.spec_file = run_asked.spec_file,
                               .overrides = run_asked.overrides,
                               .workspace = workspace.root,
                               .everything_local = run_asked.everything_local,
                               .recorded = recorded});
  check_runnable(opened.pipeline, rules_for(opened.pipeline, opened.graph, run_asked.selection));
  RunRecord run = new_run(opened.pipeline, run_asked);
  run.started = submission.accepted;
  run.command_line = request.command_line;
  for (const auto& [name, value] : request.properties) run.properties[name] = value;
  return submissions.accept(run, submission);
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
  }
  auto request = run_request(submission.request, workspace, std::move(recorded));
  request.queued_run = submission.run;
  request.queued_run_id = submission.run_id;
  return request;
}

}  // namespace mlpipe
