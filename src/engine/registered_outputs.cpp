#include "engine/registered_outputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "registry/asset_names.h"

namespace mlpipe {

namespace {

AssetRecord asset_of(const DataOutput& output, const OutputRecord& made, StepRunKey creator) {
  std::string type = output.asset->type;
  if (type.empty()) type = output.type == DataType::uri_file ? "uri_file" : "uri_folder";
  return {.kind = kind_of_type(type),
          .name = output.asset->name,
          .version = output.asset->version,
          .type = type,
          .creator = creator,
          .content = made.content_hash,
          .bytes = made.bytes,
          .files = made.files,
          .stored = made};
}

}  // namespace

OutputRegistration register_outputs(const Step& step, const std::vector<OutputRecord>& outputs,
                                    StepRunKey creator, Registry& registry) {
  OutputRegistration done;
  for (const auto& output : step.outputs) {
    if (output.asset->name.empty()) continue;
    const auto made = std::find_if(outputs.begin(), outputs.end(), [&output](const auto& each) {
      return each.name == output.name;
    });
    if (made == outputs.end()) continue;
    try {
      const auto registered = registry.add_if_changed(asset_of(output, *made, creator));
      if (registered.made)
        done.notes.push_back(fmt::format("output '{}' is registered as {} '{}'", output.name,
                                         asset_word(registered.record.kind),
                                         registered.record.id()));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage) throw;
      done.failed = true;
      done.notes.push_back(
          fmt::format("output '{}' could not be registered: {}", output.name, error.what()));
    }
  }
  return done;
}

bool register_reused_outputs(const Pipeline& pipeline, const std::vector<PlannedStep>& plan,
                             RunKey run, History& history, Reporter& reporter) {
  const auto is_named = [](const DataOutput& output) { return !output.asset->name.empty(); };
  if (std::none_of(pipeline.steps.begin(), pipeline.steps.end(), [&is_named](const Step& step) {
        return std::any_of(step.outputs.begin(), step.outputs.end(), is_named);
      }))
    return true;
  bool all_registered = true;
  Registry registry(history);
  history.begin_batch();
  for (const auto& record : history.steps_of(run)) {
    const auto step =
        std::find_if(pipeline.steps.begin(), pipeline.steps.end(),
                     [&record](const Step& each) { return each.name == record.step; });
    if (step == pipeline.steps.end()) continue;
    const auto& planned = plan.at(static_cast<std::size_t>(step - pipeline.steps.begin()));
    if (!planned.resolution.hit) continue;
    const auto done =
        register_outputs(*step, planned.resolution.hit->outputs, record.key, registry);
    for (const auto& text : done.notes) reporter.note(step->name, text);
    all_registered = all_registered && !done.failed;
  }
  history.commit_batch();
  return all_registered;
}

}  // namespace mlpipe
