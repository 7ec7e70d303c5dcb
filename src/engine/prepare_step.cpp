#include "engine/prepare_step.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "engine/command_text.h"
#include "engine/distribution.h"
#include "engine/file_trace.h"
#include "engine/isolation.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::vector<std::size_t> lost_inputs(const StepExecution& execution, ObjectStore& store) {
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < execution.inputs.size(); ++i)
    if (const auto& object = execution.inputs[i].object)
      if (store.check(*object) != ObjectState::intact) lost.push_back(i);
  return lost;
}

/// A private writable copy of what lies outside the store.
void copy_in_place(const InputPlace& place, const fs::path& to) {
  make_folders(to);
  if (place.is_file) {
    copy_file(place.path, to / place.base_name, place.contents->executable);
    return;
  }
  for (const auto& entry : place.contents->entries) {
    const fs::path target = to / entry.path;
    if (entry.kind == FileKind::folder)
      make_folders(target);
    else if (entry.kind == FileKind::link)
      fs::create_symlink(entry.link, target);
    else
      copy_file(place.path / entry.path, target, entry.executable);
  }
}

DirectoryPlan directory_plan(const StepExecution& execution) {
  const Step& step = *execution.step;
  DirectoryPlan plan{.directory = execution.directory,
                     .source = execution.source,
                     .isolated = !execution.isolated_by.empty()};
  for (const auto& output : step.outputs) plan.outputs.push_back(output.name);
  for (std::size_t i = 0; i < execution.inputs.size(); ++i)
    if (step.inputs[i].mode == InputMode::download && execution.inputs[i].object)
      plan.copies.push_back({step.inputs[i].name, *execution.inputs[i].object});
  return plan;
}

void make_directory(const StepExecution& execution, const ObjectStore& store) {
  const WorkTimer timer(Work::preparing);
  const Step& step = *execution.step;
  make_work_directory(directory_plan(execution), store);
  for (std::size_t i = 0; i < execution.inputs.size(); ++i)
    if (step.inputs[i].mode == InputMode::download && !execution.inputs[i].object)
      copy_in_place(execution.inputs[i], execution.directory.input_copy(step.inputs[i].name));
}

/// Where `${{inputs.x}}` and `${{outputs.x}}` of the step lie.
std::string location_of(const StepExecution& execution, const Segment& segment) {
  const Step& step = *execution.step;
  if (segment.kind == Segment::Kind::input) {
    for (std::size_t i = 0; i < step.inputs.size(); ++i)
      if (step.inputs[i].name == segment.text) return told_path(execution, i);
  } else {
    for (const auto& output : step.outputs)
      if (output.name == segment.text) return execution.directory.output(output);
  }
  fail(ErrorKind::internal, "step '{}' has no input or output '{}'", step.name, segment.text);
}

std::vector<std::string> command_line(const StepExecution& execution) {
  const auto location = [&execution](const Segment& segment) {
    return location_of(execution, segment);
  };
  const auto* script = std::get_if<ScriptAction>(&execution.step->action);
  if (script == nullptr)
    return {"/bin/bash", "-c",
            command_text(std::get<CommandAction>(execution.step->action).command, location)};
  std::vector<std::string> argv;
  if (!execution.interpreter.empty()) {
    argv.push_back(execution.interpreter);
    // A name that begins with '-' would be an option.
    argv.push_back((script->script_name.starts_with('-') ? "./" : "") + script->script_name);
  } else {
    argv.push_back(execution.directory.code() / script->script_name);
  }
  for (const auto& argument : script->arguments) argv.push_back(argument_text(argument, location));
  return argv;
}

/// With `-D` the step stays the child of who starts it, and strace is beside it: exit status,
/// signals and usage are the step's.
std::vector<std::string> traced_command(const StepExecution& execution,
                                        const std::vector<std::string>& command) {
  std::vector<std::string> argv{execution.traced_by,
                                "-D",
                                "-f",
                                "-qq",
                                "-y",
                                "--seccomp-bpf",
                                "-e",
                                "signal=none",
                                "-e",
                                "trace=" + traced_calls(),
                                "-o",
                                execution.directory.trace(),
                                "--"};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

/// A name as it may stand in an environment variable (azureml.md 2.5).
std::string variable_name(std::string_view prefix, const std::string& name) {
  std::string text(prefix);
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    text += word ? c : '_';
  }
  return text;
}

