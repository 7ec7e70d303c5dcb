// `--set PATH=VALUE` on a document of each spelling: a value, or a refusal that can be printed.
#include "spec/set_value.h"

#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

constexpr const char* ours = R"(
name: x
parameters: {rate: 1, deep: &d {type: number, default: 2}}
inputs: {table: {type: uri_file, path: ./t}}
settings: {default_compute_target: local}
steps:
  a:
    command: echo
    inputs: {lit: 1, obj: {type: uri_file, path: ./t}}
    outputs: {o: {type: uri_file}}
    resources: {cpus: 1}
    tags: [x, [y, z]]
  b: {script_name: t.py, arguments: [1, {k: v}], inputs: *d}
  c:
)";
constexpr const char* cli_v2 = R"(
type: pipeline
inputs: {rate: 1}
jobs:
  a: {type: command, command: echo, inputs: {x: {type: uri_file, path: ./t}}, resources: {instance_count: 1}}
)";

std::size_t depth_of(const YamlValue& value) {
  std::size_t deepest = 0;
  for (const auto& entry : value.entries) deepest = std::max(deepest, depth_of(*entry.value));
  for (const auto* item : value.items) deepest = std::max(deepest, depth_of(*item));
  return deepest + 1;
}

void apply(const char* text, Spelling spelling, const std::vector<std::string_view>& lines) {
  const SourceText source("f.yaml", text);
  Problems problems(source);
  auto document = parse_yaml(source, problems);
  int number = 0;
  for (const auto line : lines) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const Setting setting{.path = std::string(line.substr(0, equals)),
                          .value = std::string(line.substr(equals + 1)),
                          .number = number++};
    try {
      set_value(document, Place::pipeline, spelling, setting);
    } catch (const Error& error) {
      require(error.kind() == ErrorKind::usage || error.kind() == ErrorKind::invalid_file,
              "a refusal is the caller's", error.what());
      if (is_utf8(line)) require_good_message(error.what(), "", "");
    }
  }
  require(document.root() != nullptr, "a document stays one");
  require(depth_of(*document.root()) < 1000, "nesting has a limit");
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  if (text.find('\0') != std::string_view::npos) return 0;  // no argument of a program holds one
  auto lines = split(text, '\n');
  if (lines.size() > 20) lines.resize(20);
  apply(ours, Spelling::ours, lines);
  apply(cli_v2, Spelling::cli_v2, lines);
  return 0;
}
