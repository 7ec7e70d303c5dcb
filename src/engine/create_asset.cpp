#include "engine/create_asset.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "base/url.h"
#include "engine/asset_file.h"
#include "engine/freeze_component.h"
#include "engine/run_outputs.h"
#include "engine/state_directory.h"
#include "registry/asset_names.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/read_source.h"
#include "store/store_users.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The parts of a workspace that registering works with, in the order of their life.
struct AssetWorld {
  explicit AssetWorld(const Workspace& opened_workspace)
      : workspace(opened_workspace),
        state(make_state_directory(workspace)),
        history(state.database(), Database::Mode::read_write),
        store_users(state.store_locks()),
        store(state.objects(), state.scratch(), store_users.join()),
        stats(state.stat_cache()) {}

  const Workspace& workspace;
  StateDirectory state;
  History history;
  StoreUsers store_users;  ///< What is copied in is not collected before it is recorded.
  ObjectStore store;
  StatCache stats;
  WorkerPool pool;
};

/// The path of a description that is to be looked at, and how to complain about it.
class DescribedPath {
 public:
  explicit DescribedPath(const DescribedAsset& asset) : asset_(asset) {}

  [[noreturn]] void refuse(ErrorKind kind, const std::string& problem,
                           const std::string& expected) const {
    if (asset_.path_location.line > 0)
      throw Error(kind == ErrorKind::usage ? ErrorKind::invalid_file : kind,
                  located_error(asset_.path_location, problem, expected));
    fail(kind, "cannot register the {} '{}': {}{}{}; nothing was registered",
         asset_word(asset_.record.kind), asset_.record.name, problem, expected.empty() ? "" : ": ",
         expected);
  }

  /// A path of this machine, that is there; also one on a datastore.
  [[nodiscard]] std::pair<fs::path, FileStat> local(const Workspace& workspace) const {
    if (asset_.path.empty())
      refuse(ErrorKind::usage, "there is no 'path'", "the file or folder that it is");
    const auto on_datastore = parse_datastore_uri(asset_.path);
    if (!on_datastore && is_remote(asset_.path))
      refuse(ErrorKind::usage, fmt::format("mlpipe does not read '{}' yet", printable(asset_.path)),
             "download it and write its path");
    const auto path = on_datastore ? place_on(*on_datastore, workspace)
                                   : resolve_path(asset_.folder, asset_.path);
    const auto look = stat_file(path);
    if (!look)
      refuse(
          ErrorKind::not_found,
          fmt::format("'{}' {}{}", printable(path.native()), why_missing(path), similar_path(path)),
          "");
    if (!is_utf8(path.native()))
      refuse(ErrorKind::usage, fmt::format("'{}' is no UTF-8", printable(path.native())),
             "a path that can be recorded");
    return {path, *look};
  }

  /// `is_file`: what was found.
  void check_type(bool is_file, const fs::path& path) const {
    const std::string& type = asset_.record.type;
    const bool wants_file = type == "uri_file";
    const bool wants_folder = type == "uri_folder" || type == "mltable" || type == "mlflow_model" ||
                              type == "triton_model";
    if (wants_file && !is_file)
      refuse(ErrorKind::usage,
             fmt::format("'{}' is a folder, and the type is uri_file", printable(path.native())),
             "type uri_folder");
    if (wants_folder && is_file)
      refuse(ErrorKind::usage,
             fmt::format("'{}' is a file, and {} is a folder", printable(path.native()),
                         type == "uri_folder" ? "uri_folder (the type if none is given)" : type),
             asset_.record.kind == AssetKind::data ? "type uri_file" : "type custom_model");
    if (type == "mltable" && !stat_file(path / "MLTable"))
      refuse(ErrorKind::usage, fmt::format("'{}' holds no MLTable", printable(path.native())),
             "an mltable is a folder with a file of this name");
  }

 private:
  [[nodiscard]] fs::path place_on(const DatastorePath& at, const Workspace& workspace) const {
    const auto found = workspace.datastores.find(at.datastore);
    if (found == workspace.datastores.end())
      refuse(ErrorKind::not_found,
             fmt::format("the workspace has no datastore '{}'", printable(at.datastore)),
             "one of those in mlpipe.yaml");
    if (!at.path.empty() && !stays_below(at.path))
      refuse(ErrorKind::usage,
             fmt::format("'{}' leads out of the datastore '{}'", printable(at.path), at.datastore),
             "a path below it");
    return resolve_path(found->second, at.path);
  }

