#include "engine/step_source.h"

#include "core/run.h"

namespace mlpipe {

SourceFolder source_of(const Step& step, const std::set<std::string>& written_paths) {
  SourceFolder source{.root = step.sources->directory,
                      .include = step.sources->include,
                      .added = step.sources->added,
                      .left_out = {},
                      .usually_left_out = step.sources->left_out,
                      .run_id_letters = run_id_letters,
                      .run_id_length = run_id_length};
  const auto leave_out_below = [&](const std::filesystem::path& folder) {
    const std::string inside = folder.native() + "/";
    for (auto path = written_paths.lower_bound(inside);
         path != written_paths.end() && path->starts_with(inside); ++path)
      source.left_out.emplace_back(*path);
  };
  leave_out_below(step.sources->directory);
  for (const auto& added : step.sources->added) leave_out_below(added);
  return source;
}

}  // namespace mlpipe
