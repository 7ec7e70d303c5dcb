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

}  // namespace mlpipe
