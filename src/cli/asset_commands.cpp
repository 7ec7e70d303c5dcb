// mlpipe component|data|environment|model create, archive, restore, download.
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/asset_json.h"
#include "cli/commands.h"
#include "cli/copy_out.h"
#include "cli/explicit_workspace.h"
#include "cli/json_text.h"
#include "cli/run_choice.h"
#include "engine/create_asset.h"
#include "engine/opened_pipeline.h"
#include "engine/run_outputs.h"
#include "registry/asset_names.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using nlohmann::json;

void require_utf8(const std::string& text, const char* option) {
  if (!is_utf8(text))
    fail(ErrorKind::usage, "{} '{}' is not UTF-8; nothing was registered", option, printable(text));
}

AssetRequest request_of(AssetKind kind, const Arguments& arguments) {
  AssetRequest request{.kind = kind,
                       .name = arguments.asset_name,
                       .version = arguments.asset_version,
                       .type = arguments.asset_type,
                       .description = arguments.description,
                       .path = arguments.asset_path,
                       .folder = fs::current_path(),
                       .image = arguments.image,
                       .dockerfile = arguments.dockerfile,
                       .label = arguments.asset_label};
  require_utf8(request.description, "--description");
  require_utf8(request.image, "--image");
  require_utf8(request.dockerfile, "--dockerfile-path");
  if (!arguments.asset_file.empty()) request.file = fs::absolute(arguments.asset_file);
  if (!arguments.conda_file.empty()) request.conda_file = fs::absolute(arguments.conda_file);
  for (const auto& text : arguments.tags) {
    require_utf8(text, "--tag");
    const auto tag = tag_of(text);
    request.tags[tag.name] = tag.value.value_or("");
  }
  return request;
}

std::string content_text(const AssetRecord& asset) {
  const auto size = asset.files == 0 ? std::string()
                                     : fmt::format("{}, {}", counted(asset.files, "file"),
                                                   size_text(asset.bytes));
  if (asset.stored) return fmt::format(": {}, kept in the store", size);
  if (asset.kind == AssetKind::data)
    return fmt::format(": {}{}at {}", size, size.empty() ? "" : ", ", asset.path.string());
  return {};
}

/// The version, or all versions, that a command line names for archive and restore.
int change_archived(AssetKind kind, const Arguments& arguments, bool archived) {
  std::optional<OpenedRegistry> opened;
  open_registry_of(opened, kind, arguments, Database::Mode::read_write);
  auto reference = reference_of(kind, arguments);
  if (!reference.label.empty()) reference.version = opened->registry.get(kind, reference).version;
  const auto changed =
      opened->registry.set_archived(kind, reference.name, reference.version, archived);
  const char* word = archived ? "archived" : "restored";
  if (arguments.json) {
    json list = json::array();
    for (const auto& asset : changed) list.push_back(asset_json(asset, *opened, false));
    fmt::print("{}\n", json_document({{"kind", to_text(kind)}, {"assets", list}}));
    return 0;
  }
  for (const auto& asset : changed)
    fmt::print("{} '{}' is {}\n", asset_word(kind), asset.id(), word);
  if (changed.empty())
    fmt::print("{} '{}' {} already: nothing was changed\n", asset_word(kind), to_text(reference),
               archived ? "is archived" : "is not archived");
  return 0;
}

}  // namespace

int create_asset_command(AssetKind kind, const Arguments& arguments) {
  const AssetRequest request = request_of(kind, arguments);
  const auto workspace = open_workspace(explicit_workspace(arguments), fs::current_path());
  const auto created = create_asset(request, workspace);
  const AssetRecord& asset = created.registered.record;
  if (arguments.json) {
    OpenedRegistry opened(workspace, Database::Mode::read_only);
    auto document = asset_json(asset, opened, true);
    document["made"] = created.registered.made;
    fmt::print("{}\n", json_document(document));
  } else if (created.registered.made) {
    fmt::print("{} '{}' is registered{}\n", asset_word(kind), asset.id(), content_text(asset));
  } else {
    fmt::print("{} '{}' is there already, and equal: nothing was made\n", asset_word(kind),
               asset.id());
  }
  return 0;
}

int archive_asset_command(AssetKind kind, const Arguments& arguments) {
  return change_archived(kind, arguments, true);
}

int restore_asset_command(AssetKind kind, const Arguments& arguments) {
  return change_archived(kind, arguments, false);
}

int download_asset_command(AssetKind kind, const Arguments& arguments) {
  std::optional<OpenedRegistry> opened;
  open_registry_of(opened, kind, arguments, Database::Mode::read_only);
  const auto asset = opened->registry.get(kind, reference_of(kind, arguments));
  if (!asset.stored)
    fail(ErrorKind::usage, "the {} '{}' is not in the store: it lies at '{}'", asset_word(kind),
         asset.id(), asset.path.string());
  const StoreUse use(opened->state);
  ObjectStore store(opened->state.objects(), opened->state.scratch(), use.begun_ns);
  require_output({opened->workspace, opened->state, opened->history, store}, asset.stored->object,
                 fmt::format("the {} '{}'", asset_word(kind), asset.id()));
  const auto folder = copy_out(store, asset.stored->object, arguments.destination);
  if (arguments.json)
    fmt::print("{}\n", json_document({{"kind", to_text(kind)},
                                      {"name", asset.name},
                                      {"version", asset.version},
                                      {"destination", folder.string()},
                                      {"files", asset.files},
                                      {"bytes", asset.bytes}}));
  else
    fmt::print("{} '{}': {}, {} in {}\n", asset_word(kind), asset.id(),
               counted(asset.files, "file"), size_text(asset.bytes), folder.string());
  return 0;
}

}  // namespace mlpipe
