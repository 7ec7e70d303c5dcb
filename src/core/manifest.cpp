#include "core/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/platform.h"
#include "base/text.h"
#include "base/url.h"

namespace mlpipe {

namespace {

// Raise it when any part's meaning changes: old results then miss, and the run says why.
constexpr std::string_view format_version = "1";

/// "<hash> <file|executable|folder> <mode> <base name>"
std::string input_value(const DataInput& input, const InputFact& fact) {
  return fmt::format("{} {} {} {}", fact.hash.hex(),
                     !fact.is_file ? "folder" : (fact.executable ? "executable" : "file"),
                     mode_text(input.mode), fact.is_file ? fact.base_name : "");
}

/// "<hash>", or "<hash> executable"
std::string hash_path_value(const HashPathFact& fact) {
  return fact.hash.hex() + (fact.executable ? " executable" : "");
}

std::string output_value(const DataOutput& output) {
  if (output.artifacts) return "all in outputs/";
  return output.type == DataType::uri_file ? fmt::format("file {}", output.file_name) : "folder";
}

void add_action(const Step& step, Manifest& parts) {
  if (const auto* script = std::get_if<ScriptAction>(&step.action)) {
    parts.push_back({PartKind::action, "", "script " + script->script_name});
    for (std::size_t i = 0; i < script->arguments.size(); ++i)
      parts.push_back({PartKind::argument, fmt::format("{:06}", i), encode(script->arguments[i])});
  } else if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    parts.push_back({PartKind::action, "", "command"});
    parts.push_back({PartKind::argument, "command", encode(command->command)});
  } else {
    parts.push_back({PartKind::action, "", std::get<OtherAction>(step.action).type});
  }
}

/// "pytorch 2", "tensorflow 2 1": the kind, the processes, a tensorflow step's parameter servers.
std::string distribution_value(const Distribution& distribution) {
  std::string value =
      fmt::format("{} {}", distribution_text(distribution.kind), distribution.processes);
  if (distribution.kind == Distribution::Kind::tensorflow)
    value += fmt::format(" {}", distribution.parameter_servers);
  return value;
}

void add_length(std::string& bytes, std::size_t length) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>((length >> static_cast<unsigned>(shift)) & 0xFFU);
}

}  // namespace

std::string mode_text(InputMode mode) {
  switch (mode) {
    case InputMode::ro_mount:
      return "ro_mount";
    case InputMode::download:
      return "download";
    case InputMode::direct:
      return "direct";
  }
  return {};
}

std::string_view distribution_text(Distribution::Kind kind) {
  switch (kind) {
    case Distribution::Kind::pytorch:
      return "pytorch";
    case Distribution::Kind::mpi:
      return "mpi";
    case Distribution::Kind::tensorflow:
      return "tensorflow";
  }
  return {};
}

std::string_view to_text(PartKind kind) {
  switch (kind) {
    case PartKind::format:
      return "format";
    case PartKind::platform:
      return "platform";
    case PartKind::action:
      return "action";
    case PartKind::argument:
      return "argument";
    case PartKind::literal:
      return "literal";
    case PartKind::input:
      return "input";
    case PartKind::source:
      return "source";
    case PartKind::hash_path:
      return "hash_path";
    case PartKind::environment_variable:
      return "environment_variable";
    case PartKind::pass_environment:
      return "pass_environment";
    case PartKind::environment:
      return "environment";
    case PartKind::output:
      return "output";
    case PartKind::process_count:
      return "process_count";
    case PartKind::isolation:
      return "isolation";
  }
  return "unknown";
}

