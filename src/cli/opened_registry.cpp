#include "cli/opened_registry.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/explicit_workspace.h"
#include "engine/opened_pipeline.h"
#include "registry/asset_names.h"

namespace mlpipe {

OpenedRegistry::OpenedRegistry(Workspace opened_workspace, Database::Mode mode)
    : workspace(std::move(opened_workspace)),
      state{workspace.state_directory},
      history(state.database(), mode),
      registry(history) {}

void open_registry(std::optional<OpenedRegistry>& opened, const Arguments& arguments,
                   Database::Mode mode) {
  auto workspace = open_workspace(explicit_workspace(arguments), std::filesystem::current_path());
  if (StateDirectory{workspace.state_directory}.exists())
    opened.emplace(std::move(workspace), mode);
}

void open_registry_of(std::optional<OpenedRegistry>& opened, AssetKind kind,
                      const Arguments& arguments, Database::Mode mode) {
  const auto reference = reference_of(kind, arguments);
  open_registry(opened, arguments, mode);
  if (!opened)
    fail(ErrorKind::not_found,
         "there is no {} '{}': nothing is registered in this workspace; -C DIR chooses another",
         asset_word(kind), reference.name);
}

AssetReference reference_of(AssetKind kind, const Arguments& arguments) {
  if (arguments.asset.empty() == arguments.asset_name.empty())
    fail(ErrorKind::usage, "{}: name one {}, as NAME, NAME:VERSION or NAME@LABEL",
         arguments.asset.empty() ? "nothing is named" : "an argument and --name", asset_word(kind));
  const auto& written = arguments.asset.empty() ? arguments.asset_name : arguments.asset;
  auto reference = parse_asset_reference(written);
  if (!reference || !is_asset_word(reference->name))
    fail(ErrorKind::usage, "'{}' names no {}: expected NAME, NAME:VERSION or NAME@LABEL",
         printable(written), asset_word(kind));
  const auto add = [&](std::string& part, const std::string& option, const char* word) {
    if (option.empty()) return;
    if (!reference->version.empty() || !reference->label.empty())
      fail(ErrorKind::usage, "'{}' and {} {}: name one version or one label", printable(written),
           word, printable(option));
    part = option;
  };
  add(reference->version, arguments.asset_version, "--version");
  add(reference->label, arguments.asset_label, "--label");
  return *reference;
}

}  // namespace mlpipe
