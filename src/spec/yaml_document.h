#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "spec/problems.h"
#include "spec/source_text.h"

namespace mlpipe {

/// One value of a YAML document, with its place and, for a scalar, the text as it was written
/// (`1e-3`, `010`, `yes` stay so).
struct YamlValue {
  enum class Kind : std::uint8_t { null, scalar, sequence, map };

  struct Entry {
    std::string key;
    Mark mark;  ///< Of the key.
    const YamlValue* value = nullptr;
  };

  Kind kind = Kind::null;
  bool quoted =
      false;  ///< In quotes, a block scalar, or tagged !!str: text whatever it looks like.
  Mark mark;
  std::string text;                     ///< Of a scalar.
  std::vector<Entry> entries;           ///< Of a map, as written; merged ones (`<<`) last.
  std::vector<const YamlValue*> items;  ///< Of a sequence.

  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  /// The value under `key`; null if there is none. Linear.
  [[nodiscard]] const YamlValue* find(std::string_view key) const;
};

/// "a map", "a list", "text", "nothing": for messages.
[[nodiscard]] std::string_view kind_name(const YamlValue& value);

/// The values of one document; an aliased value is there once. Pointers stay valid until the end.
class YamlDocument {
 public:
  /// nullptr if the text could not be parsed.
  [[nodiscard]] const YamlValue* root() const { return root_; }
  void set_root(const YamlValue* root) { root_ = root; }

  /// A fresh value, owned by the document.
  [[nodiscard]] YamlValue& add() { return values_.emplace_back(); }

 private:
  std::deque<YamlValue> values_;
  const YamlValue* root_ = nullptr;
};

/// Parse exactly one document. Anchors, aliases and merge keys are resolved. What is wrong goes to
/// `problems`: bad syntax, no or more than one document, duplicate keys, nesting deeper than 100,
/// aliases that expand to more than a million values, more than 3 million values, more than 100,000
/// open brackets.
[[nodiscard]] YamlDocument parse_yaml(const SourceText& source, Problems& problems);

/// What stands before the first thing that is wrong with a text; without a root if that is nothing.
[[nodiscard]] YamlDocument parse_yaml_beginning(const SourceText& source);

}  // namespace mlpipe
