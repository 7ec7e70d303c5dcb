#include "engine/asset_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "engine/asset_fields.h"
#include "registry/asset_names.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/read_source.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::vector<std::string> known_keys(AssetKind kind) {
  std::vector<std::string> keys = {"$schema",     "name", "version",
                                   "description", "tags", "properties"};
  const auto add = [&keys](std::initializer_list<const char*> more) {
    keys.insert(keys.end(), more.begin(), more.end());
  };
  // `flavors`, `stage` and `inference_config` are for serving models, which is not done here.
  if (kind == AssetKind::data) add({"type", "path", "datastore"});
  if (kind == AssetKind::model) add({"type", "path", "datastore", "flavors", "stage"});
  if (kind == AssetKind::environment)
    add({"image", "conda_file", "build", "os_type", "inference_config", "datastore"});
  return keys;
}

json scalar_json(const YamlValue& value) {
  switch (scalar_type(value)) {
    case Parameter::Type::integer:
      if (const auto number = parse_integer(value.text)) return *number;
      break;
    case Parameter::Type::number:
      if (const auto number = parse_number(value.text)) return *number;
      break;
    case Parameter::Type::boolean:
      if (const auto truth = parse_boolean(value.text)) return *truth;
      break;
    case Parameter::Type::string:
      break;
  }
  return value.text;
}

/// YAML is a superset of JSON: what takes a conda file takes this.
json to_json(const YamlValue& value) {
  if (value.is_map()) {
    json object = json::object();
    for (const auto& entry : value.entries) object[entry.key] = to_json(*entry.value);
    return object;
  }
  if (value.is_sequence()) {
    json list = json::array();
    for (const auto* item : value.items) list.push_back(to_json(*item));
    return list;
  }
  return value.is_null() ? json() : scalar_json(value);
}

void read_environment(AssetFields& fields, DescribedAsset& asset, Problems& problems) {
  EnvironmentParts parts{.image = fields.text("image"), .os_type = fields.text("os_type")};
  if (const auto* conda = fields.find("conda_file")) {
    if (conda->is_map()) {
      parts.conda_file = to_json(*conda).dump();
    } else if (const auto written = fields.text("conda_file"); !written.empty()) {
      try {
        parts.conda_file = read_conda_file(resolve_path(asset.folder, written));
      } catch (const Error& error) {
        problems.error(conda->mark, error.what());
        return;
      }
    }
  }
  if (const auto* build = fields.find("build")) {
    AssetFields inner(build, "'build' of the environment", {"path", "dockerfile_path"}, problems);
    parts.build_path = inner.text("path");
    parts.dockerfile_path = inner.text("dockerfile_path");
    asset.path = parts.build_path;
    asset.path_location = problems.source().location(inner.mark("path"));
    if (parts.build_path.empty() && build->is_map())
      problems.error(build->mark, "'build' names no 'path'", "the folder with the Dockerfile");
  }
  if (problems.error_count() > 0) return;
  if (const auto problem = environment_problem(parts); !problem.empty())
    problems.error(fields.mark("image"), problem);
  else
    asset.record.definition = environment_definition(parts);
}

void read_content(AssetFields& fields, DescribedAsset& asset, Problems& problems) {
  const auto& types = asset_types(asset.record.kind);
  asset.record.type = lower_case(fields.text("type"));
  if (!asset.record.type.empty() &&
      std::find(types.begin(), types.end(), asset.record.type) == types.end())
    problems.error(
        fields.mark("type"),
        fmt::format("unknown type '{}' of a {}{}", printable(asset.record.type),
                    asset_word(asset.record.kind), problems.suggestion(asset.record.type, types)),
        "expected " + any_of(types));
  asset.path = fields.text("path");
  if (const auto datastore = fields.text("datastore"); !datastore.empty())
    asset.path = datastore_uri(datastore, asset.path);
  asset.path_location = problems.source().location(fields.mark("path"));
}

}  // namespace

DescribedAsset read_asset_file(AssetKind kind, const fs::path& file) {
  const auto what = fmt::format("{} file", to_text(kind));
  const SourceText source = read_source(file, what);
  Problems problems(source);
  const YamlDocument document = parse_yaml(source, problems);
  problems.throw_if_any();
  DescribedAsset asset{.folder = fs::absolute(file).lexically_normal().parent_path()};
  asset.record.kind = kind;
  AssetFields fields(document.root(), what, known_keys(kind), problems);
  fields.read_common(asset.record);
  if (kind == AssetKind::environment)
    read_environment(fields, asset, problems);
  else
    read_content(fields, asset, problems);
  problems.throw_if_any();
  return asset;
}

std::string environment_problem(const EnvironmentParts& parts) {
  if (parts.image.empty() && parts.build_path.empty())
    return parts.conda_file.empty()
               ? "an environment needs an 'image', or a 'build' with the path of a Dockerfile"
               : "'conda_file' needs an 'image' that it is installed in";
  if (!parts.image.empty() && !parts.build_path.empty())
    return "an environment has an 'image' or a 'build', not both";
  if (!parts.build_path.empty() && !parts.conda_file.empty())
    return "'conda_file' goes with an 'image', not with a 'build'";
  if (parts.build_path.empty() && !parts.dockerfile_path.empty())
    return "'dockerfile_path' goes with the path of a 'build'";
  const auto system = lower_case(parts.os_type);
  if (!system.empty() && system != "linux" && system != "windows")
    return fmt::format("unknown os_type '{}': expected linux or windows", printable(parts.os_type));
  return {};
}

std::string environment_definition(const EnvironmentParts& parts) {
  if (const auto problem = environment_problem(parts); !problem.empty())
    fail(ErrorKind::usage, "{}; nothing was registered", problem);
  json definition = {{"os_type", parts.os_type.empty() ? "linux" : lower_case(parts.os_type)}};
  if (!parts.image.empty()) definition["image"] = parts.image;
  if (!parts.conda_file.empty()) definition["conda_file"] = parts.conda_file;
  if (!parts.build_path.empty())
    definition["dockerfile_path"] =
        parts.dockerfile_path.empty() ? "Dockerfile" : parts.dockerfile_path;
  return definition.dump();
}

std::string read_conda_file(const fs::path& file) {
  const SourceText source = read_source(file, "conda file");
  Problems problems(source);
  const YamlDocument document = parse_yaml(source, problems);
  problems.throw_if_any();
  if (document.root() == nullptr || !document.root()->is_map())
    fail(ErrorKind::invalid_file, "the conda file '{}' must be a map with 'dependencies'",
         printable(file.native()));
  return std::string(source.text());
}

}  // namespace mlpipe
