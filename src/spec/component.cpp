#include "spec/component.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "core/asset.h"
#include "spec/data_paths.h"
#include "spec/declarations.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr int deepest_nesting = 100;

bool is_file_reference(const std::string& text, const Scope& outer) {
  if (text.starts_with("azureml:")) return false;
  if (text.find('/') != std::string::npos || text.ends_with(".yml") || text.ends_with(".yaml"))
    return true;
  try {
    return stat_file(resolve_path(outer.folder(), text)).has_value();
  } catch (const Error&) {
    return false;
  }
}

/// "a.yml -> b.yml -> a.yml", if `file` is open already; else "".
std::string circle_through(const SpecFile& file, const Scope& outer) {
  const auto* open = &outer;
  while (open != nullptr && open->file != &file) open = open->outer;
  if (open == nullptr) return {};
  std::string names = file.source.name();
  const SpecFile* last = nullptr;
  for (const auto* scope = &outer; scope != nullptr; scope = scope->outer) {
    if (scope->file != last) names.insert(0, scope->file->source.name() + " -> ");
    last = scope->file;
    if (last == &file) return names;
  }
  return {};
}

class ComponentFinder {
 public:
  ComponentFinder(const YamlValue& reference, const Scope& outer, Problems& problems)
      : reference_(reference), outer_(outer), problems_(problems) {}

  std::optional<WrittenComponent> find() {
    if (reference_.is_map())
      return WrittenComponent{.file = outer_.file, .root = &reference_, .name = "the component"};
    if (!reference_.is_scalar()) {
      problems_.error(reference_.mark,
                      fmt::format("a component must be named or written as a map, not {}",
                                  kind_name(reference_)),
                      "for example component: ./train.yml");
      return std::nullopt;
    }
    auto text = reference_.text;
    if (text.starts_with("file:")) text.erase(0, 5);
    try {
      return is_file_reference(text, outer_) ? in_file(text) : registered(text);
    } catch (const Error& error) {
      const bool is_name = parse_asset_reference(text) && error.kind() == ErrorKind::not_found;
      problems_.error(reference_.mark, error.what(), is_name ? how_to_register(text) : "");
      return std::nullopt;
    }
  }

 private:
  static std::string how_to_register(const std::string& text) {
    const auto reference = parse_asset_reference(text);
    const auto version =
        reference->version.empty() ? std::string() : " --version " + reference->version;
    return fmt::format("{}mlpipe component create --file FILE --name {}{}",
                       text.starts_with("azureml://registries/")
                           ? "mlpipe fetches nothing from registries; put one in its place: "
                           : "register it: ",
                       printable(reference->name), version);
  }

  std::optional<WrittenComponent> in_file(const std::string& text) {
    const auto path = resolve_path(outer_.folder(), text);
    const auto beside = fs::path(outer_.file->source.name()).parent_path() / text;
    return opened(path, outer_.file->frozen,
                  fs::path(text).is_absolute() ? text : beside.lexically_normal().string());
  }

  std::optional<WrittenComponent> registered(const std::string& text) {
    const auto reference = parse_asset_reference(text);
    if (!reference) {
      problems_.error(reference_.mark, fmt::format("'{}' names no component", printable(text)),
                      "expected a file such as ./train.yml, or azureml:NAME:VERSION");
      return std::nullopt;
    }
    auto* assets = outer_.context == nullptr ? nullptr : outer_.context->assets;
    if (assets == nullptr) {
      problems_.error(
          reference_.mark,
          fmt::format("there is no component '{}': nothing is registered here", printable(text)),
          "write the path of its file, such as ./train.yml");
      return std::nullopt;
    }
    if (outer_.context->to_be_frozen && reference->version.empty()) {
      problems_.error(
          reference_.mark,
          fmt::format("'{}' names no version of the component, and may mean another one "
                      "later",
                      printable(text)),
          "what a registered component uses must not change: write azureml:NAME:VERSION");
      return std::nullopt;
    }
    auto found = assets->component(*reference);
    const auto frozen = outer_.files->keep(found.name + ":" + found.version, std::move(found.spec));
    auto opened_file = opened(
        frozen->file, frozen,
        fmt::format("{}:{}/{}", found.name, found.version, frozen->file.filename().string()));
    if (opened_file)
      opened_file->name = fmt::format("the component '{}:{}'", found.name, found.version);
    return opened_file;
  }

  std::optional<WrittenComponent> opened(const fs::path& path,
                                         const std::shared_ptr<const FrozenSpec>& frozen,
                                         const std::string& shown) {
    auto& file = outer_.files->open(path, frozen, "component file", printable(shown));
    if (const auto circle = circle_through(file, outer_); !circle.empty()) {
      problems_.error(reference_.mark, "the component files use each other in a circle: " + circle,
                      "a component cannot be a part of itself");
      return std::nullopt;
    }
    if (file.document.root() == nullptr) return std::nullopt;  // reported with the file
    return WrittenComponent{.file = &file,
                            .root = file.document.root(),
                            .name = fmt::format("the component '{}'", printable(shown)),
                            .is_own_file = true};
  }

  const YamlValue& reference_;
  const Scope& outer_;
  Problems& problems_;
};

/// A flow of Azure ML's prompt flow, or a run of one, in the place of a component.
bool is_flow(const YamlValue& root) {
  return root.is_map() && root.find("command") == nullptr && root.find("jobs") == nullptr &&
         (root.find("nodes") != nullptr || root.find("flow") != nullptr);
}

