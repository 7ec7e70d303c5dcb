#include "spec/step_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/declarations.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::optional<FileKind> kind_at(const fs::path& path) {
  try {
    const auto stat = stat_file(path);
    return stat ? std::optional(stat->kind) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// `name` of "azureml:name:version", "azureml:name@label" and "azureml://registries/…".
std::string asset_name(std::string text) {
  if (text.starts_with("azureml://")) {
    const auto parts = split(text, '/');
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
      if (parts[i] == "environments") return std::string(parts[i + 1]);
    return text;
  }
  if (!text.starts_with("azureml:")) return text;
  text.erase(0, std::string_view("azureml:").size());
  return text.substr(0, text.find_first_of(":@"));
}

}  // namespace

bool is_readable_step(const Fields& fields, const std::string& name, Problems& problems) {
  const auto* type = fields.find("type");
  if (type == nullptr) return !fields.has_not_yet();
  if (!type->is_scalar()) {
    problems.error(type->mark, fmt::format("the type of the step '{}' must be a single word", name),
                   "expected type: command");
    return false;
  }
  if (type->text == "command") return !fields.has_not_yet();
  static constexpr std::array<std::string_view, 10> later = {
      "sweep",  "parallel",      "pipeline", "automl",  "spark",
      "import", "data_transfer", "do_while", "if_else", "parallel_for"};
  if (std::find(later.begin(), later.end(), type->text) != later.end())
    problems.error(type->mark,
                   fmt::format("mlpipe does not run steps of type '{}' yet (as the step '{}')",
                               type->text, name),
                   "expected type: command");
  else
    problems.error(
        type->mark,
        fmt::format("unknown step type '{}' (of the step '{}')", printable(type->text), name),
        "expected type: command, or no type");
  return false;
}

std::string environment_name(const YamlValue& value) {
  if (value.is_scalar()) return asset_name(value.text);
  for (const auto* key : {"name", "image"})
    if (const auto* text = value.find(key); text != nullptr && text->is_scalar()) return text->text;
  return "inline";
}

void StepReader::read() {
  fields_.check_single("description", fmt::format("the step '{}'", step_.name), problems_);
  if (const auto* value = fields_.find("description")) step_.description = value->text;
  read_inputs();
  read_source_directory();
  read_action();
  read_include();
  read_hash_paths();
  read_depends_on();
  read_environment();
  read_resources();
  read_limits();
  if (const auto reuse = text_field(fields_, "allow_reuse"))
    step_.allow_reuse = to_boolean(*reuse, problems_).value_or(true);
  if (const auto isolation = text_field(fields_, "isolation"))
    step_.isolation = to_isolation(*isolation, problems_);
  for (auto& [name, value] : literals_) step_.literals.push_back({name, value});
}

void StepReader::read_inputs() {
  const auto* inputs = fields_.find("inputs");
  if (inputs == nullptr) return;
  if (!inputs->is_map()) {
    problems_.error(inputs->mark, fmt::format("'inputs' must be a map from names to inputs, not {}",
                                              kind_name(*inputs)));
    return;
  }
  check_io_names(*inputs, "input", problems_);
  for (const auto& entry : inputs->entries) {
    auto value = resolver_.input(*entry.value, fmt::format("the input '{}'", entry.key));
    if (const auto* literal = std::get_if<std::string>(&value)) {
      literals_.emplace(entry.key, *literal);
    } else if (const auto* data = std::get_if<DataBinding>(&value)) {
      step_.inputs.push_back({.name = entry.key,
                              .type = data->type,
                              .mode = data->mode,
                              .source = data->source,
                              .location = problems_.source().location(entry.value->mark)});
    }
    own_inputs_.emplace(entry.key, std::move(value));
  }
  std::sort(step_.inputs.begin(), step_.inputs.end(),
            [](const DataInput& a, const DataInput& b) { return a.name < b.name; });
}

void StepReader::read_source_directory() {
  const auto directory = text_field(fields_, "source_directory");
  if (!directory) return;
  if (is_remote(directory->text)) {
    problems_.error(directory->mark,
                    fmt::format("mlpipe does not fetch the source directory '{}' yet",
                                printable(directory->text)),
                    "download it and write its path");
    return;
  }
  step_.source_directory = resolve_path(scope_.folder, directory->text);
  const auto kind = kind_at(step_.source_directory);
  const auto shown = printable(directory->text);
  if (!kind)
    problems_.error(
        directory->mark,
        fmt::format("the source directory '{}' {}{}", shown, why_missing(step_.source_directory),
                    similar_path(step_.source_directory)),
        fmt::format("looked at {}", printable(step_.source_directory.string())));
  else if (*kind != FileKind::folder)
    problems_.error(directory->mark,
                    fmt::format("the source directory '{}' is a file, not a folder", shown),
                    "name the folder that holds the script");
}

