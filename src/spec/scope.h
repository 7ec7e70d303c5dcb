#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/pipeline.h"
#include "spec/fields.h"
#include "spec/source_text.h"
#include "spec/spec_context.h"
#include "spec/spec_files.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// Where a value was written; others may have handed it on.
struct ValueOrigin {
  SpecFile* file = nullptr;
  Mark mark;
  /// "-p rate=2": the caller gave it, and the place is that of the declaration. Else empty.
  std::string option;
};

/// A parameter with what it demands of its value.
struct ParameterEntry {
  Parameter parameter;
  bool has_value = false;  ///< From the default or an override.
  bool optional = false;
  /// The type stands in the file; otherwise it was taken from the default.
  bool typed = true;
  bool takes_anything = false;  ///< A bare literal of a CLI v2 file, whose type binds nobody.
  bool given_badly = false;     ///< A component's user gave something that was reported.
  ValueOrigin origin;           ///< Of the value, if it has one.
  Mark mark;
};

/// A pipeline-level data input.
struct InputEntry {
  std::string name;
  DataType type = DataType::uri_folder;
  std::optional<InputMode> mode;  ///< Nothing: not said.
  bool has_value = false;
  bool optional = false;
  bool checked = false;   ///< What is at the path has been looked at.
  bool required = false;  ///< As PipelineInput's.
  DataSource source;
  bool given_badly = false;  ///< As ParameterEntry's.
  /// What it is, or what is at its path, is wrong and was reported: what is bound to it is unknown.
  bool faulty = false;
  Mark mark;
};

/// Where an output is made: a step of the same scope, and its output.
struct OutputWriter {
  std::string step;
  std::string output;
};

/// A pipeline-level output, to which a step's output may be promoted.
struct OutputEntry {
  DataOutput output;  ///< What is promoted to it takes path, file name and asset from here.
  std::optional<DataType> type;
  std::optional<OutputWriter> written_by;
  Mark mark;
};

struct ComponentUse;

/// A step before it is read.
struct StepEntry {
  std::string name;
  const YamlValue* value = nullptr;
  Mark mark;
  Fields fields;
  /// False if it is something that is refused: what other steps expect of it is not known then.
  bool readable = true;
  std::string type;          ///< "command", "pipeline", "sweep" …
  std::optional<StepId> id;  ///< Of a step that is not a pipeline itself.
  /// What `component:` leads to, as this step uses it; null if the step says all by itself.
  std::shared_ptr<ComponentUse> component;
  std::shared_ptr<ComponentUse> trial;  ///< Of a sweep, if it is a component.
  bool is_whole_file = false;           ///< The caller may give its component's inputs.
  bool is_unused = false;  ///< Nobody gives its component's inputs: it is only checked.

  /// What declares outputs of the step; null if nothing does.
  [[nodiscard]] const ComponentUse* declares_outputs() const {
    return component ? component.get() : trial.get();
  }
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
  static const std::string& entry_name(const OutputEntry& entry) { return entry.output.name; }
  template <class Other>
  static const std::string& entry_name(const Other& entry) {
    return entry.name;
  }

  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> index_;
};

/// What the expressions of one pipeline or component can name.
struct Scope {
  Spelling spelling = Spelling::ours;
  SpecFile* file = nullptr;    ///< Where it is written.
  SpecFiles* files = nullptr;  ///< To open others that it names.
  const SpecContext* context = nullptr;
  const Scope* outer = nullptr;  ///< What uses this one; null for the pipeline that is run.
  std::string prefix;            ///< "outer/" for what a nested pipeline holds.
  bool is_component = false;     ///< Not a pipeline: `inputs.x` are its own.
  std::string default_compute_target = "local";
  std::string default_datastore = "workspaceblobstore";
  NamedEntries<ParameterEntry> parameters;
  NamedEntries<InputEntry> inputs;
  NamedEntries<OutputEntry> outputs;
  NamedEntries<StepEntry> steps;
  /// A section could not be read whole: an unknown name may be a consequence.
  bool incomplete = false;

  [[nodiscard]] std::filesystem::path folder() const { return file->folder(); }
};

/// A component as one step uses it: its declared inputs hold the values that the step gives.
struct ComponentUse {
  std::string name;  ///< For messages: "the component 'train.yml'".
  std::string type;  ///< "command", "pipeline" …
  Fields fields;
  Mark mark;  ///< In its own file.
  Scope scope;
  bool is_own_file = false;  ///< Not written in the file that uses it.

  [[nodiscard]] Problems& problems() const { return scope.file->problems; }
};

/// The steps that an entry stands for: itself, or all of the pipeline nested in it.
[[nodiscard]] std::vector<StepId> steps_in(const StepEntry& entry);

}  // namespace mlpipe
