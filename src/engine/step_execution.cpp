#include "engine/step_execution.h"

#include <algorithm>
#include <functional>

#include "engine/distribution.h"
#include "engine/interpreter_use.h"
#include "engine/outside_programs.h"
#include "remote/object_transfer.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The program that starts the script; empty if the script starts by itself.
fs::path script_starter(const ScriptAction& script,
                        const std::function<fs::path(const std::string&)>& interpreter) {
  const auto ending = fs::path(script.script_name).extension();
  if (ending == ".py") return interpreter("python");
  if (ending == ".R" || ending == ".r") return interpreter("Rscript");
  if (ending == ".sh") return "/bin/bash";
  return {};
}

bool uses_python(const Step& step) {
  const auto languages = interpreters_of(step);
  return std::find(languages.begin(), languages.end(), "python") != languages.end();
}

InputPlace place_here(const ExecutionSources& from, const DataInput& input,
                      const OutputRecord& made) {
  InputPlace place;
  if (const auto* source = path_source(input.source)) {
    place.contents = &from.facts.contents(source->path);
    place.path = source->path;
    place.here = source->path;
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

/// Over there everything that a step reads lies in the store.
void put_elsewhere(StepExecution& execution, const fs::path& root) {
  for (auto& place : execution.inputs) {
    const auto object =
        place.object ? *place.object : object_at(place.here, *place.contents).head.id;
    place.path = remote_content(root, object);
    if (place.is_file) place.path /= place.base_name;
  }
}

/// What is to be shown to an isolated step, or is no news in what a traced one reads.
void add_surroundings(const ExecutionSources& from, StepId id, StepExecution& execution) {
  const Step& step = from.pipeline[id];
  for (const auto& path : step.sources->hash_paths)
    execution.hashed.push_back(from.facts.hash_path(step, path));
  auto& installed = execution.installed;
  for (const auto& [language, interpreter] : from.facts.interpreter_places(id)) {
    installed.insert(installed.end(), interpreter.places.begin(), interpreter.places.end());
    const auto found =
        interpreter_program(language, *from.places.of(id).environment, from.caller).parent_path();
    if (!step.is_isolated() && found.filename() == "shims")  // pyenv's own files
      installed.push_back(found.parent_path());
  }
}

/// The interpreter that a step is started with. Isolated, it is the one behind a shim of pyenv or
/// conda: the shim would need more to be there.
fs::path started_program(const ExecutionSources& from, StepId id, const std::string& language) {
  auto found = from.facts.interpreter_program_of(id, language);
  if (!from.pipeline[id].is_isolated()) return found;
  const auto known = from.facts.interpreter_places(id);
  const auto places = known.find(language);
  if (places == known.end() || places->second.executable.empty()) return found;
  return places->second.executable;
}

}  // namespace

StepExecution describe_execution(const ExecutionSources& from, StepId id,
                                 const Resolution& resolution) {
  const Step& step = from.pipeline[id];
  const auto& [target, environment] = from.places.of(id);
  StepExecution execution{.step = &step,
                          .source = from.facts.stored_source(id).value(),
                          .base_environment = target->ssh
                                                  ? from.machines->base_environment_of(*target)
                                                  : base_environment(from.caller)};
  for (std::size_t i = 0; i < step.inputs.size(); ++i)
    execution.inputs.push_back(place_here(from, step.inputs[i], resolution.upstream.at(i)));
  for (const auto& name : step.settings->pass_environment)
    if (const auto value = from.caller.find(name); value != from.caller.end())
      execution.passed.insert(*value);
  for (const auto& path : from.facts.paths_in_place(id))
    execution.in_place.push_back(&from.facts.contents(path));
  execution.traced_by = from.traced_by;
  if (step.is_isolated()) execution.isolated_by = isolating_program(from.caller);
  if (step.is_isolated() || !from.traced_by.empty()) add_surroundings(from, id, execution);
  if (!from.traced_by.empty()) name_rank_starter(execution);
  const auto program = [&](const std::string& language) {
    return started_program(from, id, language);
  };
  if (const auto* script = std::get_if<ScriptAction>(&step.action))
    execution.interpreter = script_starter(*script, program);
  execution.mpi_starter = mpi_starter(step, from.caller);
  const bool names_python =
      !environment->python.empty() || (target->ssh && !target->ssh->python.empty());
  if (names_python || uses_python(step)) execution.python = program("python");
  if (target->ssh) {
    const auto root = from.machines->host(*target).greeting().root;
    put_elsewhere(execution, root);
    execution.directory.root = root / "work";
    execution.interpreter_moved = from.facts.interpreter_question(id);
    if (!execution.python.empty())
      execution.python_folder = python_folder_name(execution.python, root / "cache");
  } else if (!execution.python.empty()) {
    execution.python_folder = python_folder(execution.python, from.cache);
  }
  return execution;
}

}  // namespace mlpipe
