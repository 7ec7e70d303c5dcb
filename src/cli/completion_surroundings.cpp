#include "cli/completion_surroundings.h"

#include <cstdlib>

#include "base/file.h"
#include "cli/completion_files.h"
#include "engine/opened_pipeline.h"
#include "engine/run_to_repeat.h"

namespace mlpipe {

namespace fs = std::filesystem;

std::optional<fs::path> CompletionSurroundings::spec_file() const {
  const auto text = line_.value_of("SPEC");
  if (text.empty()) return std::nullopt;
  const fs::path file(with_home_folder(text));
  const auto look = stat_file(file);
  return look && look->kind == FileKind::file ? std::optional(file) : std::nullopt;
}

Workspace CompletionSurroundings::workspace() const {
  std::optional<fs::path> root;
  if (const char* variable = std::getenv("MLPIPE_WORKSPACE");  // NOLINT(*-mt-unsafe)
      variable != nullptr && *variable != '\0')
    root = variable;
  for (const auto& [option, value] : line_.given)
    if (option->check_lname("workspace")) root = with_home_folder(value);
  const auto spec = spec_file();
  return open_workspace(root, spec ? fs::absolute(*spec).parent_path() : fs::current_path());
}

HistoryNames* CompletionSurroundings::history() {
  if (names_) return &*names_;
  state_ = {workspace().state_directory};
  if (!state_.exists()) return nullptr;
  return &names_.emplace(state_.database());
}

std::vector<OutlinedName> CompletionSurroundings::names(Names (PipelineOutline::*read)() const) {
  if (const auto file = spec_file()) return (PipelineOutline(*file).*read)();
  const auto endpoint = line_.value_of("ENDPOINT");
  auto* known = endpoint.empty() ? nullptr : history();
  if (known == nullptr) return {};
  const auto published =
      decode_run_to_repeat(known->published_text(endpoint, line_.value_of("VERSION")));
  if (!published) return {};
  const auto& spec = published->spec;
  const auto text = spec.texts.find(spec.file);
  if (text == spec.texts.end()) return {};
  auto found = (PipelineOutline(SourceText(spec.file.string(), text->second)).*read)();
  for (auto& each : found) {
    for (const auto& [name, value] : published->overrides.parameters)
      if (name == each.name) each.description = value;
    for (const auto& [name, path] : published->overrides.inputs)
      if (name == each.name) each.description = path.string();
  }
  return found;
}

std::vector<OutlinedName> CompletionSurroundings::parameters() {
  return names(&PipelineOutline::parameters);
}

std::vector<OutlinedName> CompletionSurroundings::inputs() {
  return names(&PipelineOutline::inputs);
}

}  // namespace mlpipe
