#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/copy_out.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "engine/clone_run.h"

namespace mlpipe {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// What runs the clone as the run was: nothing but the changed places makes a difference.
std::string command_for(const ClonedRun& cloned, const RunToRepeat& asked, const fs::path& root) {
  std::string text = fmt::format("mlpipe run -C {} {}", shell_quoted(root.native()),
                                 shell_quoted(cloned.file.native()));
  const auto add = [&text](const char* option, const std::string& value) {
    text += fmt::format(" {} {}", option, shell_quoted(value));
  };
  const auto& overrides = asked.overrides;
  for (const auto& [name, value] : overrides.parameters)
    add("-p", fmt::format("{}={}", name, value));
  for (const auto& [name, path] : overrides.inputs)
    add("-i", fmt::format("{}={}", name, path.native()));
  for (const auto& [key, value] : overrides.settings)
    add("--set", fmt::format("{}={}", key, value));
  if (overrides.compute_target) add("--compute-target", *overrides.compute_target);
  if (overrides.experiment_name) add("--experiment", *overrides.experiment_name);
  for (const auto& step : asked.selection.only) add("--only", step);
  for (const auto& step : asked.selection.until) add("--until", step);
  if (asked.everything_local) text += " --local";
  if (asked.continue_on_step_failure) text += " --continue-on-step-failure";
  return text;
}

json paths_json(const ClonedRun& cloned) {
  json links = json::array();
  for (const auto& [place, path] : cloned.links)
    links.push_back({{"path", place.string()}, {"leads_to", path.string()}});
  return links;
}

json texts_of(const std::vector<fs::path>& paths) {
  json list = json::array();
  for (const auto& path : paths) list.push_back(path.string());
  return list;
}

}  // namespace

int clone_command(const Arguments& arguments) {
  if (arguments.destination.empty())
    fail(ErrorKind::usage, "DIR is empty: expected the folder to write to");
  OpenedHistory opened(arguments);
  const StoreUse use(opened.state);
  ObjectStore store(opened.state.objects(), opened.state.scratch(), use.begun_ns);
  const auto run = find_run_to_repeat(opened.history, opened.find_run(arguments.run), store);
  const auto cloned = clone_run(run, store, opened.workspace.root, arguments.destination);
  const auto command = command_for(cloned, run.asked, opened.workspace.root);
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"run_id", run.record.id},
                                      {"destination", cloned.folder.string()},
                                      {"spec_file", cloned.file.string()},
                                      {"files", cloned.files},
                                      {"links", paths_json(cloned)},
                                      {"conflicts", texts_of(cloned.conflicts)},
                                      {"unreachable", texts_of(cloned.unreachable)},
                                      {"absolute", texts_of(cloned.absolute)},
                                      {"command", command}}));
    return 0;
  }
  fmt::print("run {} is in {}: {}\n", run.record.id, printable(cloned.folder.native()),
             counted(cloned.files, "file"));
  for (const auto& [place, path] : cloned.links)
    fmt::print("  {} is a link: data are not copied, they are still in {}\n",
               printable(place.native()), printable(path.native()));
  for (const auto& path : cloned.conflicts)
    fmt::print("  {} was changed while the run went on; this is the version of one of its steps\n",
               printable(path.native()));
  for (const auto& path : cloned.unreachable)
    fmt::print("  {} is not in it, and no link leads there: a relative path to it leads astray\n",
               printable(path.native()));
  for (const auto& path : cloned.absolute)
    fmt::print("  {} is named by its whole path: what lies there now is run, not the copy here\n",
               printable(path.native()));
  if (!run.asked.selection.only.empty() || !run.asked.selection.until.empty())
    fmt::print("  the sources of steps that the run did not include are not in it\n");
  for (const auto& [reference, version] : run.asked.versions)
    fmt::print("  '{}' was {} then\n", printable(reference), printable(version));
  fmt::print("run it as it was: {}\n", printable(command));
  return 0;
}

}  // namespace mlpipe
