#include "base/text.h"
#include "core/asset.h"
#include "spec/data_sources.h"
#include "spec/declarations.h"

namespace mlpipe {

namespace {

/// Reads the fields of one output.
class OutputFieldReader {
 public:
  OutputFieldReader(const Fields& fields, const NamedOutput& named, const Scope& scope,
                    Resolver& resolver, Problems& problems)
      : fields_(fields),
        named_(named),
        scope_(scope),
        resolver_(resolver),
        problems_(problems),
        what_(fmt::format("the output '{}'", named.name)) {}

  void read(DataOutput& output) {
    fields_.check_single("description", what_, problems_);
    check_output_mode(fields_, what_, problems_);
    if (!named_.is_promoted) read_path(output);
    read_file_name(output);
    read_asset(output);
  }

 private:
  /// The value with `${{output_name}}`, `${{default_datastore}}` and `${{name}}` put in (azureml.md
  /// 3.2); everything else as it was.
  [[nodiscard]] YamlValue with_names(const YamlValue& value) const {
    YamlValue filled = value;
    if (!value.is_scalar() || !has_expression(value.text)) return filled;
    filled.text.clear();
    for (const auto& piece : split_expressions(value.text, false)) {
      if (piece.kind == Piece::Kind::text) {
        for (auto rest = std::string_view(piece.text); !rest.empty();) {  // as it was escaped
          const auto at = rest.find("${{");
          filled.text += rest.substr(0, at);
          if (at == std::string_view::npos) break;
          filled.text += "$${{";
          rest.remove_prefix(at + 3);
        }
      } else if (piece.kind == Piece::Kind::reference) {
        filled.text += name_for(piece);
      } else {
        return value;  // reported by whoever resolves it
      }
    }
    return filled;
  }

  [[nodiscard]] std::string name_for(const Piece& piece) const {
    switch (piece.reference.scope) {
      case Reference::Scope::output_name:
        return named_.name;
      case Reference::Scope::default_datastore:
        return scope_.default_datastore;
      case Reference::Scope::run_name: {
        auto step = named_.step;
        for (auto& c : step)
          if (c == '/') c = '.';
        return step.empty() ? "$${{name}}" : "$${{name}}." + step;
      }
      default:
        return piece.text;
    }
  }

  void read_path(DataOutput& output) {
    const auto* datastore = fields_.find("datastore");
    const auto* path = fields_.find("path");
    if (path == nullptr) {
      if (datastore != nullptr)
        problems_.error(datastore->mark, what_ + " names a datastore, but no path on it",
                        "expected path: …");
      return;
    }
    auto text = resolver_.text(with_names(*path), "the path of " + what_);
    if (!text) return;
    if (datastore != nullptr) {
      const auto name = resolver_.text(*datastore, "the datastore of " + what_);
      if (!name) return;
      text = datastore_uri(*name, *text);
    }
    if (is_on_datastore(*text)) {
      output.path = path_on_datastore(*text, path->mark, scope_, problems_).value_or("");
    } else if (is_remote(*text)) {
      problems_.error(path->mark,
                      fmt::format("mlpipe does not write to '{}': the path of {} must be one on "
                                  "this machine or on a datastore of type local",
                                  printable(*text), what_),
                      "write a local path, or none: the output is kept either way");
    } else if (text->empty()) {
      problems_.error(path->mark, fmt::format("the path of {} is empty", what_),
                      "write a path, or leave the key out: the output is kept either way");
    } else {
      output.path = resolve_path(scope_.folder(), *text);
    }
  }

  void read_file_name(DataOutput& output) {
    const auto* name = fields_.find("file_name");
    if (name == nullptr) return;
    const auto text = resolver_.text(*name, "the file name of " + what_);
    if (!text) return;
    if (!named_.step.empty() && output.type != DataType::uri_file)
      problems_.error(name->mark, fmt::format("{} is a folder and has no file name", what_),
                      "write type: uri_file, or take file_name out");
    else if (!is_file_name(*text))
      problems_.error(name->mark,
                      fmt::format("'{}' cannot be the name of a file", printable(*text)),
                      "expected a name without '/'; a folder is given by 'path'");
    output.file_name = *text;
  }

  void read_asset(DataOutput& output) {
    if (const auto* type = fields_.find("type"))
      output.asset.edit().type =
          lower_case(resolver_.text(*type, "the type of " + what_).value_or(""));
    const auto* name = fields_.find("name");
    const auto* version = fields_.find("version");
    if (name == nullptr) {
      if (version != nullptr)
        problems_.error(version->mark, what_ + " has a version, but no name to register it under",
                        "expected name: …");
      return;
    }
    const auto text = resolver_.text(*name, "the name of " + what_);
    if (!text) return;
    auto& asset = output.asset.edit();
    asset.name = *text;
    if (version != nullptr)
      asset.version = resolver_.text(*version, "the version of " + what_).value_or("");
    check_asset_word(asset.name, *name, "name");
    if (version != nullptr) check_asset_word(asset.version, *version, "version");
  }

  void check_asset_word(const std::string& word, const YamlValue& at, std::string_view kind) {
    if (!is_asset_word(word))
      problems_.error(at.mark,
                      fmt::format("'{}' cannot be the {} of a data asset", printable(word), kind),
                      "letters, digits, '_', '.' and '-', the first a letter or digit");
  }

  const Fields& fields_;
  const NamedOutput& named_;
  const Scope& scope_;
  Resolver& resolver_;
  Problems& problems_;
  std::string what_;
};

}  // namespace

void read_output_fields(const Fields& fields, const NamedOutput& named, const Scope& scope,
                        Resolver& resolver, Problems& problems, DataOutput& output) {
  OutputFieldReader(fields, named, scope, resolver, problems).read(output);
}

}  // namespace mlpipe
