#include "spec/step_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/declarations.h"
#include "spec/environment_file.h"

namespace mlpipe {

namespace {

/// Of a step whose component is distributed.
constexpr int most_instances = 1000;

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

bool is_known_work(std::string_view type) {
  static constexpr std::array<std::string_view, 8> known = {
      "command", "pipeline", "sweep", "parallel", "automl", "spark", "import", "data_transfer"};
  return std::find(known.begin(), known.end(), type) != known.end();
}

std::string environment_name(const std::string& text) { return asset_name(text); }

std::string environment_name(const YamlValue& value) {
  for (const auto* key : {"name", "image"})
    if (const auto* text = value.find(key); text != nullptr && text->is_scalar()) return text->text;
  return "inline";
}

void StepReader::read() {
  read_inputs();
  read_work();
  read_settings();
  read_depends_on();
  read_compute_target();
  keep_literals();
}

void StepReader::read_component(const ComponentUse& component) {
  take_inputs(component);
  is_own_file_ = component.is_own_file;
  read_work();
  read_settings();
  keep_literals();
}

void StepReader::read_overrides(const ComponentUse& component) {
  know_inputs(component);
  for (const auto* key : {"command", "script_name", "arguments", "source_directory", "include",
                          "additional_includes", "hash_paths"})
    if (const auto* value = fields_.find(key))
      problems_.error(
          value->mark,
          fmt::format("the step '{}' has both 'component' and '{}'", step_.name, fields_.word(key)),
          "what a step with a component runs is said in the component");
  const int instances = settings_.resources.instance_count;
  read_settings();
  if (settings_.distribution && settings_.distribution->kind != Distribution::Kind::tensorflow &&
      fields_.find("distribution") == nullptr)
    settings_.distribution->processes =
        settings_.distribution->processes / instances *
        std::min(settings_.resources.instance_count, most_instances);
  read_depends_on();
  read_compute_target();
  keep_literals();
}

void StepReader::read_job(const ComponentUse& job) {
  read_component(job);
  read_compute_target();
}

void StepReader::read_other_work(const ComponentUse* component) {
  if (component == nullptr)
    read_inputs();
  else
    take_inputs(*component);
  read_depends_on();
  read_compute_target();
  read_environment();
  read_environment_variables();
  keep_literals();
}

void StepReader::read_nested_pipeline() {
  for (const auto* key :
       {"command", "script_name", "arguments", "source_directory", "include", "additional_includes",
        "hash_paths", "environment", "environment_variables", "pass_environment", "resources",
        "limits", "retry", "distribution", "allow_reuse", "isolation"})
    if (const auto* value = fields_.find(key))
      problems_.error(
          value->mark,
          fmt::format("the step '{}' is a pipeline and has no '{}'", step_.name, fields_.word(key)),
          "write it to the steps of that pipeline");
  read_depends_on();
  read_compute_target();
}

void StepReader::read_settings() {
  fields_.check_single("description", fmt::format("the step '{}'", step_.name), problems_);
  if (const auto* value = fields_.find("description"); value != nullptr && value->is_scalar())
    step_.description = value->text;
  read_environment();
  read_environment_variables();
  read_pass_environment();
  read_resources();
  read_distribution();
  read_limits();
  read_retry();
  if (const auto reuse = text_field(fields_, "allow_reuse"))
    settings_.allow_reuse = to_boolean(*reuse, problems_).value_or(true);
  if (const auto isolation = text_field(fields_, "isolation"))
    settings_.isolation = to_isolation(*isolation, problems_);
  if (scope_.spelling == Spelling::cli_v2)
    if (const auto* services = fields_.find("services"))
      problems_.warning(services->mark,
                        "'services' have no effect: nothing is started beside a step",
                        "look at a running step with `mlpipe logs -f` or `mlpipe run --stream`");
}

void StepReader::keep_literals() {
  for (auto& [name, value] : literals_) {
    const bool is_there =
        std::any_of(step_.literals.begin(), step_.literals.end(),
                    [&name = name](const Literal& literal) { return literal.name == name; });
    if (!is_there) step_.literals.push_back({name, value});
  }
  std::sort(step_.literals.begin(), step_.literals.end(),
            [](const Literal& a, const Literal& b) { return a.name < b.name; });
}

void StepReader::know_inputs(const ComponentUse& component) {
  const auto without_value = [](bool optional) {
    return optional ? OwnInput(NoValue{}) : OwnInput(Unknown{});
  };
  for (const auto& entry : component.scope.parameters.all())
    own_inputs_.emplace(entry.parameter.name, entry.has_value ? OwnInput(entry.parameter.value)
                                                              : without_value(entry.optional));
  for (const auto& entry : component.scope.inputs.all())
    own_inputs_.emplace(
        entry.name,
        entry.has_value
            ? OwnInput(DataBinding{.source = entry.source, .type = entry.type, .mode = entry.mode})
            : without_value(entry.optional));
}

void StepReader::take_inputs(const ComponentUse& component) {
  know_inputs(component);
  for (const auto& entry : component.scope.parameters.all())
    if (entry.has_value) literals_.emplace(entry.parameter.name, entry.parameter.value);
  for (const auto& entry : component.scope.inputs.all()) {
    if (!entry.has_value) continue;
    step_.inputs.push_back({.name = entry.name,
                            .type = entry.type,
                            .mode = entry.mode.value_or(InputMode::ro_mount),
                            .source = entry.source,
                            .location = step_.location,
                            .optional = entry.optional});
  }
  std::sort(step_.inputs.begin(), step_.inputs.end(),
            [](const DataInput& a, const DataInput& b) { return a.name < b.name; });
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
                              .mode = data->mode.value_or(InputMode::ro_mount),
                              .source = data->source,
                              .location = problems_.source().location(entry.value->mark)});
    }
    own_inputs_.emplace(entry.key, std::move(value));
  }
  std::sort(step_.inputs.begin(), step_.inputs.end(),
            [](const DataInput& a, const DataInput& b) { return a.name < b.name; });
}

