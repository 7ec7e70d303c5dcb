#include "engine/freeze_component.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "engine/asset_fields.h"
#include "spec/data_paths.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The source directory of a component; empty if it has none.
fs::path code_folder(AssetFields& fields, const fs::path& file, Problems& problems) {
  const auto code = fields.text("code");
  if (code.empty()) return {};
  if (is_remote(code)) {
    problems.error(fields.mark("code"), fmt::format("'{}' is not on this machine", printable(code)),
                   "a folder, relative to this file");
    return {};
  }
  auto folder = resolve_path(file.parent_path(), code);
  const auto look = stat_file(folder);
  if (!look || look->kind != FileKind::folder)
    problems.error(fields.mark("code"),
                   look ? fmt::format("'{}' is not a folder", printable(folder.native()))
                        : fmt::format("'{}' {}{}", printable(folder.native()), why_missing(folder),
                                      similar_path(folder)),
                   "the folder of the component's sources");
  return folder;
}

}  // namespace

FrozenComponent freeze_component(const fs::path& file, ObjectStore& store, StatCache& cache,
                                 WorkerPool& pool) {
  const fs::path absolute = fs::absolute(file).lexically_normal();
  const SourceText source = read_source(file, "component file");
  Problems problems(source);
  const YamlDocument document = parse_yaml(source, problems);
  problems.throw_if_any();
  FrozenComponent component{.record = {.kind = AssetKind::component},
                            .spec = {.file = absolute, .texts = {}, .sources = {}}};
  AssetFields fields(
      document.root(), "component",
      {"$schema", "name", "version", "display_name", "description", "tags", "properties", "type",
       "is_deterministic", "inputs", "outputs", "command", "code", "environment",
       "environment_variables", "distribution", "resources", "limits", "identity"},
      problems);
  fields.read_common(component.record);
  component.record.type = fields.text("type");
  if (component.record.type.empty()) component.record.type = "command";
  if (component.record.type != "command")
    problems.error(fields.mark("type"),
                   fmt::format("components of type '{}' cannot be registered yet",
                               printable(component.record.type)),
                   "type: command");
  else if (fields.text("command").empty())
    problems.error(fields.mark("command"), "the component has no 'command'");
  const fs::path folder = code_folder(fields, absolute, problems);
  problems.throw_if_any();
  component.spec.texts[absolute] = std::string(source.text());
  if (!folder.empty())
    component.spec.sources[{.directory = folder, .include = {}, .added = {}}] =
        store.add_source({.root = folder, .include = {}, .left_out = {absolute}}, cache, pool).id;
  return component;
}

}  // namespace mlpipe
