#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/keywords.h"
#include "spec/problems.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// What becomes of keys that nobody knows.
enum class UnknownKeys : std::uint8_t {
  as_place,  ///< Errors, but where Azure ML takes any key: in components and `settings`.
  warn,
};

/// A map with fixed keys, looked at through the table of synonyms: keys are asked for by their
/// meaning, whatever the spelling.
class Fields {
 public:
  Fields() = default;
  /// Reports keys that are unknown or cannot be served yet, and `value` if it is no map; an empty
  /// value counts as an empty map. `what` it describes is for the message: "the step 'train'".
  /// Where Azure ML takes any key, unknown ones are warned of.
  Fields(const YamlValue& value, Place place, Spelling spelling, std::string_view what,
         Problems& problems, UnknownKeys unknown = UnknownKeys::as_place);

  /// The entry's value; nullptr if it is not there or empty.
  [[nodiscard]] const YamlValue* find(std::string_view meaning) const;
  /// Also if the value is empty.
  [[nodiscard]] const YamlValue::Entry* entry(std::string_view meaning) const;
  /// The word that this file's spelling has for it: "code" for "source_directory".
  [[nodiscard]] std::string word(std::string_view meaning) const;

  /// Report the entry's value if it is a list or a map. `what` the fields describe is for the
  /// message.
  void check_single(std::string_view meaning, std::string_view what, Problems& problems) const;

  [[nodiscard]] Mark mark() const { return mark_; }
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] Spelling spelling() const { return spelling_; }
  /// A key was there that asks for what mlpipe does not do yet.
  [[nodiscard]] bool has_not_yet() const { return has_not_yet_; }
  /// A key was reported as an error: what it was meant for may seem to be missing.
  [[nodiscard]] bool has_unknown() const { return !unknown_.empty() && !takes_any_key_; }
  /// " (did you mean 'command' by 'comand'?)" for an unknown key that the missing one of this
  /// meaning may be, else "".
  [[nodiscard]] std::string misspelt(std::string_view meaning) const;

 private:
  void add(const YamlValue::Entry& entry, std::string_view what, Problems& problems);
  void report_unknown(const YamlValue::Entry& entry, std::string_view what, Problems& problems);

  Place place_ = Place::pipeline;
  Spelling spelling_ = Spelling::ours;
  Mark mark_;
  bool has_not_yet_ = false;
  bool takes_any_key_ = false;  ///< Unknown ones have no effect.
  std::vector<std::string> unknown_;
  std::vector<std::pair<const Keyword*, const YamlValue::Entry*>> entries_;
};

}  // namespace mlpipe
