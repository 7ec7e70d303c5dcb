#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/pipeline.h"
#include "spec/fields.h"
#include "spec/source_text.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// A parameter with what it demands of its value.
struct ParameterEntry {
  Parameter parameter;
  bool has_value = false;  ///< From the default or an override.
  bool optional = false;
  /// The type stands in the file; otherwise it was taken from the default.
  bool typed = true;
  bool takes_anything = false;       ///< A bare literal of a CLI v2 file, whose type binds nobody.
  std::vector<std::string> choices;  ///< `enum`, if any.
  std::optional<double> min;
  std::optional<double> max;
  Mark mark;
};

/// A pipeline-level data input.
struct InputEntry {
  std::string name;
  DataType type = DataType::uri_folder;
  InputMode mode = InputMode::ro_mount;
  bool has_value = false;
  bool optional = false;
  bool checked = false;  ///< What is at the path has been looked at.
  PathSource source;
  Mark mark;
};

/// A pipeline-level output, to which a step's output may be promoted.
struct OutputEntry {
  std::string name;
  std::optional<DataType> type;
  std::filesystem::path path;  ///< Absolute; empty: none.
  std::string file_name;       ///< As configured; may be empty.
  std::string written_by;      ///< "step.output", once one is promoted to it.
  Mark mark;
};

/// A step before it is read.
struct StepEntry {
  std::string name;
  const YamlValue* value = nullptr;
  Mark mark;
  Fields fields;
  /// False if it is something that is refused: what other steps expect of it is not known then.
  bool readable = true;
};

/// Entries by name, in the order written.
template <class Entry>
class NamedEntries {
 public:
  /// False if the name is there already.
  bool add(Entry entry) {
    const bool is_new = index_.emplace(entry_name(entry), entries_.size()).second;
    if (is_new) entries_.push_back(std::move(entry));
    return is_new;
  }
  [[nodiscard]] std::optional<std::size_t> index(const std::string& name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] const Entry* find(const std::string& name) const {
    const auto at = index(name);
    return at ? &entries_[*at] : nullptr;
  }
  [[nodiscard]] Entry* find(const std::string& name) {
    const auto at = index(name);
    return at ? &entries_[*at] : nullptr;
  }
  [[nodiscard]] const std::vector<Entry>& all() const { return entries_; }
  [[nodiscard]] std::vector<Entry>& all() { return entries_; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    names.reserve(entries_.size());
    for (const auto& entry : entries_) names.push_back(entry_name(entry));
    return names;
  }

 private:
  static const std::string& entry_name(const ParameterEntry& entry) { return entry.parameter.name; }
  template <class Other>
  static const std::string& entry_name(const Other& entry) {
    return entry.name;
  }

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// What the expressions of one pipeline file can name.
struct Scope {
  Spelling spelling = Spelling::ours;
  std::filesystem::path folder;  ///< Absolute: paths in the file are relative to it.
  NamedEntries<ParameterEntry> parameters;
  NamedEntries<InputEntry> inputs;
  NamedEntries<OutputEntry> outputs;
  NamedEntries<StepEntry> steps;
  /// A section could not be read whole: an unknown name may be a consequence.
  bool incomplete = false;
};

}  // namespace mlpipe
