#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// Pairs of texts as a list of lists of two; pairs_in() throws json::exception for anything else.
[[nodiscard]] nlohmann::json pairs_json(
    const std::vector<std::pair<std::string, std::string>>& pairs);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> pairs_in(const nlohmann::json& list);
/// Null for no text; text_unless_null() throws json::exception for anything but a text or null.
[[nodiscard]] nlohmann::json text_or_null(const std::optional<std::string>& text);
[[nodiscard]] std::optional<std::string> text_unless_null(const nlohmann::json& value);

/// Puts one more member into the text of an object that has some already; `value` is JSON.
void add_member(std::string& object, std::string_view name, std::string_view value);

/// The text under `name`; "" if `value` is no object, or has nothing there or no text.
[[nodiscard]] std::string text_in(const nlohmann::json& value, const char* name);

}  // namespace mlpipe