  const DescribedAsset& asset_;
};

void take_content(AssetRecord& record, const OutputRecord& stored) {
  record.stored = stored;
  record.content = stored.content_hash;
  record.bytes = stored.bytes;
  record.files = stored.files;
}

OutputRecord record_of(const StoredObject& object) {
  return {.name = {},
          .object = object.id,
          .content_hash = object.content_hash,
          .is_file = object.kind == FileKind::file,
          .executable = object.executable,
          .file_name = object.file_name,
          .bytes = object.bytes,
          .files = object.files};
}

/// An output of an earlier run, or what lies below it: it is in the store already.
void take_run_output(DescribedAsset& asset, const RunOutputReference& reference,
                     AssetWorld& world) {
  const auto found = find_run_output(world.history, reference);
  require_output({world.workspace, world.state, world.history, world.store}, found.output.object,
                 fmt::format("output '{}' of run {}", reference.output, found.run.id));
  asset.record.creator = found.step.key;
  asset.record.run_id = found.run.id;
  asset.record.step = found.step.step;
  OutputRecord stored = found.output;
  auto path = place_of(world.store, stored);
  if (!reference.path.empty()) {
    path /= reference.path;
    if (!stays_below(reference.path) || !stat_file(path))
      DescribedPath(asset).refuse(
          ErrorKind::not_found,
          fmt::format("there is no '{}' in output '{}' of run {}", printable(reference.path),
                      reference.output, found.run.id),
          "");
    stored = record_of(world.store.add_copy(path, world.stats, world.pool));
    stored.name = found.output.name;
    world.store.flush();
  }
  DescribedPath(asset).check_type(stored.is_file, path);
  take_content(asset.record, stored);
}

/// A file on the web. It is fetched when a pipeline reads it, so nothing but its address is known.
void take_address(DescribedAsset& asset) {
  if (asset.record.type != "uri_file")
    DescribedPath(asset).refuse(ErrorKind::usage,
                                fmt::format("'{}' is one file, and the type is {}",
                                            printable(asset.path), asset.record.type),
                                "type uri_file");
  const auto address = url_without_secrets(asset.path);
  if (url_has_secrets(asset.path))
    DescribedPath(asset).refuse(
        ErrorKind::usage,
        fmt::format("'{}' has a password or signature with it, and what is registered is shown",
                    printable(address)),
        "an address without, or none: a pipeline's file may hold this one");
  asset.record.path = address;
  asset.record.content = hash_bytes(address);
}

void take_data(DescribedAsset& asset, AssetWorld& world) {
  if (is_http_url(asset.path)) {
    take_address(asset);
    return;
  }
  const DescribedPath described(asset);
  const auto [path, look] = described.local(world.workspace);
  described.check_type(look.kind == FileKind::file, path);
  const Contents contents = hash_contents(path, world.stats, world.pool);
  asset.record.path = parse_datastore_uri(asset.path) ? fs::path(asset.path) : path;
  asset.record.content = contents.hash;
  asset.record.bytes = contents.bytes;
  asset.record.files =
      contents.kind == FileKind::file
          ? 1
          : static_cast<std::uint64_t>(
                std::count_if(contents.entries.begin(), contents.entries.end(),
                              [](const TreeEntry& entry) { return entry.kind == FileKind::file; }));
}

void take_model(DescribedAsset& asset, AssetWorld& world) {
  const DescribedPath described(asset);
  const auto [path, look] = described.local(world.workspace);
  described.check_type(look.kind == FileKind::file, path);
  asset.record.path = path;
  take_content(asset.record, record_of(world.store.add_copy(path, world.stats, world.pool)));
  world.store.flush();
}

void take_build(DescribedAsset& asset, AssetWorld& world) {
  if (asset.path.empty()) return;
  if (is_remote(asset.path)) {  // nothing is built from it here
    asset.record.path = asset.path;
    return;
  }
  const DescribedPath described(asset);
  const auto [path, look] = described.local(world.workspace);
  if (look.kind != FileKind::folder)
    described.refuse(ErrorKind::usage, fmt::format("'{}' is a file", printable(path.native())),
                     "the folder with the Dockerfile");
  const auto dockerfile = text_in(parse_json_object(asset.record.definition), "dockerfile_path");
  if (const auto there = stat_file(path / dockerfile); !there || there->kind != FileKind::file)
    described.refuse(
        ErrorKind::not_found,
        fmt::format("there is no '{}' in '{}'", printable(dockerfile), printable(path.native())),
        "");
  asset.record.path = path;
  asset.record.content = hash_contents(path, world.stats, world.pool).hash;
}

