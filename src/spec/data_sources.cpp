#include "spec/data_sources.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "base/url.h"
#include "core/asset.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

const fs::path* folder_of(const std::string& datastore, const Scope& scope) {
  if (scope.context == nullptr || scope.context->workspace == nullptr) return nullptr;
  const auto& all = scope.context->workspace->datastores;
  const auto found = all.find(datastore);
  return found == all.end() ? nullptr : &found->second;
}

void report_unknown_datastore(const std::string& name, Mark mark, const Scope& scope,
                              Problems& problems) {
  std::vector<std::string> known;
  if (scope.context != nullptr && scope.context->workspace != nullptr)
    for (const auto& [other, path] : scope.context->workspace->datastores) known.push_back(other);
  problems.error(mark,
                 fmt::format("the workspace has no datastore '{}'{}", printable(name),
                             problems.suggestion(name, known)),
                 fmt::format("add it to mlpipe.yaml: datastores: {{{}: {{type: local, path: …}}}}",
                             printable(name)));
}

std::string how_to_register(const DataPath& path, const AssetReference& asset) {
  return fmt::format(
      "{}mlpipe data create --name {}{} --path PATH (mlpipe model create, of a model)",
      path.text.starts_with("azureml://registries/")
          ? "mlpipe fetches nothing from registries; put data of your own in its "
            "place: "
          : "register it: ",
      printable(asset.name), asset.version.empty() ? std::string() : " --version " + asset.version);
}

/// The parts of locate_data() for what is registered or was made by a run.
std::optional<LocatedData> locate_named(const DataPath& path, const Scope& scope,
                                        Problems& problems) {
  const auto run_output = parse_run_output(path.text);
  const auto asset = run_output ? std::nullopt : parse_asset_reference(path.text);
  if (!run_output && !asset) return std::nullopt;
  if (asset && asset->version.empty() && scope.context != nullptr && scope.context->to_be_frozen) {
    problems.error(
        path.mark,
        fmt::format("'{}' names no version, and may mean another one later", printable(path.text)),
        "what a registered component uses must not change: write azureml:NAME:VERSION");
    return std::nullopt;
  }
  auto* assets = scope.context == nullptr ? nullptr : scope.context->assets;
  if (assets == nullptr) {
    problems.error(
        path.mark,
        fmt::format("{} is '{}', but nothing is registered here", path.what, printable(path.text)),
        "write a path on this machine");
    return std::nullopt;
  }
  try {
    auto found = run_output ? assets->run_output(*run_output) : assets->data(*asset);
    if (is_http_url(found.path.native()))
      return LocatedData{.source = {.text = path.text,
                                    .url = found.path.native(),
                                    .asset = std::move(found.asset)},
                         .type = DataType::uri_file};
    if (is_on_datastore(found.path.native())) {
      const auto on_disk = path_on_datastore(found.path.native(), path.mark, scope, problems);
      if (!on_disk) return std::nullopt;
      found.path = *on_disk;
    }
    const DataPath place{.path = found.path,
                         .text = found.path.string(),
                         .what = fmt::format("{} ('{}')", path.what, printable(path.text)),
                         .mark = path.mark};
    const auto type = check_data_path(place, found.type, Spelling::cli_v2, problems);
    if (!type) return std::nullopt;
    return LocatedData{.source = {.path = std::move(found.path),
                                  .text = path.text,
                                  .asset = std::move(found.asset),
                                  .registered = found.content},
                       .type = *type};
  } catch (const Error& error) {
    problems.error(
        path.mark, fmt::format("{}: {}", path.what, error.what()),
        asset && error.kind() == ErrorKind::not_found ? how_to_register(path, *asset) : "");
    return std::nullopt;
  }
}

}  // namespace

