// Every struct is taken apart into all of its members: one that is new does not compile until it
// has its place here.
#include "engine/pipeline_codec.h"

#include <algorithm>

#include "store/field_codec.h"

namespace mlpipe {

// For FieldEncoder and FieldDecoder, which find them by the types of their arguments.
constexpr Segment::Kind largest(Segment::Kind) { return Segment::Kind::output; }
constexpr DataType largest(DataType) { return DataType::uri_folder; }
constexpr InputMode largest(InputMode) { return InputMode::direct; }
constexpr Isolation largest(Isolation) { return Isolation::declared; }
constexpr Distribution::Kind largest(Distribution::Kind) { return Distribution::Kind::tensorflow; }
constexpr Parameter::Type largest(Parameter::Type) { return Parameter::Type::boolean; }
constexpr Notification::When largest(Notification::When) { return Notification::When::failure; }
constexpr Notification::Kind largest(Notification::Kind) { return Notification::Kind::webhook; }

void fields(auto& codec, FieldsOf<StepId> auto& id) {
  auto& [index] = id;
  codec(index);
}

void fields(auto& codec, FieldsOf<SpecLocation> auto& location) {
  auto& [file, line, column] = location;
  codec(file, line, column);
}

void fields(auto& codec, FieldsOf<Segment> auto& segment) {
  auto& [kind, text, only_with] = segment;
  codec(kind, text, only_with);
}

void fields(auto& codec, FieldsOf<Literal> auto& literal) {
  auto& [name, value] = literal;
  codec(name, value);
}

void fields(auto& codec, FieldsOf<PathSource> auto& source) {
  auto& [path, text, url, asset, registered] = source;
  codec(path, text, url, asset, registered);
}

void fields(auto& codec, FieldsOf<OutputSource> auto& source) {
  auto& [step, output] = source;
  codec(step, output);
}

void fields(auto& codec, FieldsOf<DataInput> auto& input) {
  auto& [name, type, mode, source, location, optional] = input;
  codec(name, type, mode, source, location, optional);
}

void fields(auto& codec, FieldsOf<RegisteredOutput> auto& asset) {
  auto& [name, version, type] = asset;
  codec(name, version, type);
}

void fields(auto& codec, FieldsOf<DataOutput> auto& output) {
  auto& [name, type, file_name, path, asset, artifacts, location] = output;
  codec(name, type, file_name, path, asset, artifacts, location);
}

void fields(auto& codec, FieldsOf<ScriptAction> auto& action) {
  auto& [script_name, arguments] = action;
  codec(script_name, arguments);
}

void fields(auto& codec, FieldsOf<CommandAction> auto& action) {
  auto& [command] = action;
  codec(command);
}

void fields(auto& codec, FieldsOf<OtherAction> auto& action) {
  auto& [type] = action;
  codec(type);
}

void fields(auto& codec, FieldsOf<Distribution> auto& distribution) {
  auto& [kind, processes, parameter_servers] = distribution;
  codec(kind, processes, parameter_servers);
}

void fields(auto& codec, FieldsOf<Resources> auto& resources) {
  auto& [cpus, gpus, memory_bytes, instance_count] = resources;
  codec(cpus, gpus, memory_bytes, instance_count);
}

void fields(auto& codec, FieldsOf<Retry> auto& retry) {
  auto& [max_retries, delay_seconds, backoff] = retry;
  codec(max_retries, delay_seconds, backoff);
}

void fields(auto& codec, FieldsOf<FrozenHashPath> auto& frozen) {
  auto& [hash, executable] = frozen;
  codec(hash, executable);
}

void fields(auto& codec, FieldsOf<StepSources> auto& sources) {
  auto& [directory, include, is_file, added, left_out, frozen, frozen_place, is_registered,
         hash_paths, frozen_hash_paths] = sources;
  codec(directory, include, is_file, added, left_out, frozen, frozen_place, is_registered,
        hash_paths, frozen_hash_paths);
}

void fields(auto& codec, FieldsOf<StepSettings> auto& settings) {
  auto& [compute_target, environment, environment_variables, pass_environment, resources,
         distribution, timeout, retry, allow_reuse, isolation] = settings;
  codec(compute_target, environment, environment_variables, pass_environment, resources,
        distribution, timeout, retry, allow_reuse, isolation);
}

void fields(auto& codec, FieldsOf<Step> auto& step) {
  auto& [name, description, location, sources, action, literals, inputs, outputs, depends_on,
         settings] = step;
  codec(name, description, location, sources, action, literals, inputs, outputs, depends_on,
        settings);
}

void fields(auto& codec, FieldsOf<Parameter> auto& parameter) {
  auto& [name, type, value, default_value, description, overridden, required, choices, min, max] =
      parameter;
  codec(name, type, value, default_value, description, overridden, required, choices, min, max);
}

void fields(auto& codec, FieldsOf<PipelineInput> auto& input) {
  auto& [name, type, path, url, required] = input;
  codec(name, type, path, url, required);
}

void fields(auto& codec, FieldsOf<PipelineOutput> auto& output) {
  auto& [name, made_by] = output;
  codec(name, made_by);
}

void fields(auto& codec, FieldsOf<Notification> auto& notification) {
  auto& [when, kind, target] = notification;
  codec(when, kind, target);
}

void fields(auto& codec, FieldsOf<Pipeline> auto& pipeline) {
  auto& [name, description, experiment_name, file, cli_v2, tags, parameters, inputs, outputs,
         notifications, continue_on_step_failure, regenerate_outputs, steps, texts, warnings] =
      pipeline;
  codec(name, description, experiment_name, file, cli_v2, tags, parameters, inputs, outputs,
        notifications, continue_on_step_failure, regenerate_outputs, steps, texts, warnings);
}

namespace {

/// Whether every StepId is one of a step that is there.
bool names_its_own_steps(const Pipeline& pipeline) {
  const auto is_there = [&pipeline](StepId step) { return step.index < pipeline.steps.size(); };
  const auto is_whole = [&is_there](const Step& step) {
    return std::all_of(step.depends_on.begin(), step.depends_on.end(), is_there) &&
           std::all_of(step.inputs.begin(), step.inputs.end(), [&](const DataInput& input) {
             const auto* source = std::get_if<OutputSource>(&input.source);
             return source == nullptr || is_there(source->step);
           });
  };
  return std::all_of(pipeline.steps.begin(), pipeline.steps.end(), is_whole) &&
         std::all_of(pipeline.outputs.begin(), pipeline.outputs.end(),
                     [&](const PipelineOutput& output) { return is_there(output.made_by.step); });
}

}  // namespace

std::string encode(const Pipeline& pipeline) {
  FieldEncoder encoder;
  encoder(pipeline);
  return encoder.take();
}

std::optional<Pipeline> decode_pipeline(std::string_view bytes) {
  FieldDecoder decoder(bytes);
  Pipeline pipeline;
  decoder(pipeline);
  if (!decoder.ended_well() || !names_its_own_steps(pipeline)) return std::nullopt;
  return pipeline;
}

}  // namespace mlpipe
