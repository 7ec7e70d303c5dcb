#include "spec/environment_file.h"

#include "base/text.h"
#include "spec/data_paths.h"

namespace mlpipe {

namespace {

/// A path in the file that must lead to something.
void check_path(const YamlValue& value, const std::string& what, const Scope& scope,
                Problems& problems) {
  if (!value.is_scalar()) {
    problems.error(value.mark, fmt::format("{} must be a path, not {}", what, kind_name(value)));
    return;
  }
  if (is_remote(value.text) || scope.file->frozen) return;
  const auto path = resolve_path(scope.folder(), value.text);
  if (!stat_if_accessible(path))
    problems.error(value.mark,
                   fmt::format("{}, '{}', {}{}", what, printable(value.text), why_missing(path),
                               similar_path(path)),
                   fmt::format("looked at {}", printable(path.string())));
}

void check_build(const YamlValue& value, const Scope& scope, Problems& problems) {
  const Fields fields(value, Place::environment_build, Spelling::cli_v2, "'build'", problems);
  if (const auto* path = fields.find("path"))
    check_path(*path, "the build context of the environment", scope, problems);
  else if (value.is_map())
    problems.error(value.mark, "'build' does not say where the build context is",
                   "expected path: …, the folder that holds the Dockerfile");
  fields.check_single("dockerfile_path", "'build'", problems);
}

}  // namespace

void check_inline_environment(const YamlValue& value, const Scope& scope, Problems& problems) {
  const Fields fields(value, Place::inline_environment, Spelling::cli_v2, "the environment",
                      problems);
  for (const auto* key : {"name", "version", "image", "os_type", "description"})
    fields.check_single(key, "the environment", problems);
  if (const auto* conda = fields.find("conda_file"); conda != nullptr && !conda->is_map())
    check_path(*conda, "the conda file of the environment", scope, problems);
  if (const auto* build = fields.find("build")) check_build(*build, scope, problems);
  if (fields.find("image") != nullptr && fields.find("build") != nullptr)
    problems.error(fields.find("build")->mark, "the environment has both 'image' and 'build'",
                   "an environment is made from an image or from a build context");
  if (fields.find("image") == nullptr && fields.find("build") == nullptr &&
      fields.find("conda_file") == nullptr && value.is_map())
    problems.error(value.mark, "the environment does not say what it is made from",
                   "expected image, conda_file or build; to name one that exists, write its name");
}

std::string read_environment_file(const NamedText& reference, const Scope& scope,
                                  Problems& problems) {
  const auto path = resolve_path(scope.folder(), std::string_view(reference.text).substr(5));
  try {
    auto& file =
        scope.files->open(path, scope.file->frozen, "environment file", printable(path.string()));
    const auto* root = file.document.root();
    if (root == nullptr) return path.stem();
    Scope inside{.spelling = Spelling::cli_v2, .file = &file, .files = scope.files};
    check_inline_environment(*root, inside, file.problems);
    const auto* name = root->find("name");
    return name != nullptr && name->is_scalar() ? name->text : path.stem().string();
  } catch (const Error& error) {
    problems.error(reference.mark, error.what());
    return path.stem();
  }
}

}  // namespace mlpipe