/// Everything the step may ask about itself; gives what goes to context.json.
std::string tell_step(const StepExecution& execution, Variables& variables) {
  const Step& step = *execution.step;
  nlohmann::json context = {{"run_id", execution.run_id},
                            {"step", step.name},
                            {"experiment", execution.experiment},
                            {"attempt", execution.attempt},
                            {"inputs", nlohmann::json::object()},
                            {"outputs", nlohmann::json::object()},
                            {"parameters", nlohmann::json::object()}};
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const std::string path = told_path(execution, i);
    const std::string& name = step.inputs[i].name;
    variables[variable_name("MLPIPE_INPUT_", name)] = path;
    variables[variable_name("AZURE_ML_INPUT_", name)] = path;
    context["inputs"][name] = path;
  }
  for (const auto& output : step.outputs) {
    const std::string path = execution.directory.output(output);
    variables[variable_name("MLPIPE_OUTPUT_", output.name)] = path;
    variables[variable_name("AZURE_ML_OUTPUT_", output.name)] = path;
    context["outputs"][output.name] = path;
  }
  for (const auto& literal : step.literals) {
    variables[variable_name("MLPIPE_INPUT_", literal.name)] = literal.value;
    variables[variable_name("AML_PARAMETER_", literal.name)] = literal.value;
    context["parameters"][literal.name] = literal.value;
  }
  variables["MLPIPE_RUN_ID"] = execution.run_id;
  variables["AZUREML_RUN_ID"] = execution.run_id;
  variables["MLPIPE_STEP"] = step.name;
  variables["MLPIPE_EXPERIMENT"] = execution.experiment;
  variables["MLPIPE_ATTEMPT"] = std::to_string(execution.attempt);
  variables["MLPIPE_METRICS"] = execution.directory.metrics();
  variables["MLPIPE_CONTEXT"] = execution.directory.context();
  variables["TMPDIR"] = execution.directory.temporary();
  const auto lenient = nlohmann::json::error_handler_t::replace;  // paths may be any bytes
  return context.dump(2, ' ', false, lenient) + "\n";
}

Variables step_variables(const StepExecution& execution, std::string& context) {
  Variables variables = execution.base_environment;
  if (!execution.python_folder.empty())
    variables["PATH"] = execution.python_folder.native() + ":" + variables["PATH"];
  if (execution.visible_gpus) variables["CUDA_VISIBLE_DEVICES"] = *execution.visible_gpus;
  for (const auto& [name, value] : execution.passed) variables[name] = value;
  context = tell_step(execution, variables);
  for (const auto& [name, value] : execution.step->settings->environment_variables)
    variables[name] = value;
  add_mpi_variables(execution, variables);
  return variables;
}

}  // namespace

DescribedJob describe_job(const StepExecution& execution) {
  DescribedJob described{.directory = directory_plan(execution)};
  Job& job = described.job;
  job.name = execution.step->name;
  job.argv = distributed_command(execution, command_line(execution));
  if (!execution.traced_by.empty()) job.argv = traced_command(execution, job.argv);
  job.environment = as_list(step_variables(execution, described.context));
  job.work_directory = execution.directory.code();
  job.stdout_file = execution.stdout_file;
  job.stderr_file = execution.stderr_file;
  job.timeout = execution.step->settings->timeout;
  return described;
}

Preparation prepare_step(const StepExecution& execution, ObjectStore& store) {
  for (const auto* contents : execution.in_place)
    if (const auto moved = first_moved(*contents)) return InputMoved{*moved};
  if (auto lost = lost_inputs(execution, store); !lost.empty()) return InputsLost{std::move(lost)};
  if (store.check(execution.source) != ObjectState::intact) return SourceLost{};
  make_directory(execution, store);
  auto described = describe_job(execution);
  write_new_file(execution.directory.context(), described.context);
  make_folders(execution.stdout_file.parent_path());
  if (!execution.isolated_by.empty()) described.job.enclosure = enclosure_of(execution);
  return ReadyToStart{.job = std::move(described.job)};
}

}  // namespace mlpipe