/// What a component is, wherever its files were.
Hash content_of(const FrozenSpec& spec) {
  const fs::path base = spec.file.parent_path();
  Hasher hasher;
  const auto add = [&hasher](std::string_view text) {
    hasher.add(fmt::format("{}:", text.size()));
    hasher.add(text);
  };
  for (const auto& [path, text] : spec.texts) {
    add(path.lexically_relative(base).native());
    add(text);
  }
  for (const auto& [key, object] : spec.sources) {
    add(key.directory.lexically_relative(base).native());
    for (const auto& name : key.include) add(name);
    for (const auto& path : key.added) add(path.lexically_relative(base).native());
    for (const auto& path : key.left_out) add("-" + path.lexically_relative(base).native());
    add(object.view());
  }
  return hasher.finish();
}

void take_component(DescribedAsset& asset, const AssetRequest& request, AssetWorld& world) {
  if (!request.file)
    fail(ErrorKind::usage, "a component is registered from its file: name it with -f FILE");
  auto frozen =
      freeze_component(*request.file, world.workspace, world.store, world.stats, world.pool);
  world.store.flush();
  asset.record = std::move(frozen.record);
  asset.record.path = frozen.spec.file;
  asset.record.content = content_of(frozen.spec);
  asset.record.definition = encode(frozen.spec);
  for (const auto& [key, object] : frozen.spec.sources) asset.record.sources.push_back(object);
}

void apply_options(DescribedAsset& asset, const AssetRequest& request) {
  AssetRecord& record = asset.record;
  const auto replace = [](std::string& value, const std::string& option) {
    if (!option.empty()) value = option;
  };
  replace(record.name, request.name);
  replace(record.version, request.version);
  replace(record.type, request.type);
  replace(record.description, request.description);
  for (const auto& [name, value] : request.tags) record.tags[name] = value;
  if (!request.path.empty()) {
    asset.path = request.path;
    asset.folder = request.folder;
    asset.path_location = {};
  }
  if (record.type.empty() && !asset_types(record.kind).empty())
    record.type = asset_types(record.kind).front();
}

void check_named(const DescribedAsset& asset, const AssetRequest& request) {
  if (asset.record.name.empty())
    fail(ErrorKind::usage,
         "the {} has no name: write `name:` in its file, or --name NAME; nothing was registered",
         asset_word(request.kind));
  Registry::check_names(asset.record, request.label);
}

DescribedAsset describe(const AssetRequest& request) {
  DescribedAsset asset{.record = {.kind = request.kind}};
  if (request.file && request.kind != AssetKind::component)
    asset = read_asset_file(request.kind, *request.file);
  if (request.kind == AssetKind::environment && !request.file)
    asset.record.definition = environment_definition(
        {.image = request.image,
         .conda_file = request.conda_file ? read_conda_file(*request.conda_file) : "",
         .build_path = request.path,
         .dockerfile_path = request.dockerfile});
  return asset;
}

}  // namespace

CreatedAsset create_asset(const AssetRequest& request, const Workspace& workspace) {
  DescribedAsset asset = describe(request);
  if (request.kind != AssetKind::component) apply_options(asset, request);
  // Before anything is copied; what a component is called is known only then.
  if (request.kind != AssetKind::component) check_named(asset, request);
  AssetWorld world(workspace);
  if (const auto output = parse_run_output(asset.path);
      output && (request.kind == AssetKind::data || request.kind == AssetKind::model))
    take_run_output(asset, *output, world);
  else if (request.kind == AssetKind::data)
    take_data(asset, world);
  else if (request.kind == AssetKind::model)
    take_model(asset, world);
  else if (request.kind == AssetKind::environment)
    take_build(asset, world);
  else
    take_component(asset, request, world);
  if (request.kind == AssetKind::component) {
    apply_options(asset, request);
    check_named(asset, request);
  }
  Registry registry(world.history);
  CreatedAsset created{.registered = registry.add(asset.record, request.label), .labels = {}};
  created.labels = registry.labels_of(created.registered.record);
  world.stats.save();
  return created;
}

}  // namespace mlpipe
