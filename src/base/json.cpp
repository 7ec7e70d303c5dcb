#include "base/json.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// Of text that is JSON; of other text any answer will do.
bool is_nested_too_deeply(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\')
      ++i;
    else if (c == '"')
      in_string = !in_string;
    else if (!in_string && (c == '[' || c == '{') && ++depth > deepest_json)
      return true;
    else if (!in_string && (c == ']' || c == '}'))
      --depth;
  }
  return false;
}

}  // namespace

json parse_json(std::string_view text) {
  if (is_nested_too_deeply(text)) return json::value_t::discarded;
  return json::parse(text, nullptr, false);
}

json parse_json_object(std::string_view text) {
  json value = parse_json(text);
  return value.is_object() ? value : json::object();
}

json parse_json_or_null(std::string_view text) {
  json value = parse_json(text);
  return value.is_discarded() ? json() : value;
}

std::string text_in(const json& value, const char* name) {
  if (!value.is_object()) return {};
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

nlohmann::json pairs_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  auto list = nlohmann::json::array();
  for (const auto& [name, value] : pairs) list.push_back({name, value});
  return list;
}

std::vector<std::pair<std::string, std::string>> pairs_in(const nlohmann::json& list) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& each : list)
    pairs.emplace_back(each.at(0).get<std::string>(), each.at(1).get<std::string>());
  return pairs;
}

void add_member(std::string& object, std::string_view name, std::string_view value) {
  object.pop_back();
  object.append(",").append(nlohmann::json(name).dump()).append(":").append(value).append("}");
}

nlohmann::json text_or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::json(*text) : nlohmann::json();
}

std::optional<std::string> text_unless_null(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
}

}  // namespace mlpipe