std::optional<DatastorePath> parse_datastore_uri(std::string_view text) {
  constexpr std::string_view begin = "azureml://";
  constexpr std::string_view word = "datastores/";
  if (!text.starts_with(begin)) return std::nullopt;
  text.remove_prefix(begin.size());
  if (!text.starts_with(word)) {  // azureml://subscriptions/…/workspaces/…/datastores/…
    const auto at = text.find("/datastores/");
    if (!text.starts_with("subscriptions/") || at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + 1);
  }
  text.remove_prefix(word.size());
  const auto end = text.find('/');
  DatastorePath found{.datastore = std::string(text.substr(0, end))};
  if (end == std::string_view::npos) return found;
  auto rest = text.substr(end + 1);
  if (rest.starts_with("paths/"))
    rest.remove_prefix(6);
  else if (rest == "paths")
    rest = {};
  found.path = rest;
  return found;
}

bool is_on_datastore(std::string_view text) { return parse_datastore_uri(text).has_value(); }

std::optional<fs::path> path_on_datastore(std::string_view text, Mark mark, const Scope& scope,
                                          Problems& problems) {
  const auto found = parse_datastore_uri(text);
  if (!found) return std::nullopt;
  const auto* folder = folder_of(found->datastore, scope);
  if (folder == nullptr) {
    report_unknown_datastore(found->datastore, mark, scope, problems);
    return std::nullopt;
  }
  if (!found->path.empty() && !stays_below(found->path)) {
    problems.error(mark,
                   fmt::format("'{}' leads out of the datastore '{}'", printable(found->path),
                               found->datastore),
                   "expected a path below it");
    return std::nullopt;
  }
  return resolve_path(*folder, found->path);
}

std::string datastore_uri(std::string_view datastore, std::string_view path) {
  if (datastore.starts_with("azureml:")) datastore.remove_prefix(8);
  return fmt::format("azureml://datastores/{}/paths/{}", datastore, path);
}

namespace {

/// The copy of what is read from `place`, of a file whose inputs are to be read as they were.
std::optional<LocatedData> frozen_data(const fs::path& place, const DataPath& path,
                                       const Scope& scope) {
  if (path.is_override || scope.file == nullptr || !scope.file->frozen) return std::nullopt;
  auto stored = scope.file->frozen->frozen_input(place);
  if (!stored) return std::nullopt;
  const bool is_folder = scope.file->frozen->inputs.at(place).file_name.empty();
  return LocatedData{.source = {.path = std::move(*stored), .text = path.text},
                     .type = is_folder ? DataType::uri_folder : DataType::uri_file};
}

}  // namespace

std::optional<LocatedData> locate_data(const DataPath& path, DataType expected, const Scope& scope,
                                       Problems& problems) {
  if (scope.spelling == Spelling::cli_v2 && path.text.ends_with("/**")) {  // all of a folder
    auto folder = path;
    folder.text.resize(folder.text.size() - 3);
    return locate_data(folder, expected, scope, problems);
  }
  if (is_http_url(path.text))
    return LocatedData{.source = {.text = path.text, .url = path.text}, .type = DataType::uri_file};
  if (is_on_datastore(path.text)) {
    auto place = path_on_datastore(path.text, path.mark, scope, problems);
    if (!place) return std::nullopt;
    if (auto frozen = frozen_data(*place, path, scope)) return frozen;
    const auto type = check_data_path(
        {.path = *place, .text = place->string(), .what = path.what, .mark = path.mark}, expected,
        scope.spelling, problems);
    if (!type) return std::nullopt;
    return LocatedData{.source = {.path = std::move(*place), .text = path.text}, .type = *type};
  }
  if (path.text.starts_with("azureml:") || path.text.starts_with("runs:/")) {
    const auto before = problems.error_count();
    auto found = locate_named(path, scope, problems);
    if (found || problems.error_count() != before) return found;
  }
  auto place = resolve_path(scope.folder(), path.text);
  if (auto frozen = frozen_data(place, path, scope)) return frozen;
  const auto type =
      check_data_path({.path = place, .text = path.text, .what = path.what, .mark = path.mark},
                      expected, scope.spelling, problems);
  if (!type) return std::nullopt;
  return LocatedData{.source = {.path = std::move(place), .text = path.text}, .type = *type};
}

}  // namespace mlpipe
