#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/pipeline.h"
#include "spec/keywords.h"
#include "spec/problems.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// What YAML 1.2 takes the scalar for: quoted text is always a string, and so is `yes`.
[[nodiscard]] Parameter::Type scalar_type(const YamlValue& scalar);
/// The same for plain text from elsewhere, such as the command line.
[[nodiscard]] Parameter::Type plain_type(std::string_view text);

[[nodiscard]] std::string_view type_name(Parameter::Type type);

/// true, True, TRUE, false, …; nothing for anything else.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
/// "8GB", "512 MB", "1.5 GiB": powers of 1000, or of 1024 with an i. A unit is required.
[[nodiscard]] std::optional<std::uint64_t> parse_memory(std::string_view text);

/// How a step sees a boolean: `true` in our files, `True` in CLI v2's.
[[nodiscard]] std::string boolean_text(bool value, Spelling spelling);

/// The text of a literal as a step gets it: as written, only booleans change.
[[nodiscard]] std::string literal_text(const YamlValue& scalar, Spelling spelling);

/// `[A-Za-z_][A-Za-z0-9_]*`, with hyphens too if `hyphens`.
[[nodiscard]] bool is_name(std::string_view text, bool hyphens = false);

/// A text and what it is, for the functions below: "limits.timeout".
struct NamedText {
  std::string text;
  Mark mark;
  std::string what;
};

/// The value, or nothing after a problem was reported.
[[nodiscard]] std::optional<bool> to_boolean(const NamedText& text, Problems& problems);
[[nodiscard]] std::optional<Isolation> to_isolation(const NamedText& text, Problems& problems);
[[nodiscard]] std::optional<int> to_integer(const NamedText& text, int least, Problems& problems);
[[nodiscard]] std::optional<double> to_number(const NamedText& text, double least,
                                              Problems& problems);
[[nodiscard]] std::optional<std::uint64_t> to_memory(const NamedText& text, Problems& problems);

}  // namespace mlpipe
