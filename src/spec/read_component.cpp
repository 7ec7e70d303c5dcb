#include "spec/read_component.h"

#include <utility>

#include "base/text.h"
#include "core/asset.h"
#include "spec/component.h"
#include "spec/pipeline_body.h"
#include "spec/spec_files.h"

namespace mlpipe {

namespace {

std::string text_of(const Fields& fields, const char* key) {
  const auto* value = fields.find(key);
  return value != nullptr && value->is_scalar() ? value->text : std::string();
}

void read_head(const ComponentUse& component, ComponentFile& read) {
  // What nothing registers may be called as one likes.
  if (const auto* name = component.fields.find("name");
      name != nullptr && name->is_scalar() && !is_asset_word(name->text))
    component.problems().error(
        name->mark, fmt::format("'{}' cannot be the name of a component", printable(name->text)),
        "letters, digits, '_', '.' and '-', the first a letter or digit");
  read.type = component.type;
  read.name = text_of(component.fields, "name");
  read.version = text_of(component.fields, "version");
  read.display_name = text_of(component.fields, "display_name");
  read.description = text_of(component.fields, "description");
  if (const auto* tags = component.fields.find("tags"); tags != nullptr && tags->is_map())
    for (const auto& tag : tags->entries)
      if (tag.value->is_scalar()) read.tags[tag.key] = tag.value->text;
}

}  // namespace

ComponentFile read_component(const std::filesystem::path& file, const SpecContext& context) {
  SpecFiles files;
  auto& first = files.open_first(file, {}, nullptr);
  if (first.document.root() == nullptr) files.throw_if_any();
  Scope outer{.spelling = component_spelling(*first.document.root()),
              .file = &first,
              .files = &files,
              .context = &context};
  Pipeline pipeline{.file = first.path};
  ComponentFile read{.file = first.path};
  const auto component = make_component(
      {.file = &first, .root = first.document.root(), .name = "the component", .is_own_file = true},
      outer, pipeline);
  if (!component) files.throw_if_any();
  read_head(*component, read);
  const PipelineOverrides none;
  PipelineBody body(pipeline, none);
  if (component->type == "pipeline") {
    body.declare_steps(component->fields, component->scope);
    if (body.gave_up()) files.throw_if_any();
    body.read_outputs(component->scope);
    body.read_steps(component->scope);
    warn_of_unwritten_outputs(component->scope);
  } else {
    body.read_unused_component(component, outer);
  }
  files.throw_if_any();
  read.warnings = files.warnings();
  read.texts = files.take_texts();
  read.steps = std::move(pipeline.steps);
  return read;
}

}  // namespace mlpipe
