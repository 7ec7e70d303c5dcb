#include "engine/registered_assets.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "engine/run_outputs.h"
#include "registry/asset_names.h"
#include "registry/registry.h"
#include "store/store_users.h"

namespace mlpipe {

namespace {

/// Where nothing can be written, nobody collects.
std::int64_t join_store(std::optional<StoreUsers>& users, const StateDirectory& state) {
  return ::access(state.root.c_str(), W_OK) == 0 ? users.emplace(state.store_locks()).join() : 0;
}

[[noreturn]] void nothing_there(std::string_view word, const std::string& name) {
  fail(ErrorKind::not_found, "there is no {} '{}': nothing is registered in this workspace", word,
       printable(name));
}

RegisteredData to_data(const OutputStore& from, const AssetRecord& asset) {
  if (!asset.stored)
    return {.asset = asset.id(),
            .type = asset.type == "uri_file" ? DataType::uri_file : DataType::uri_folder,
            .path = asset.path,
            .content = asset.content};
  require_output(from, asset.stored->object,
                 fmt::format("the {} '{}'", asset_word(asset.kind), asset.id()));
  return {.asset = asset.id(),
          .type = asset.stored->is_file ? DataType::uri_file : DataType::uri_folder,
          .path = place_of(from.store, *asset.stored),
          .content = std::nullopt};
}

/// Nothing also where the name is known, but not this version of it.
std::optional<AssetRecord> find_quietly(Registry& registry, AssetKind kind,
                                        const AssetReference& reference) {
  try {
    return registry.find(kind, reference);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    return std::nullopt;
  }
}

/// Of that name among the data, else among the models.
AssetRecord find_data(Registry& registry, const AssetReference& reference) {
  auto as_data = find_quietly(registry, AssetKind::data, reference);
  auto as_model = find_quietly(registry, AssetKind::model, reference);
  if (as_data && as_model)
    fail(ErrorKind::invalid_file,
         "'{}' is both a data asset ({}) and a model ({}): archive one, or register it under "
         "another "
         "name",
         printable(to_text(reference)), as_data->id(), as_model->id());
  if (as_data) return std::move(*as_data);
  if (as_model) return std::move(*as_model);
  // The registry's own words, if it knows the name.
  if (auto found = registry.find(AssetKind::data, reference)) return std::move(*found);
  if (auto found = registry.find(AssetKind::model, reference)) return std::move(*found);
  auto known = registry.names(AssetKind::data);
  const auto models = registry.names(AssetKind::model);
  known.insert(known.end(), models.begin(), models.end());
  fail(ErrorKind::not_found,
       "there is neither a data asset nor a model '{}'{}; `mlpipe data list` shows what there is",
       printable(reference.name), did_you_mean(reference.name, known));
}

}  // namespace

struct RegisteredAssets::Opened {
  explicit Opened(const StateDirectory& state)
      : history(state.database(), Database::Mode::read_only),
        registry(history),
        store(state.objects(), state.scratch(), join_store(users, state)) {}

  History history;
  Registry registry;
  std::optional<StoreUsers> users;
  ObjectStore store;
};

RegisteredAssets::RegisteredAssets(const Workspace& workspace, AssetVersions versions)
    : workspace_(workspace), state_{workspace.state_directory}, versions_(std::move(versions)) {}

RegisteredAssets::~RegisteredAssets() = default;

RegisteredAssets::Opened* RegisteredAssets::opened() {
  if (!opened_ && state_.exists()) opened_ = std::make_unique<Opened>(state_);
  return opened_.get();
}

AssetReference RegisteredAssets::as_before(const char* what,
                                           const AssetReference& reference) const {
  const auto found = versions_.find(fmt::format("{} {}", what, to_text(reference)));
  if (!reference.version.empty() || found == versions_.end()) return reference;
  return {.name = reference.name, .version = found->second, .label = {}};
}

void RegisteredAssets::keep_version(const char* what, const AssetReference& reference,
                                    const std::string& version) {
  if (reference.version.empty())
    versions_[fmt::format("{} {}", what, to_text(reference))] = version;
}

RegisteredComponent RegisteredAssets::component(const AssetReference& reference) {
  Opened* place = opened();
  if (place == nullptr) nothing_there("component", reference.name);
  const AssetRecord asset =
      place->registry.get(AssetKind::component, as_before("component", reference));
  keep_version("component", reference, asset.version);
  auto spec = decode_frozen_spec(asset.definition);
  if (!spec)
    fail(ErrorKind::system,
         "the component '{}' cannot be read: its record in the database is damaged; register it "
         "again under another version",
         asset.id());
  for (const auto& [key, object] : spec->sources) {
    require_object(place->store, object,
                   fmt::format("the copy of the sources of the component '{}' ('{}')", asset.id(),
                               key.directory.string()));
    spec->places[object] = place->store.content_folder(object);
  }
  return {.name = asset.name, .version = asset.version, .spec = std::move(*spec)};
}

RegisteredData RegisteredAssets::data(const AssetReference& reference) {
  Opened* place = opened();
  if (place == nullptr) nothing_there("data asset", reference.name);
  const auto asset = find_data(place->registry, as_before("data", reference));
  keep_version("data", reference, asset.version);
  return to_data({workspace_, state_, place->history, place->store}, asset);
}

RegisteredData RegisteredAssets::run_output(const RunOutputReference& reference) {
  Opened* place = opened();
  if (place == nullptr)
    fail(ErrorKind::not_found, "there is no run '{}': nothing was ever run in this workspace",
         printable(reference.run));
  const auto before = versions_.find("run " + reference.run);
  auto asked = reference;
  if (before != versions_.end()) asked.run = before->second;
  const auto found = find_run_output(place->history, asked);
  versions_["run " + reference.run] = found.run.id;
  const auto name =
      fmt::format("output '{}.{}' of run {}", found.step.step, found.output.name, found.run.id);
  require_output({workspace_, state_, place->history, place->store}, found.output.object, name);
  auto path = place_of(place->store, found.output);
  bool is_file = found.output.is_file;
  if (!reference.path.empty()) {
    path = (path / reference.path).lexically_normal();
    const auto look = stat_file(path);
    const auto inside = path.lexically_relative(place_of(place->store, found.output)).native();
    if (!look || inside.starts_with(".."))
      fail(ErrorKind::not_found, "there is no '{}' in {}", printable(reference.path), name);
    is_file = look->kind == FileKind::file;
  }
  return {.asset = name,
          .type = is_file ? DataType::uri_file : DataType::uri_folder,
          .path = path,
          .content = std::nullopt};
}

}  // namespace mlpipe
