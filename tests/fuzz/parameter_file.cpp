// A file of `--params`: its values become those of the pipeline's parameters, each of its type and
// within its bounds, or it is refused with places inside it.
#include "spec/parameter_file.h"

#include <algorithm>

#include "base/error.h"
#include "fuzz/fuzz_target.h"
#include "spec/read_pipeline.h"
#include "spec/scalars.h"

namespace mlpipe::fuzz {

namespace {

constexpr const char* ours = R"(name: p
parameters:
  free: x
  text: {type: string, default: a, enum: [a, b, ""]}
  whole: {type: integer, default: 3, min: -5, max: 9}
  real: {type: number, default: 0.5, min: 0}
  truth: {type: boolean, default: true}
steps:
  a:
    command: >-
      echo ${{parameters.free}} ${{parameters.text}} ${{parameters.whole}} ${{parameters.real}}
      ${{parameters.truth}}
)";

constexpr const char* azure = R"(type: pipeline
inputs:
  free: x
  text: {type: string, default: a, enum: [a, b]}
  whole: {type: integer, default: 3, min: -5, max: 9}
  real: {type: number, default: 0.5}
  truth: {type: boolean, default: true}
  none: {type: integer, optional: true}
jobs:
  a: {type: command, command: "echo ${{inputs.n}}", inputs: {n: "${{parent.inputs.whole}}"}}
)";

void check_value(const Parameter& parameter) {
  const auto& value = parameter.value;
  switch (parameter.type) {
    case Parameter::Type::integer: {
      const auto number = parse_integer(value);
      require(number.has_value(), "an integer has one for its value", value);
      require(*number >= -5 && *number <= 9, "within its bounds", value);
      break;
    }
    case Parameter::Type::number: {
      const auto number = parse_number(value);
      require(number.has_value(), "a number has one for its value", value);
      require(*number >= 0, "not below its least", value);
      break;
    }
    case Parameter::Type::boolean:
      require(parse_boolean(value).has_value(), "a truth has one for its value", value);
      break;
    case Parameter::Type::string:
      break;
  }
  const auto& choices = parameter.choices;
  require(choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end(),
          "one of its choices", value);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("parameters.yaml");
  static const ScratchFile our_pipeline("pipeline.yaml");
  static const ScratchFile azure_pipeline("pipeline.yml");
  static const bool written = [] {
    our_pipeline.write(ours);
    azure_pipeline.write(azure);
    return true;
  }();
  require(written, "there are pipelines");
  const auto text = text_of(data, size);
  file.write(text);
  for (const auto* pipeline_file : {&our_pipeline, &azure_pipeline}) {
    try {
      const auto names = names_in_parameter_file(file.path());
      const auto pipeline =
          read_pipeline(pipeline_file->path(), {.parameter_files = {file.path()}});
      std::size_t overridden = 0;
      for (const auto& parameter : pipeline.parameters) {
        const bool is_named = names.contains(parameter.name);
        require(parameter.overridden == is_named, "what it names is set", parameter.name);
        if (!is_named) continue;
        ++overridden;
        if (pipeline_file == &our_pipeline) check_value(parameter);
      }
      require(overridden == names.size(), "it names nothing but parameters");
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
      require_good_message(error.what(), file.path().native(), text);
    }
  }
  return 0;
}