Place place_of(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, Place>, 4> others = {
      {{"parallel", Place::parallel},
       {"spark", Place::spark},
       {"data_transfer", Place::data_transfer},
       {"import", Place::import_data}}};
  for (const auto& [word, place] : others)
    if (word == type) return place;
  return Place::component;
}

/// The type that a component says it is of, or that its keys show.
std::string type_of(const YamlValue& root, Problems& problems) {
  const bool holds_steps = root.find("jobs") != nullptr || root.find("steps") != nullptr;
  const auto* type = root.find("type");
  if (type == nullptr || type->is_null()) return holds_steps ? "pipeline" : "command";
  auto word = type->is_scalar() ? lower_case(type->text) : std::string();
  static const std::vector<std::string> known = {"command", "pipeline",      "parallel",
                                                 "spark",   "data_transfer", "import"};
  if (std::find(known.begin(), known.end(), word) != known.end()) return word;
  problems.error(type->mark,
                 fmt::format("unknown type '{}' of a component{}", printable(type->text),
                             problems.suggestion(word, known)),
                 "expected command or pipeline");
  return "";
}

/// What a component says of itself, and what it cannot say.
void check_head(const ComponentUse& component) {
  auto& problems = component.problems();
  const auto& fields = component.fields;
  for (const auto* key : {"name", "version", "display_name", "description"})
    fields.check_single(key, component.name, problems);
  if (const auto* tags = fields.find("tags"); tags != nullptr && !tags->is_map())
    problems.error(tags->mark, fmt::format("'tags' must be a map from names to values, not {}",
                                           kind_name(*tags)));
  if (fields.place() != Place::component) return;
  for (const auto* key : {"settings", "compute_target", "experiment_name"})
    if (const auto* entry = fields.entry(key))
      problems.warning(entry->mark, fmt::format("'{}' has no effect in a component", entry->key),
                       "it belongs to the pipeline that is run");
  static constexpr std::array<const char*, 15> of_commands = {
      "source_directory", "include",     "additional_includes",   "script_name",      "arguments",
      "command",          "environment", "environment_variables", "pass_environment", "resources",
      "limits",           "retry",       "distribution",          "hash_paths",       "isolation"};
  const auto refuse = [&](const char* key) {
    if (const auto* entry = fields.entry(key))
      problems.error(
          entry->mark,
          fmt::format("{} is a {} and has no '{}'", component.name, component.type, entry->key),
          component.type == "pipeline" ? "write it to its steps"
                                       : "a component with steps is of type: pipeline");
  };
  if (component.type == "pipeline")
    for (const auto* key : of_commands) refuse(key);
  else
    refuse("steps");
}

}  // namespace

Spelling component_spelling(const YamlValue& root) {
  for (const auto* key :
       {"steps", "source_directory", "script_name", "arguments", "parameters", "allow_reuse"})
    if (root.find(key) != nullptr) return Spelling::ours;
  return Spelling::cli_v2;
}

std::shared_ptr<ComponentUse> make_component(const WrittenComponent& written, const Scope& outer,
                                             const Pipeline& pipeline) {
  auto& problems = written.file->problems;
  const auto& root = *written.root;
  int depth = 0;
  for (const auto* scope = &outer; scope != nullptr; scope = scope->outer) ++depth;
  if (depth > deepest_nesting) {
    problems.error(root.mark,
                   fmt::format("components are nested more than {} deep", deepest_nesting));
    return nullptr;
  }
  if (!root.is_map()) {
    problems.error(root.mark, fmt::format("a component must be a map, not {}", kind_name(root)),
                   "expected keys such as type, inputs, outputs, command");
    return nullptr;
  }
  auto use = std::make_shared<ComponentUse>();
  use->name = written.name;
  use->mark = root.mark;
  use->is_own_file = written.is_own_file;
  use->type = type_of(root, problems);
  if (use->type.empty()) return nullptr;
  auto& scope = use->scope;
  scope.spelling = written.is_own_file ? component_spelling(root) : outer.spelling;
  scope.file = written.file;
  scope.files = outer.files;
  scope.context = outer.context;
  scope.outer = &outer;
  scope.is_component = use->type != "pipeline";
  scope.default_compute_target = outer.default_compute_target;
  scope.default_datastore = outer.default_datastore;
  use->fields =
      Fields(root, place_of(use->type), scope.spelling, use->name, problems,
             scope.spelling == Spelling::cli_v2 ? UnknownKeys::warn : UnknownKeys::as_place);
  check_head(*use);
  declare_inputs(use->fields, scope, problems);
  Resolver resolver(scope, pipeline, problems);
  read_pipeline_outputs(use->fields, scope, resolver, problems);
  return use;
}

std::shared_ptr<ComponentUse> load_component(const YamlValue& reference, const Scope& outer,
                                             const Pipeline& pipeline) {
  const auto found = ComponentFinder(reference, outer, outer.file->problems).find();
  if (found && is_flow(*found->root)) {
    outer.file->problems.error(
        reference.mark, fmt::format("{} is a prompt flow, which mlpipe does not run", found->name),
        "put a component in its place that runs the flow by a command");
    return nullptr;
  }
  return found ? make_component(*found, outer, pipeline) : nullptr;
}

}  // namespace mlpipe
