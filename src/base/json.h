#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mlpipe {

/// Lists and objects inside each other that parse_json() takes at most: what is done with a value
/// afterwards (comparing, printing) goes down with it.
inline constexpr int deepest_json = 100;

/// The value of a JSON text that somebody else may have written; discarded (is_discarded()) if it
/// is not JSON or nested too deeply.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

/// The same, but an empty object for anything but an object.
[[nodiscard]] nlohmann::json parse_json_object(std::string_view text);

/// The same, but null for what cannot be read: as a part of a document that is printed.
[[nodiscard]] nlohmann::json parse_json_or_null(std::string_view text);

/// The text under `name`; "" if `value` is no object, or has nothing there or no text.
[[nodiscard]] std::string text_in(const nlohmann::json& value, const char* name);

}  // namespace mlpipe
