#include "engine/changed_assets.h"

#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "registry/registry.h"

namespace mlpipe {

namespace {

/// " on 2026-11-25", or "" if that is not known any more.
std::string registered_on(const std::string& asset, History* history) {
  const auto reference = parse_asset_reference(asset);
  if (history == nullptr || !reference) return {};
  const auto found = Registry(*history).find(AssetKind::data, *reference);
  if (!found) return {};
  constexpr std::size_t date_length = 10;
  return " on " + local_time_text(found->created).substr(0, date_length);
}

}  // namespace

std::vector<std::string> changed_assets(const Pipeline& pipeline,
                                        const std::vector<StepRule>& rules,
                                        const StepFactReader& facts, History* history) {
  std::vector<std::string> notices;
  std::set<std::string> told;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    if (!rules.at(i).selected) continue;
    for (const auto& input : pipeline.steps[i].inputs) {
      const auto* source = path_source(input.source);
      if (source == nullptr || source->asset.empty() || !source->registered) continue;
      const Contents* found = facts.known_contents(source->path);
      if (found == nullptr || found->hash == *source->registered) continue;
      if (!told.insert(source->asset).second) continue;
      notices.push_back(fmt::format(
          "the data asset '{}' ('{}') is not what was registered{}: steps that read it work with "
          "what is there now; `mlpipe data create` registers that under a version of its own",
          source->asset, printable(source->path.native()), registered_on(source->asset, history)));
    }
  }
  return notices;
}

}  // namespace mlpipe
