#include "spec/pipeline_outline.h"

#include <fmt/format.h>

#include "base/text.h"
#include "spec/parameters.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace {

std::string text_under(const YamlValue& map, std::string_view key) {
  const auto* value = map.find(key);
  if (value == nullptr || !value->is_scalar()) return {};
  return printable(trim(split(trim(value->text), '\n').front()));
}

std::string what_it_runs(const YamlValue& step) {
  for (const char* key : {"description", "script_name", "command"})
    if (auto text = text_under(step, key); !text.empty()) return text;
  return {};
}

std::string default_of(const YamlValue& parameter) {
  if (parameter.is_scalar()) return printable(parameter.text);
  return text_under(parameter, "default");
}

const std::vector<YamlValue::Entry>& entries_of(const YamlValue* map) {
  static const std::vector<YamlValue::Entry> none;
  return map != nullptr && map->is_map() ? map->entries : none;
}

}  // namespace

PipelineOutline::PipelineOutline(const std::filesystem::path& file) {
  try {
    read(read_source(file, "pipeline file"));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): no such file, or none of a pipeline
  }
}

PipelineOutline::PipelineOutline(const SourceText& source) { read(source); }

void PipelineOutline::read(const SourceText& source) {
  document_ = parse_yaml_beginning(source);
  if (document_.root() != nullptr && document_.root()->find("steps") == nullptr)
    spelling_ = Spelling::cli_v2;
}

const YamlValue* PipelineOutline::find(std::string_view meaning) const {
  if (document_.root() == nullptr) return nullptr;
  const auto word = keyword_of(Place::pipeline, meaning).word(spelling_);
  return word.empty() ? nullptr : document_.root()->find(word);
}

std::vector<OutlinedName> PipelineOutline::steps() const {
  std::vector<OutlinedName> names;
  for (const auto& entry : entries_of(find("steps")))
    names.push_back({entry.key, what_it_runs(*entry.value)});
  return names;
}

std::vector<OutlinedName> PipelineOutline::parameters() const {
  std::vector<OutlinedName> names;
  for (const auto& entry : entries_of(find("parameters")))
    names.push_back({entry.key, default_of(*entry.value)});
  for (const auto& entry : entries_of(find("inputs")))
    if (is_literal_input(*entry.value)) names.push_back({entry.key, default_of(*entry.value)});
  return names;
}

std::vector<OutlinedName> PipelineOutline::inputs() const {
  std::vector<OutlinedName> names;
  for (const auto& entry : entries_of(find("inputs")))
    if (!is_literal_input(*entry.value))
      names.push_back({entry.key, text_under(*entry.value, "path")});
  return names;
}

std::string PipelineOutline::experiment() const {
  return document_.root() == nullptr ? "" : text_under(*document_.root(), "experiment_name");
}

std::vector<OutlinedName> PipelineOutline::fixed_keys(std::string_view before, Place place) const {
  std::vector<OutlinedName> names;
  for (const auto& word : known_words(place, spelling_)) {
    const auto* row = find_keyword(place, spelling_, word);
    if (row == nullptr || row->use != Use::read) continue;
    names.push_back(
        {fmt::format("{}{}{}", before, word, row->inner == Inner::value ? "=" : "."), ""});
  }
  return names;
}

std::vector<OutlinedName> PipelineOutline::keys(std::string_view key) const {
  const auto dot = key.rfind('.');
  const auto before = dot == std::string_view::npos ? std::string_view() : key.substr(0, dot + 1);
  Place place = Place::pipeline;
  const YamlValue* value = document_.root();
  const auto path = before.empty() ? std::vector<std::string_view>()
                                   : split(before.substr(0, before.size() - 1), '.');
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* row = find_keyword(place, spelling_, path[i]);
    if (row == nullptr || row->inner == Inner::value) return {};
    value = value == nullptr ? nullptr : value->find(path[i]);
    place = row->inner_place;
    if (row->inner == Inner::fields) continue;
    if (++i == path.size()) {
      std::vector<OutlinedName> names;
      for (const auto& entry : entries_of(value))
        names.push_back(
            {fmt::format("{}{}{}", before, entry.key, entry.value->is_map() ? "." : "="),
             what_it_runs(*entry.value)});
      return names;
    }
    value = value == nullptr ? nullptr : value->find(path[i]);
  }
  return fixed_keys(before, place);
}

}  // namespace mlpipe