void StepReader::read_include() {
  for (const auto& path : texts("include")) {
    if (!stays_below(path.text))
      problems_.error(path.mark,
                      fmt::format("'{}' leads out of the source directory", printable(path.text)),
                      "expected a path below the source directory");
    else if (step_.source_directory.empty())
      problems_.error(path.mark, "'include' needs a source directory to take files from",
                      fmt::format("add {}: …", fields_.word("source_directory")));
    else if (!kind_at(step_.source_directory / path.text))
      problems_.error(path.mark,
                      fmt::format("'{}' is not in the source directory '{}'", printable(path.text),
                                  printable(step_.source_directory.string())));
    step_.include.push_back(fs::path(path.text).lexically_normal().string());
  }
  const auto* script = std::get_if<ScriptAction>(&step_.action);
  if (step_.include.empty() || script == nullptr) return;
  // A script that is run is needed, whether it was listed or not.
  const bool listed =
      std::any_of(step_.include.begin(), step_.include.end(), [&](const std::string& path) {
        const auto folder = path.ends_with('/') ? path : path + '/';
        return path == script->script_name || path == "." ||
               script->script_name.starts_with(folder);
      });
  if (!listed) step_.include.push_back(script->script_name);
}

void StepReader::read_hash_paths() {
  for (const auto& path : texts("hash_paths")) {
    if (step_.source_directory.empty()) {
      problems_.error(path.mark,
                      "'hash_paths' are relative to the source directory, which this step "
                      "does not have",
                      fmt::format("add {}: …", fields_.word("source_directory")));
      return;
    }
    if (!kind_at(step_.source_directory / path.text))
      problems_.error(
          path.mark,
          fmt::format("the path '{}' of 'hash_paths' does not exist", printable(path.text)),
          fmt::format("looked at {}",
                      printable(resolve_path(step_.source_directory, path.text).string())));
    step_.hash_paths.push_back(path.text);
  }
}

void StepReader::read_depends_on() {
  for (const auto& name : texts("depends_on")) {
    const auto index = scope_.steps.index(name.text);
    if (index) {
      step_.depends_on.push_back(StepId{*index});
      continue;
    }
    const auto known = problems_.suggests() ? scope_.steps.names() : std::vector<std::string>();
    problems_.error(name.mark,
                    fmt::format("the pipeline has no step '{}'{}", printable(name.text),
                                problems_.suggestion(name.text, known)),
                    !known.empty() && known.size() <= 20
                        ? fmt::format("it has {}", fmt::join(known, ", "))
                        : "");
  }
}

void StepReader::read_environment() {
  if (const auto* value = fields_.find("environment")) {
    if (value->is_map() && scope_.spelling == Spelling::cli_v2) {
      step_.environment = environment_name(*value);
    } else if (const auto name = text(*value, "'environment'")) {
      YamlValue resolved = *value;
      resolved.text = name->text;
      step_.environment = environment_name(resolved);
    }
  }
  if (const auto* variables = fields_.find("environment_variables")) {
    if (!variables->is_map())
      problems_.error(
          variables->mark,
          fmt::format("'environment_variables' must be a map from names to values, not {}",
                      kind_name(*variables)));
    for (const auto& entry : variables->entries) {
      if (entry.key.empty() || entry.key.find('=') != std::string::npos)
        problems_.error(
            entry.mark,
            fmt::format("'{}' cannot be the name of an environment variable", printable(entry.key)),
            "expected a name without '='");
      else if (entry.value->is_null())
        step_.environment_variables[entry.key] = "";
      else if (const auto value = text_with_own_inputs(
                   *entry.value, fmt::format("the environment variable '{}'", entry.key)))
        step_.environment_variables[entry.key] = *value;
    }
  }
  for (const auto& name : texts("pass_environment")) {
    if (name.text.empty() || name.text.find('=') != std::string::npos)
      problems_.error(
          name.mark,
          fmt::format("'{}' cannot be the name of an environment variable", printable(name.text)),
          "expected a name alone; to set a value, use environment_variables");
    step_.pass_environment.push_back(name.text);
  }
  auto& passed = step_.pass_environment;
  std::sort(passed.begin(), passed.end());
  passed.erase(std::unique(passed.begin(), passed.end()), passed.end());
  if (const auto target = text_field(fields_, "compute_target"))
    step_.compute_target =
        target->text.starts_with("azureml:") ? target->text.substr(8) : target->text;
}

