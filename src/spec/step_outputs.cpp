#include <algorithm>
#include <cctype>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/declarations.h"
#include "spec/step_reader.h"

namespace mlpipe {

namespace {

/// The base name of a file that has no `file_name:`. What differs from run to run is no part of it:
/// the name counts for reuse.
std::string name_of_file(const DataOutput& output) {
  const auto name = output.path->filename();
  if (name.native().find("${{") != std::string::npos)
    return output.name + (name.extension().native().find("}}") == std::string::npos
                              ? name.extension().string()
                              : std::string());
  return name.empty() ? output.name : name.string();
}

/// Reads one entry of a step's `outputs:`.
class OutputReader {
 public:
  OutputReader(Scope& scope, Resolver& resolver, Problems& problems, const std::string& step)
      : scope_(scope), resolver_(resolver), problems_(problems), step_(step) {}

  /// `declared`: what the step's component says of it; null without one.
  DataOutput read(const YamlValue::Entry& entry, const OutputEntry* declared) {
    DataOutput output;
    if (declared != nullptr) output = declared->output;
    output.name = entry.key;
    output.location = problems_.source().location(entry.mark);
    declared_ = declared == nullptr ? std::nullopt : declared->type;
    const auto& value = *entry.value;
    what_ = fmt::format("the output '{}'", entry.key);
    if (value.is_scalar()) {
      promote_scalar(value, output);
    } else if (value.is_map()) {
      read_object(value, output);
    } else if (value.is_sequence()) {
      problems_.error(value.mark, what_ + " must be a map, not a list",
                      "expected {type: …}, or nothing");
    }
    const auto* type = value.is_map() ? value.find("type") : nullptr;
    finish(output, declared_.has_value() || (type != nullptr && !type->is_null()));
    return output;
  }

  /// An output that the component declares and of which the step says nothing.
  [[nodiscard]] DataOutput read(const OutputEntry& declared, const SpecLocation& location) const {
    auto output = declared.output;
    output.location = location;
    finish(output, declared.type.has_value());
    return output;
  }

 private:
  void finish(DataOutput& output, bool typed) const {
    if (output.type == DataType::uri_file && output.file_name.empty())
      output.file_name = name_of_file(output);
    output.artifacts = scope_.spelling == Spelling::cli_v2 && output.name == "artifacts" && !typed;
  }

  /// The pipeline's output that the text names, if that is all it is.
  OutputEntry* promoted(const YamlValue& value, const DataOutput& output) {
    const auto pieces = split_expressions(value.text, false);
    if (pieces.size() != 1 || pieces[0].kind != Piece::Kind::reference ||
        !names_pipeline_output(pieces[0].reference))
      return nullptr;
    const auto& name = pieces[0].reference.name;
    auto* found = scope_.outputs.find(name);
    is_promotion_ = true;
    if (found == nullptr) {
      const auto known = scope_.outputs.names();
      problems_.error(
          resolver_.mark_of(value, pieces[0].text),
          fmt::format("'{}': the pipeline has no output '{}'{}", pieces[0].text, name,
                      problems_.suggestion(name, known)),
          fmt::format(
              "{}add it: outputs: {{{}: {{path: …}}}}",
              known.empty() ? std::string() : fmt::format("it has {}; or ", fmt::join(known, ", ")),
              name));
      return nullptr;
    }
    if (!found->written_by)
      found->written_by = OutputWriter{.step = step_, .output = output.name};
    else
      problems_.error(
          value.mark,
          fmt::format("'{}.{}' and '{}.{}' both write the pipeline's output '{}'",
                      found->written_by->step, found->written_by->output, step_, output.name, name),
          "give the pipeline one output for each");
    return found;
  }

  /// `parent.outputs.x`; in a CLI v2 file also `outputs.x`, as older ones have it.
  [[nodiscard]] bool names_pipeline_output(const Reference& reference) const {
    return reference.scope == Reference::Scope::pipeline_output ||
           (reference.scope == Reference::Scope::own_output && scope_.spelling == Spelling::cli_v2);
  }