Manifest make_manifest(const Step& step, const StepFacts& facts) {
  static const std::string here = platform_name();
  Manifest parts;
  parts.push_back({PartKind::format, "", std::string(format_version)});
  parts.push_back({PartKind::platform, "", facts.platform.empty() ? here : facts.platform});
  add_action(step, parts);
  for (const auto& literal : step.literals)
    parts.push_back({PartKind::literal, literal.name, literal.value});
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const auto& input = step.inputs[i];
    parts.push_back({PartKind::input, input.name, input_value(input, facts.inputs.at(i))});
    // `direct` hands over the location's text, so the text counts too. No input's name has a dot.
    const auto* source = path_source(input.source);
    if (input.mode == InputMode::direct && source != nullptr)
      parts.push_back({PartKind::input, input.name + ".uri",
                       source->url.empty() ? source->text : url_without_secrets(source->text)});
  }
  parts.push_back({PartKind::source, "", facts.source.hex()});
  for (std::size_t i = 0; i < step.sources->hash_paths.size(); ++i)
    parts.push_back({PartKind::hash_path, step.sources->hash_paths[i],
                     hash_path_value(facts.hash_paths.at(i))});
  for (const auto& [name, value] : step.settings->environment_variables)
    parts.push_back({PartKind::environment_variable, name, value});
  for (std::size_t i = 0; i < step.settings->pass_environment.size(); ++i) {
    const auto& value = facts.pass_environment.at(i);
    parts.push_back({PartKind::pass_environment, step.settings->pass_environment[i],
                     value ? "set " + hash_bytes(*value).hex() : "unset"});
  }
  parts.push_back({PartKind::environment, "", facts.environment_definition});
  for (const auto& [language, identity] : facts.interpreters)
    parts.push_back({PartKind::environment, language, identity});
  for (const auto& output : step.outputs)
    parts.push_back({PartKind::output, output.name, output_value(output)});
  if (step.settings->resources.instance_count != 1)
    parts.push_back({PartKind::process_count, "instances",
                     std::to_string(step.settings->resources.instance_count)});
  if (step.settings->distribution)
    parts.push_back(
        {PartKind::process_count, "processes", distribution_value(*step.settings->distribution)});
  if (step.is_isolated()) parts.push_back({PartKind::isolation, "", "declared"});
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
  return parts;
}

std::string encode(const Manifest& manifest) {
  std::string bytes;
  for (const auto& part : manifest) {
    bytes += static_cast<char>(part.kind);
    add_length(bytes, part.name.size());
    bytes += part.name;
    add_length(bytes, part.value.size());
    bytes += part.value;
  }
  return bytes;
}

std::optional<Manifest> decode_manifest(std::string_view bytes) {
  Manifest manifest;
  const auto take = [&bytes](std::string& to) {
    if (bytes.size() < 4) return false;
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8U | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(4);
    if (bytes.size() < length) return false;
    to = bytes.substr(0, length);
    bytes.remove_prefix(length);
    return true;
  };
  while (!bytes.empty()) {
    ManifestPart part;
    part.kind = static_cast<PartKind>(bytes[0]);
    if (part.kind < PartKind::format) return std::nullopt;
    bytes.remove_prefix(1);
    if (!take(part.name) || !take(part.value)) return std::nullopt;
    manifest.push_back(std::move(part));
  }
  return manifest;
}

Hash fingerprint(std::string_view encoded_manifest) { return hash_bytes(encoded_manifest); }

std::string encode(const Template& segments) {
  using Kind = Segment::Kind;
  std::string text;
  for (auto at = segments.begin(); at != segments.end(); ++at) {
    std::string content = at->text;
    // Where an optional part begins or ends within a text makes no difference.
    for (auto next = at + 1; at->kind == Kind::text && next != segments.end() &&
                             next->kind == Kind::text && next->only_with != at->only_with;
         at = next++)
      content += next->text;
    const char tag = at->kind == Kind::text ? 't' : at->kind == Kind::input ? 'i' : 'o';
    text += fmt::format("{}{}:{}", tag, content.size(), content);
  }
  return text;
}

std::string readable_template(std::string_view encoded) {
  std::string text;
  while (!encoded.empty()) {
    const char tag = encoded[0];
    const auto colon = encoded.find(':');
    if (colon == std::string_view::npos) break;
    std::size_t length = 0;
    for (const char c : encoded.substr(1, colon - 1))
      length = length * 10 + static_cast<std::size_t>(c - '0');
    const auto body = encoded.substr(colon + 1, length);  // of garbage perhaps shorter
    if (tag == 't')
      text += body;
    else
      text += fmt::format("${{{{{}.{}}}}}", tag == 'i' ? "inputs" : "outputs", body);
    encoded.remove_prefix(colon + 1 + body.size());
  }
  return text;
}