void StepReader::read_depends_on() {
  for (const auto& name : texts("depends_on")) {
    if (const auto* entry = scope_.steps.find(name.text)) {
      for (const auto id : steps_in(*entry)) step_.depends_on.push_back(id);
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
  const auto* value = fields_.find("environment");
  if (value == nullptr) return;
  if (value->is_map() && scope_.spelling == Spelling::cli_v2) {
    check_inline_environment(*value, scope_, problems_);
    settings_.environment = environment_name(*value);
  } else if (const auto name = text(*value, "'environment'")) {
    settings_.environment = name->text.starts_with("file:")
                                ? read_environment_file(*name, scope_, problems_)
                                : environment_name(name->text);
  }
}

void StepReader::read_environment_variables() {
  const auto* variables = fields_.find("environment_variables");
  if (variables == nullptr) return;
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
      settings_.environment_variables[entry.key] = "";
    else if (has_no_value(*entry.value))
      settings_.environment_variables.erase(entry.key);
    else if (const auto value = text_with_own_inputs(
                 *entry.value, fmt::format("the environment variable '{}'", entry.key)))
      settings_.environment_variables[entry.key] = *value;
  }
}

void StepReader::read_pass_environment() {
  for (const auto& name : texts("pass_environment")) {
    if (name.text.empty() || name.text.find('=') != std::string::npos)
      problems_.error(
          name.mark,
          fmt::format("'{}' cannot be the name of an environment variable", printable(name.text)),
          "expected a name alone; to set a value, use environment_variables");
    settings_.pass_environment.push_back(name.text);
  }
  auto& passed = settings_.pass_environment;
  std::sort(passed.begin(), passed.end());
  passed.erase(std::unique(passed.begin(), passed.end()), passed.end());
}

void StepReader::read_compute_target() {
  if (const auto target = text_field(fields_, "compute_target"))
    settings_.compute_target =
        target->text.starts_with("azureml:") ? target->text.substr(8) : target->text;
}

void StepReader::read_resources() {
  const auto* value = fields_.find("resources");
  if (value == nullptr) return;
  const Fields fields(*value, Place::resources, scope_.spelling, "'resources'", problems_);
  auto& resources = settings_.resources;
  if (const auto cpus = text_field(fields, "cpus"))
    resources.cpus = to_integer(*cpus, 1, problems_);
  if (const auto gpus = text_field(fields, "gpus"))
    resources.gpus = to_integer(*gpus, 0, problems_);
  if (const auto memory = text_field(fields, "memory"))
    resources.memory_bytes = to_memory(*memory, problems_);
  if (const auto count = text_field(fields, "instance_count")) {
    resources.instance_count = to_integer(*count, 1, problems_).value_or(1);
    if (resources.instance_count > 1 && fields_.find("distribution") == nullptr &&
        !settings_.distribution)
      problems_.error(count->mark, "mlpipe does not run a step on several instances yet",
                      "expected instance_count: 1, or take it out");
  }
}

void StepReader::read_limits() {
  if (const auto* value = fields_.find("limits")) {
    const Fields fields(*value, Place::limits, scope_.spelling, "'limits'", problems_);
    if (const auto timeout = text_field(fields, "timeout"))
      settings_.timeout = std::chrono::seconds(to_integer(*timeout, 1, problems_).value_or(0));
  }
}

void StepReader::read_retry() {
  if (const auto* value = fields_.find("retry")) {
    const Fields fields(*value, Place::retry, scope_.spelling, "'retry'", problems_);
    if (const auto retries = text_field(fields, "max_retries"))
      settings_.retry.max_retries = to_integer(*retries, 0, problems_).value_or(0);
    if (const auto delay = text_field(fields, "delay"))
      settings_.retry.delay_seconds = to_number(*delay, 0, problems_).value_or(0);
    if (const auto backoff = text_field(fields, "backoff"))
      settings_.retry.backoff = to_number(*backoff, 1, problems_).value_or(1);
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
  auto pieces = split_expressions(value.text, false);
  if (scope_.spelling == Spelling::cli_v2)
    std::erase_if(pieces, [this](const Piece& piece) { return lacks_value(piece); });
  Template segments;
  Shell no_shell;
  append_pieces(value, pieces, no_shell, segments);
  for (const auto& segment : segments) {
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

bool StepReader::has_no_value(const YamlValue& value) const {
  if (scope_.spelling == Spelling::ours || !value.is_scalar() || !has_expression(value.text))
    return false;
  const auto pieces = split_expressions(value.text, false);
  return pieces.size() == 1 && lacks_value(pieces[0]);
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