void StepReader::read_resources() {
  const auto* value = fields_.find("resources");
  if (value == nullptr) return;
  const Fields fields(*value, Place::resources, scope_.spelling, "'resources'", problems_);
  auto& resources = step_.resources;
  if (const auto cpus = text_field(fields, "cpus"))
    resources.cpus = to_integer(*cpus, 1, problems_);
  if (const auto gpus = text_field(fields, "gpus"))
    resources.gpus = to_integer(*gpus, 0, problems_);
  if (const auto memory = text_field(fields, "memory"))
    resources.memory_bytes = to_memory(*memory, problems_);
  if (const auto count = text_field(fields, "instance_count")) {
    resources.instance_count = to_integer(*count, 1, problems_).value_or(1);
    if (resources.instance_count > 1)
      problems_.error(count->mark, "mlpipe does not run a step on several instances yet",
                      "expected instance_count: 1, or take it out");
  }
}

void StepReader::read_limits() {
  if (const auto* value = fields_.find("limits")) {
    const Fields fields(*value, Place::limits, scope_.spelling, "'limits'", problems_);
    if (const auto timeout = text_field(fields, "timeout"))
      step_.timeout = std::chrono::seconds(to_integer(*timeout, 1, problems_).value_or(0));
  }
  if (const auto* value = fields_.find("retry")) {
    const Fields fields(*value, Place::retry, scope_.spelling, "'retry'", problems_);
    if (const auto retries = text_field(fields, "max_retries"))
      step_.retry.max_retries = to_integer(*retries, 0, problems_).value_or(0);
    if (const auto delay = text_field(fields, "delay"))
      step_.retry.delay_seconds = to_number(*delay, 0, problems_).value_or(0);
    if (const auto backoff = text_field(fields, "backoff"))
      step_.retry.backoff = to_number(*backoff, 1, problems_).value_or(1);
  }
}

std::optional<NamedText> StepReader::text(const YamlValue& value, const std::string& what,
                                          bool is_literal) {
  std::vector<std::string> used;
  auto found = resolver_.text(value, what, is_literal ? &used : nullptr);
  if (!found) return std::nullopt;
  for (const auto& name : used) add_parameter_as_literal(name, value.mark);
  return NamedText{
      .text = std::move(*found), .mark = value.mark, .what = what + written_as(value.text)};
}

std::optional<NamedText> StepReader::text_field(const Fields& fields, std::string_view meaning,
                                                bool is_literal) {
  const auto* value = fields.find(meaning);
  if (value == nullptr) return std::nullopt;
  return text(*value, fmt::format("'{}'", fields.word(meaning)), is_literal);
}

std::vector<NamedText> StepReader::texts(std::string_view meaning) {
  std::vector<NamedText> found;
  const auto* value = fields_.find(meaning);
  if (value == nullptr) return found;
  const auto what = fmt::format("'{}'", fields_.word(meaning));
  if (value->is_map()) {
    problems_.error(value->mark, fmt::format("{} must be a list, not a map", what),
                    fmt::format("for example {}: [a, b]", fields_.word(meaning)));
  } else if (value->is_scalar()) {
    if (auto one = text(*value, what)) found.push_back(std::move(*one));
  }
  for (const auto* item : value->items)
    if (auto one = text(*item, fmt::format("an entry of {}", what)))
      found.push_back(std::move(*one));
  return found;
}

std::optional<std::string> StepReader::text_with_own_inputs(const YamlValue& value,
                                                            const std::string& what) {
  if (!value.is_scalar() || !has_expression(value.text)) {
    const auto plain = text(value, what, true);
    return plain ? std::optional(plain->text) : std::nullopt;
  }
  const auto before = problems_.error_count();
  std::string whole;
  for (const auto& segment : read_template(value, false)) {
    if (segment.kind != Segment::Kind::text)
      problems_.error(
          value.mark,
          fmt::format("{} cannot hold the path of '{}', which is only known when the step runs",
                      what, segment.text),
          fmt::format("the step sees it as MLPIPE_{}_{}",
                      segment.kind == Segment::Kind::input ? "INPUT" : "OUTPUT", segment.text));
    whole += segment.text;
  }
  if (problems_.error_count() != before) return std::nullopt;
  return whole;
}

void StepReader::add_parameter_as_literal(const std::string& name, Mark mark) {
  const auto* entry = scope_.parameters.find(name);
  if (entry == nullptr) return;
  const auto own = own_inputs_.find(name);
  const auto* literal = own == own_inputs_.end() ? nullptr : std::get_if<std::string>(&own->second);
  if (own != own_inputs_.end() && (literal == nullptr || *literal != entry->parameter.value)) {
    if (!std::holds_alternative<Unknown>(own->second))
      problems_.error(mark,
                      fmt::format("the step has an input '{0}' of its own, which is not the "
                                  "parameter '{0}'",
                                  name),
                      "rename one of them");
    return;
  }
  literals_.emplace(name, entry->parameter.value);
}

}  // namespace mlpipe