  static void take(const OutputEntry& target, DataOutput& output) {
    output.path = target.output.path;
    const auto& asset = *target.output.asset;
    if (!asset.name.empty()) {
      output.asset.edit().name = asset.name;
      output.asset.edit().version = asset.version;
    }
    if (!asset.type.empty()) output.asset.edit().type = asset.type;
    if (output.type == DataType::uri_file && !target.output.file_name.empty())
      output.file_name = target.output.file_name;
  }

  void promote_scalar(const YamlValue& value, DataOutput& output) {
    is_promotion_ = false;
    const auto* target = promoted(value, output);
    if (target == nullptr) {
      if (!is_promotion_)
        problems_.error(value.mark, fmt::format("{} cannot be '{}'", what_, printable(value.text)),
                        fmt::format("expected {{type: …}}, nothing, or ${{{{parent.outputs.{}}}}}",
                                    output.name));
      return;
    }
    output.type = declared_.value_or(target->type.value_or(DataType::uri_folder));
    take(*target, output);
  }

  void read_object(const YamlValue& value, DataOutput& output) {
    const Fields fields(value, Place::output, scope_.spelling, what_, problems_);
    std::optional<DataType> type = declared_;
    if (const auto* field = fields.find("type"))
      if (const auto word = resolver_.text(*field, "the type of " + what_))
        type = to_data_type(*word, field->mark, scope_.spelling, problems_);
    output.type = type.value_or(DataType::uri_folder);
    const auto* path = fields.find("path");
    is_promotion_ = false;
    const auto* target = path != nullptr && path->is_scalar() ? promoted(*path, output) : nullptr;
    if (target == nullptr && is_promotion_) return;
    read_output_fields(fields, {.name = output.name, .step = step_, .is_promoted = is_promotion_},
                       scope_, resolver_, problems_, output);
    if (target != nullptr) promote_object(*path, type, *target, output);
  }

  void promote_object(const YamlValue& path, std::optional<DataType> type,
                      const OutputEntry& target, DataOutput& output) {
    if (type && target.type && *type != *target.type && scope_.spelling == Spelling::ours)
      problems_.error(path.mark,
                      fmt::format("{} is declared as {}, but the pipeline's output is a {}", what_,
                                  data_type_name(*type), data_type_name(*target.type)),
                      "make both the same");
    if (!type || scope_.spelling == Spelling::ours) output.type = target.type.value_or(output.type);
    take(target, output);
  }

  Scope& scope_;
  Resolver& resolver_;
  Problems& problems_;
  const std::string& step_;
  std::optional<DataType> declared_;
  std::string what_;
  bool is_promotion_ = false;
};

}  // namespace

std::vector<DataOutput> read_step_outputs(const StepEntry& entry, Scope& scope, Resolver& resolver,
                                          Problems& problems) {
  std::vector<DataOutput> read;
  const auto* outputs = entry.fields.find("outputs");
  if (outputs != nullptr && !outputs->is_map()) {
    problems.error(
        outputs->mark,
        fmt::format("'outputs' must be a map from names to outputs, not {}", kind_name(*outputs)));
    return read;
  }
  const auto* component = entry.declares_outputs();
  const auto* declared = component == nullptr ? nullptr : &component->scope.outputs;
  OutputReader reader(scope, resolver, problems, entry.name);
  if (outputs != nullptr) {
    check_io_names(*outputs, "output", problems);
    read.reserve(outputs->entries.size());
    for (const auto& output : outputs->entries) {
      const auto* known = declared == nullptr ? nullptr : declared->find(output.key);
      if (declared != nullptr && known == nullptr && !component->scope.incomplete) {
        const auto names = declared->names();
        problems.error(
            output.mark,
            fmt::format("{} has no output '{}'{}", component->name, output.key,
                        problems.suggestion(output.key, names)),
            names.empty() ? "it has none" : fmt::format("it has {}", fmt::join(names, ", ")));
        continue;
      }
      read.push_back(reader.read(output, known));
    }
  }
  if (declared != nullptr)
    for (const auto& each : declared->all())
      if (outputs == nullptr || outputs->find(each.output.name) == nullptr)
        read.push_back(reader.read(each, problems.source().location(entry.mark)));
  std::sort(read.begin(), read.end(),
            [](const DataOutput& a, const DataOutput& b) { return a.name < b.name; });
  return read;
}

}  // namespace mlpipe