std::vector<PartChange> manifest_changes(const Manifest& before, const Manifest& now) {
  std::vector<PartChange> changes;
  auto a = before.begin();
  auto b = now.begin();
  const auto key = [](const ManifestPart& part) { return std::tie(part.kind, part.name); };
  while (a != before.end() || b != now.end()) {
    if (b == now.end() || (a != before.end() && key(*a) < key(*b))) {
      changes.push_back({a->kind, a->name, a->value, std::nullopt});
      ++a;
    } else if (a == before.end() || key(*b) < key(*a)) {
      changes.push_back({b->kind, b->name, std::nullopt, b->value});
      ++b;
    } else {
      if (a->value != b->value) changes.push_back({a->kind, a->name, a->value, b->value});
      ++a;
      ++b;
    }
  }
  return changes;
}

namespace {

/// "000002" is the third.
std::string argument_number(const std::string& position) {
  std::size_t index = 0;
  const auto* const end = position.data() + position.size();
  const auto parsed = std::from_chars(position.data(), end, index);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::to_string(index + 1) : position;
}

/// Whether an `input` part's value begins with its content's hash; a `direct` location does not.
bool has_content(const PartChange& change, const std::string& value) {
  return content_hash_of({change.kind, change.name, value}).has_value();
}

std::string part_label(const PartChange& change) {
  switch (change.kind) {
    case PartKind::format:
      return "mlpipe's own rules for reuse";
    case PartKind::platform:
      return "operating system and CPU";
    case PartKind::action:
      return "what is run";
    case PartKind::argument:
      return change.name == "command" ? "the command"
                                      : fmt::format("argument {}", argument_number(change.name));
    case PartKind::literal:
      return fmt::format("'{}'", change.name);
    case PartKind::input:
      return fmt::format("input '{}'", change.name);
    case PartKind::source:
      return "source directory";
    case PartKind::hash_path:
      return fmt::format("hash_paths '{}'", change.name);
    case PartKind::environment_variable:
      return fmt::format("environment variable '{}'", change.name);
    case PartKind::pass_environment:
      return fmt::format("passed environment variable '{}'", change.name);
    case PartKind::environment:
      return change.name.empty() ? "environment" : fmt::format("{} environment", change.name);
    case PartKind::output:
      return fmt::format("output '{}'", change.name);
    case PartKind::process_count:
      return "number of " + change.name;
    case PartKind::isolation:
      return "'isolation: declared'";
  }
  return "an unknown part";
}

std::string shown_value(const PartChange& change, const std::string& value) {
  std::string shown = change.kind == PartKind::argument ? readable_template(value) : value;
  if (change.kind == PartKind::input && has_content(change, value)) {
    // "<hash> <kind> …": content differs by hash; what people can read is the rest.
    shown = shown.substr(0, 8) + shown.substr(32);
    shown = std::string(trim(shown));
  }
  shown = printable(shown);
  std::size_t longest = 120;
  if (shown.size() <= longest) return shown;
  while ((static_cast<unsigned char>(shown[longest]) & 0xC0U) == 0x80U) --longest;
  return shown.substr(0, longest) + "...";
}

}  // namespace

std::string describe(const PartChange& change) {
  const std::string label = part_label(change);
  // What is installed is as it was; the step is another one.
  if (change.kind == PartKind::environment && !change.name.empty()) {
    if (!change.before) return fmt::format("it needs {} now", change.name);
    if (!change.now) return fmt::format("it needs no {} any more", change.name);
  }
  if (!change.before) return fmt::format("{} is new", label);
  if (!change.now) return fmt::format("{} is gone", label);
  switch (change.kind) {
    case PartKind::source:
    case PartKind::hash_path:
    case PartKind::pass_environment:
      return fmt::format("{} changed", label);
    case PartKind::input:
      if (has_content(change, *change.before) && has_content(change, *change.now) &&
          change.before->substr(32) == change.now->substr(32))
        return fmt::format("{} has other contents", label);
      break;
    default:
      break;
  }
  return fmt::format("{} changed: {} -> {}", label, shown_value(change, *change.before),
                     shown_value(change, *change.now));
}

std::optional<Hash> content_hash_of(const ManifestPart& part) {
  if (part.kind != PartKind::source && part.kind != PartKind::input &&
      part.kind != PartKind::hash_path)
    return std::nullopt;
  return parse_hash(std::string_view(part.value).substr(0, 32));
}

}  // namespace mlpipe
