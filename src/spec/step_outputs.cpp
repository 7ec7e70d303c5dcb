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

/// Reads one entry of a step's `outputs:`.
class OutputReader {
 public:
  OutputReader(Scope& scope, Resolver& resolver, Problems& problems, const Step& step)
      : scope_(scope), resolver_(resolver), problems_(problems), step_(step) {}

  DataOutput read(const YamlValue::Entry& entry) {
    DataOutput output{.name = entry.key, .location = problems_.source().location(entry.mark)};
    const auto& value = *entry.value;
    what_ = fmt::format("the output '{}'", entry.key);
    if (value.is_scalar()) {
      promote_scalar(value, output);
    } else if (value.is_map()) {
      read_object(value, output);
    } else if (value.is_sequence()) {
      problems_.error(value.mark, what_ + " must be a map, not a list",
                      "expected {type: …}, or nothing");
    } else if (scope_.spelling == Spelling::cli_v2 && entry.key == "artifacts") {
      problems_.error(entry.mark, "mlpipe does not know the special output 'artifacts' yet",
                      "give it a type if an ordinary output is meant");
    }
    if (output.type == DataType::uri_file && output.file_name.empty())
      output.file_name = output.path.empty() ? output.name : output.path.filename().string();
    return output;
  }

 private:
  /// The pipeline's output that the text names, if that is all it is.
  OutputEntry* promoted(const YamlValue& value, const DataOutput& output) {
    const auto pieces = split_expressions(value.text, false);
    if (pieces.size() != 1 || pieces[0].kind != Piece::Kind::reference ||
        pieces[0].reference.scope != Reference::Scope::pipeline_output)
      return nullptr;
    const auto& name = pieces[0].reference.name;
    auto* found = scope_.outputs.find(name);
    is_promotion_ = true;
    if (found == nullptr) {
      const auto known = scope_.outputs.names();
      problems_.error(resolver_.mark_of(value, pieces[0].text),
                      fmt::format("'{}': the pipeline has no output '{}'{}", pieces[0].text, name,
                                  problems_.suggestion(name, known)),
                      fmt::format("add it: outputs: {{{}: {{path: …}}}}", name));
      return nullptr;
    }
    const auto writer = fmt::format("{}.{}", step_.name, output.name);
    if (found->written_by.empty())
      found->written_by = writer;
    else
      problems_.error(value.mark,
                      fmt::format("'{}' and '{}' both write the pipeline's output '{}'",
                                  found->written_by, writer, name),
                      "give the pipeline one output for each");
    return found;
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
    output.type = target->type.value_or(DataType::uri_folder);
    output.path = target->path;
    if (output.type == DataType::uri_file) output.file_name = target->file_name;
  }

  void read_object(const YamlValue& value, DataOutput& output) {
    const Fields fields(value, Place::output, scope_.spelling, what_, problems_);
    std::optional<DataType> type;
    if (const auto* field = fields.find("type"))
      if (const auto word = resolver_.text(*field, "the type of " + what_))
        type = to_data_type(*word, field->mark, scope_.spelling, problems_);
    output.type = type.value_or(DataType::uri_folder);
    fields.check_single("description", what_, problems_);
    check_output_mode(fields, what_, problems_);
    if (const auto* path = fields.find("path")) read_path(*path, type, output);
    if (const auto* name = fields.find("file_name"))
      if (const auto text = resolver_.text(*name, "the file name of " + what_))
        set_file_name(*text, name->mark, output);
  }

  void read_path(const YamlValue& path, std::optional<DataType> type, DataOutput& output) {
    is_promotion_ = false;
    const auto* target = path.is_scalar() ? promoted(path, output) : nullptr;
    if (target != nullptr) {
      if (type && target->type && *type != *target->type && scope_.spelling == Spelling::ours)
        problems_.error(path.mark,
                        fmt::format("{} is declared as {}, but the pipeline's output is a {}",
                                    what_, data_type_name(*type), data_type_name(*target->type)),
                        "make both the same");
      output.type = target->type.value_or(output.type);
      output.path = target->path;
      if (output.type == DataType::uri_file) output.file_name = target->file_name;
      return;
    }
    if (is_promotion_) return;
    if (const auto place = read_output_path(path, what_, scope_, resolver_, problems_))
      output.path = *place;
  }

  void set_file_name(const std::string& name, Mark mark, DataOutput& output) {
    if (output.type != DataType::uri_file)
      problems_.error(mark, fmt::format("{} is a folder and has no file name", what_),
                      "write type: uri_file, or take file_name out");
    else if (!is_file_name(name))
      problems_.error(mark, fmt::format("'{}' cannot be the name of a file", printable(name)),
                      "expected a name without '/'; a folder is given by 'path'");
    output.file_name = name;
  }

  Scope& scope_;
  Resolver& resolver_;
  Problems& problems_;
  const Step& step_;
  std::string what_;
  bool is_promotion_ = false;
};

}  // namespace

void read_step_outputs(const StepEntry& entry, Scope& scope, Resolver& resolver, Problems& problems,
                       Step& step) {
  const auto* outputs = entry.fields.find("outputs");
  if (outputs == nullptr) return;
  if (!outputs->is_map()) {
    problems.error(
        outputs->mark,
        fmt::format("'outputs' must be a map from names to outputs, not {}", kind_name(*outputs)));
    return;
  }
  OutputReader reader(scope, resolver, problems, step);
  check_io_names(*outputs, "output", problems);
  step.outputs.reserve(outputs->entries.size());
  for (const auto& output : outputs->entries) step.outputs.push_back(reader.read(output));
  std::sort(step.outputs.begin(), step.outputs.end(),
            [](const DataOutput& a, const DataOutput& b) { return a.name < b.name; });
}

}  // namespace mlpipe
