// Where a step's sources come from.
#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/step_reader.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::optional<FileKind> kind_at(const fs::path& path) {
  try {
    const auto stat = stat_file(path);
    return stat ? std::optional(stat->kind) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

void StepReader::read_work() {
  read_source_directory();
  const bool is_one_file = !sources_.include.empty();
  if (is_own_file_ && !sources_.directory.empty() && !is_one_file)
    sources_.left_out.push_back(scope_.file->path);
  read_action();
  read_include();
  read_additional_includes();
  read_hash_paths();
  take_frozen_source();
}

void StepReader::read_source_directory() {
  const auto* written = fields_.find("source_directory");
  if (written != nullptr && scope_.context != nullptr && scope_.context->to_be_frozen &&
      has_expression(written->text)) {
    problems_.error(written->mark,
                    "the sources of a registered component cannot depend on its inputs",
                    "write the path of a folder");
    return;
  }
  const auto directory = text_field(fields_, "source_directory");
  if (!directory) return;
  if (is_remote(directory->text)) {
    problems_.error(directory->mark,
                    fmt::format("mlpipe does not fetch the source directory '{}' yet",
                                printable(directory->text)),
                    "download it and write its path");
    return;
  }
  sources_.directory = resolve_path(scope_.folder(), directory->text);
  if (is_single_source(sources_.directory)) {
    sources_.is_file = true;
    sources_.include.push_back(sources_.directory.filename());
    sources_.directory = sources_.directory.parent_path();
    return;
  }
  if (is_frozen()) return;
  const auto kind = kind_at(sources_.directory);
  const auto shown = printable(directory->text);
  if (!kind)
    problems_.error(directory->mark,
                    fmt::format("the source directory '{}' {}{}", shown,
                                why_missing(sources_.directory), similar_path(sources_.directory)),
                    fmt::format("looked at {}", printable(sources_.directory.string())));
  else if (*kind != FileKind::folder)
    problems_.error(directory->mark,
                    fmt::format("the source directory '{}' is a file, not a folder", shown),
                    "name the folder that holds the script");
}

bool StepReader::is_single_source(const fs::path& path) const {
  if (scope_.spelling == Spelling::ours) return false;
  return is_frozen() ? scope_.file->frozen->source_files.contains(path)
                     : kind_at(path) == FileKind::file;
}

void StepReader::read_include() {
  if (const auto* value = fields_.find("include"); value != nullptr && !sources_.include.empty()) {
    problems_.error(value->mark, "'include' chooses from a folder, but 'code' names a file",
                    "name the folder, or take 'include' out");
    return;
  }
  for (const auto& path : texts("include")) {
    if (!stays_below(path.text))
      problems_.error(path.mark,
                      fmt::format("'{}' leads out of the source directory", printable(path.text)),
                      "expected a path below the source directory");
    else if (sources_.directory.empty())
      problems_.error(path.mark, "'include' needs a source directory to take files from",
                      fmt::format("add {}: …", fields_.word("source_directory")));
    else if (!is_frozen() && !kind_at(sources_.directory / path.text))
      problems_.error(path.mark,
                      fmt::format("'{}' is not in the source directory '{}'", printable(path.text),
                                  printable(sources_.directory.string())));
    sources_.include.push_back(fs::path(path.text).lexically_normal().string());
  }
  const auto* script = std::get_if<ScriptAction>(&step_.action);
  if (sources_.include.empty() || script == nullptr) return;
  // A script that is run is needed, whether it was listed or not.
  const bool listed =
      std::any_of(sources_.include.begin(), sources_.include.end(), [&](const std::string& path) {
        const auto folder = path.ends_with('/') ? path : path + '/';
        return path == script->script_name || path == "." ||
               script->script_name.starts_with(folder);
      });
  if (!listed) sources_.include.push_back(script->script_name);
}

void StepReader::read_hash_paths() {
  for (const auto& path : texts("hash_paths")) {
    if (sources_.directory.empty()) {
      problems_.error(path.mark,
                      "'hash_paths' are relative to the source directory, which this step "
                      "does not have",
                      fmt::format("add {}: …", fields_.word("source_directory")));
      return;
    }
    const auto place = (sources_.directory / path.text).lexically_normal();
    const FrozenHashPath* as_it_was = nullptr;
    if (is_frozen())
      if (const auto found = scope_.file->frozen->hash_paths.find(place);
          found != scope_.file->frozen->hash_paths.end())
        as_it_was = &found->second;
    if (as_it_was != nullptr) sources_.frozen_hash_paths.emplace(path.text, *as_it_was);
    if (!kind_at(place))
      problems_.error(
          path.mark,
          fmt::format("the path '{}' of 'hash_paths' does not exist", printable(path.text)),
          fmt::format("looked at {}",
                      printable(resolve_path(sources_.directory, path.text).string())));
    sources_.hash_paths.push_back(path.text);
  }
}

void StepReader::read_additional_includes() {
  for (const auto& path : texts("additional_includes")) read_additional_include(path);
  std::sort(sources_.added.begin(), sources_.added.end());
}

/// As Azure ML has it (azureml.md 3.4): relative to the file, put beside the sources under its base
/// name.
void StepReader::read_additional_include(const NamedText& written) {
  const auto shown = printable(written.text);
  const auto name = fs::path(written.text).lexically_normal();
  const auto base = (name.has_filename() ? name : name.parent_path()).filename();
  if (name.is_absolute()) {
    problems_.error(written.mark,
                    fmt::format("'{}' of 'additional_includes' is an absolute path", shown),
                    "expected a path relative to this file, so that the file works elsewhere, too");
    return;
  }
  if (base.empty() || base == "." || base == "..") {
    problems_.error(written.mark,
                    fmt::format("'{}' of 'additional_includes' has no name to be put under", shown),
                    "name a file or folder, as in ../common");
    return;
  }
  const auto path = resolve_path(scope_.folder(), written.text);
  if (!is_frozen() && !kind_at(path)) {
    const bool zips =
        path.extension() == ".zip" && kind_at(path.parent_path() / path.stem()) == FileKind::folder;
    problems_.error(written.mark,
                    zips
                        ? fmt::format("mlpipe does not make '{}' of 'additional_includes' from the "
                                      "folder '{}'",
                                      shown, printable(path.stem().string()))
                        : fmt::format("'{}' of 'additional_includes' {}{}", shown,
                                      why_missing(path), similar_path(path)),
                    zips ? "name the folder itself, or zip it before"
                         : fmt::format("looked at {}", printable(path.string())));
  }
  const bool twice = std::any_of(sources_.added.begin(), sources_.added.end(),
                                 [&](const fs::path& other) { return other.filename() == base; });
  const bool in_sources = sources_.is_file
                              ? sources_.include.front() == base
                              : !sources_.directory.empty() && kind_at(sources_.directory / base);
  if (twice || (!is_frozen() && in_sources))
    problems_.error(written.mark,
                    fmt::format("'{}' of 'additional_includes' would be put under the name '{}', "
                                "which {}",
                                shown, printable(base.string()),
                                twice ? "another one has, too" : "the sources have already"),
                    "rename one of them");
  sources_.added.push_back(path);
}

/// The sources of what is frozen are in the store. Those that were not recorded are known to be
/// somewhere else (`Hash{}`): who needs them says so.
void StepReader::take_frozen_source() {
  if (!is_frozen()) return;
  sources_.is_registered = scope_.files->is_registered(*scope_.file);
  const auto& sources = scope_.file->frozen->sources;
  if (sources_.is_empty()) return;
  const auto found = sources.find(source_key(step_));
  if (found == sources.end() && sources_.is_registered)
    problems_.error(mark_, "the sources are not among those that were recorded with this file",
                    "register the component again");
  sources_.frozen = found == sources.end() ? Hash{} : found->second;
  const auto& places = scope_.file->frozen->places;
  if (const auto place = places.find(*sources_.frozen); place != places.end())
    sources_.frozen_place = place->second;
}

}  // namespace mlpipe
