#include "engine/git_record.h"

#include <set>
#include <utility>

#include "base/look_recorder.h"

namespace mlpipe {

std::vector<std::filesystem::path> git_folders(const Pipeline& pipeline) {
  const auto spec_folder = pipeline.file.parent_path();
  std::vector<std::filesystem::path> folders = {spec_folder};
  std::set<std::filesystem::path> sources;
  for (const auto& step : pipeline.steps)
    if (!step.sources->directory.empty()) sources.insert(step.sources->directory);
  const std::string inside = spec_folder.native() + "/";
  for (const auto& source : sources)
    if (!source.native().starts_with(inside) && source != spec_folder) folders.push_back(source);
  return folders;
}

GitInBackground::GitInBackground(std::vector<std::filesystem::path> folders, bool with_diff)
    : folders_(std::move(folders)),
      with_diff_(with_diff),
      answer_(std::async(std::launch::async, [asked = folders_, with_diff] {
        const LookRecorder::Pause aside;  // whatever git looks at: it is asked again in every run
        return describe_git(asked, with_diff);
      })) {}

std::map<std::string, std::string> git_properties(const GitState& state) {
  std::map<std::string, std::string> properties;
  const auto put = [&properties](const char* name, const std::string& value) {
    if (!value.empty()) properties.emplace(name, value);
  };
  put("azureml.git.repository_uri", state.repository_uri);
  put("mlflow.source.git.repoURL", state.repository_uri);
  put("azureml.git.branch", state.branch);
  put("mlflow.source.git.branch", state.branch);
  put("azureml.git.commit", state.commit);
  put("mlflow.source.git.commit", state.commit);
  if (state.dirty) put("azureml.git.dirty", *state.dirty ? "True" : "False");
  put("azureml.git.build_id", state.build_id);
  put("azureml.git.build_uri", state.build_uri);
  put("mlpipe.git.answered_by", state.answered_by);
  put("mlpipe.git.note", state.note);
  return properties;
}

void record_git(const GitState& git, RunKey run, History& history) {
  for (const auto& [name, value] : git_properties(git)) history.set_property(run, name, value);
  if (git.diff.empty()) return;
  const Hash hash = hash_bytes(git.diff);
  history.remember_text(hash, git.diff);
  history.set_property(run, "mlpipe.git.diff", hash.hex());
  if (git.diff_truncated) history.set_property(run, "mlpipe.git.diff_truncated", "True");
}

}  // namespace mlpipe
