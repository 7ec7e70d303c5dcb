#include "engine/resolved_spec.h"

#include "base/json.h"
#include "base/url.h"
#include "core/manifest.h"

namespace mlpipe {

namespace {

using nlohmann::json;

std::string type_text(DataType type) {
  return type == DataType::uri_file ? "uri_file" : "uri_folder";
}

std::string text_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

json distribution_json(const Distribution& distribution) {
  json object = {{"type", distribution_text(distribution.kind)}};
  if (distribution.kind == Distribution::Kind::tensorflow) {
    object["worker_count"] = distribution.processes;
    object["parameter_server_count"] = distribution.parameter_servers;
  } else {
    object["process_count_per_instance"] = distribution.processes;
  }
  return object;
}

json step_json(const Pipeline& pipeline, const Step& step) {
  json object = {{"name", step.name}, {"allow_reuse", step.settings->allow_reuse}};
  if (!step.description->empty()) object["description"] = *step.description;
  if (!step.sources->directory.empty())
    object["source_directory"] = step.sources->directory.string();
  if (!step.sources->include.empty()) object["include"] = step.sources->include;
  if (const auto* script = std::get_if<ScriptAction>(&step.action)) {
    object["script_name"] = script->script_name;
    for (const auto& argument : script->arguments)
      object["arguments"].push_back(readable_template(encode(argument)));
  } else if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    object["command"] = readable_template(encode(command->command));
  } else {
    object["type"] = std::get<OtherAction>(step.action).type;
  }
  for (const auto& literal : step.literals) object["inputs"][literal.name] = literal.value;
  for (const auto& input : step.inputs) {
    json value = {{"type", type_text(input.type)}, {"mode", mode_text(input.mode)}};
    if (const auto* path = path_source(input.source)) {
      value["path"] = path->url.empty() ? path->path.string() : url_without_secrets(path->url);
    } else {
      const auto& source = std::get<OutputSource>(input.source);
      value["path"] = "${{steps." + pipeline[source.step].name + ".outputs." + source.output + "}}";
    }
    object["inputs"][input.name] = value;
  }
  for (const auto& output : step.outputs) {
    json value = {{"type", type_text(output.type)}};
    if (!output.file_name.empty()) value["file_name"] = output.file_name;
    if (!output.path->empty()) value["path"] = output.path->string();
    object["outputs"][output.name] = value;
  }
  for (const auto other : step.depends_on) object["depends_on"].push_back(pipeline[other].name);
  if (!step.settings->compute_target.empty())
    object["compute_target"] = step.settings->compute_target;
  if (!step.settings->environment.empty()) object["environment"] = step.settings->environment;
  if (!step.settings->environment_variables.empty())
    object["environment_variables"] = step.settings->environment_variables;
  if (!step.settings->pass_environment.empty())
    object["pass_environment"] = step.settings->pass_environment;
  if (!step.sources->hash_paths.empty()) object["hash_paths"] = step.sources->hash_paths;
  if (step.is_isolated()) object["isolation"] = "declared";
  if (step.settings->distribution)
    object["distribution"] = distribution_json(*step.settings->distribution);
  if (step.settings->resources.cpus) object["resources"]["cpus"] = *step.settings->resources.cpus;
  if (step.settings->resources.gpus) object["resources"]["gpus"] = *step.settings->resources.gpus;
  if (step.settings->resources.memory_bytes)
    object["resources"]["memory"] = *step.settings->resources.memory_bytes;
  if (step.settings->timeout.count() != 0)
    object["limits"]["timeout"] = step.settings->timeout.count();
  if (step.settings->retry.max_retries != 0)
    object["retry"] = {{"max_retries", step.settings->retry.max_retries},
                       {"delay", step.settings->retry.delay_seconds},
                       {"backoff", step.settings->retry.backoff}};
  return object;
}

}  // namespace

std::string resolved_spec_json(const Pipeline& pipeline) {
  json object = {{"name", pipeline.name},
                 {"experiment_name", pipeline.experiment_name},
                 {"parameters", json::object()},
                 {"inputs", json::object()}};
  if (!pipeline.description.empty()) object["description"] = pipeline.description;
  for (const auto& parameter : pipeline.parameters)
    object["parameters"][parameter.name] = parameter.value;
  for (const auto& input : pipeline.inputs)
    object["inputs"][input.name] = {{"type", type_text(input.type)}, {"path", input.path.string()}};
  for (const auto& output : pipeline.outputs)
    object["outputs"][output.name] = {{"step", pipeline[output.made_by.step].name},
                                      {"output", output.made_by.output}};
  object["settings"] = {{"continue_on_step_failure", pipeline.continue_on_step_failure},
                        {"regenerate_outputs", pipeline.regenerate_outputs}};
  std::string text = text_of(object);
  text.pop_back();
  text += R"(,"steps":[)";  // each is written as soon as it is made: there may be many
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const auto step = text_of(step_json(pipeline, pipeline.steps[i]));
    constexpr std::size_t around = 64;  // most are about as long as the first
    if (i == 0) text.reserve(text.size() + pipeline.steps.size() * (step.size() + around));
    text.append(i == 0 ? "" : ",").append(step);
  }
  return text += "]}";
}

}  // namespace mlpipe
