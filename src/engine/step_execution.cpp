#include "engine/step_execution.h"

#include <algorithm>

#include "engine/interpreter_use.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The program that starts the script; empty if the script starts by itself.
fs::path script_starter(const ScriptAction& script, const EnvironmentConfig& environment,
                        const Variables& caller) {
  const auto ending = fs::path(script.script_name).extension();
  if (ending == ".py") return interpreter_program("python", environment, caller);
  if (ending == ".R" || ending == ".r") return interpreter_program("Rscript", environment, caller);
  if (ending == ".sh") return "/bin/bash";
  return {};
}

bool uses_python(const Step& step) {
  const auto languages = interpreters_of(step);
  return std::find(languages.begin(), languages.end(), "python") != languages.end();
}

InputPlace place_of(const ExecutionSources& from, const DataInput& input,
                    const OutputRecord& made) {
  InputPlace place;
  if (const auto* source = std::get_if<PathSource>(&input.source)) {
    place.contents = &from.facts.contents(source->path);
    place.path = source->path;
    place.is_file = place.contents->kind == FileKind::file;
    place.base_name = source->path.filename();
  } else {
    place.object = made.object;
    place.is_file = made.is_file;
    place.base_name = made.file_name;
    place.path = from.store.content_folder(made.object);
    if (place.is_file) place.path /= place.base_name;
  }
  return place;
}

}  // namespace

StepExecution describe_execution(const ExecutionSources& from, StepId id,
                                 const Resolution& resolution) {
  const Step& step = from.pipeline[id];
  const auto& environment = *from.places.of(id).environment;
  StepExecution execution{.step = &step,
                          .source = from.facts.stored_source(id).value(),
                          .base_environment = base_environment(from.caller)};
  for (std::size_t i = 0; i < step.inputs.size(); ++i)
    execution.inputs.push_back(place_of(from, step.inputs[i], resolution.upstream.at(i)));
  for (const auto& name : step.pass_environment)
    if (const auto value = from.caller.find(name); value != from.caller.end())
      execution.passed.insert(*value);
  for (const auto& path : from.facts.paths_in_place(id))
    execution.in_place.push_back(&from.facts.contents(path));
  if (const auto* script = std::get_if<ScriptAction>(&step.action))
    execution.interpreter = script_starter(*script, environment, from.caller);
  if (!environment.python.empty() || uses_python(step))
    execution.python_folder =
        python_folder(interpreter_program("python", environment, from.caller), from.cache);
  return execution;
}

}  // namespace mlpipe
