#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/copy_out.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/transfer_progress.h"
#include "engine/run_outputs.h"
#include "store/object_store.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// What people write for an output; the artifact folders go by their folder's name.
std::string recorded_name(const std::string& written) {
  if (written == "outputs") return std::string(artifacts_output);
  if (written == "logs") return std::string(logs_output);
  return written;
}

/// An output, and when gc gave up the result it is of; unset: it did not.
struct FoundOutput {
  OutputRecord output;
  TimePoint collected{};
};

FoundOutput find_output(OpenedHistory& opened, const RunRecord& run, const std::string& written) {
  std::string wanted = written;
  if (const auto made = find_pipeline_output(run, written))
    wanted = made->step + "." + made->output;
  const auto dot = wanted.rfind('.');
  if (dot == std::string::npos)
    fail(ErrorKind::usage,
         "'{}' names no output: expected STEP.OUTPUT, such as train.model, or an output of the "
         "pipeline",
         printable(wanted));
  const auto step = opened.find_step(run, wanted.substr(0, dot));
  const std::string name = recorded_name(wanted.substr(dot + 1));
  const auto result = step.result ? opened.history.find_result(*step.result) : std::nullopt;
  if (!result)
    fail(ErrorKind::not_found, "step '{}' of run {} has no outputs: it is {}", step.step, run.id,
         to_text(step.status));
  std::vector<std::string> known;
  for (const auto& output : result->outputs) {
    if (output.name == name) return {output, result->collected};
    known.push_back(output.name == artifacts_output ? "outputs"
                    : output.name == logs_output    ? "logs"
                                                    : output.name);
  }
  if (name == artifacts_output || name == logs_output)
    fail(ErrorKind::not_found, "step '{}' of run {} left nothing in ./{}; it has {}", step.step,
         run.id, wanted.substr(dot + 1),
         known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
  fail(ErrorKind::not_found, "step '{}' has no output '{}'{}; it has {}", step.step, name,
       did_you_mean(name, known),
       known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace

int get_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const StoreUse use(opened.state);
  const auto [output, collected] = find_output(opened, run, arguments.output);
  ObjectStore store(opened.state.objects(), opened.state.scratch(), use.begun_ns);
  TransferLine progress;
  if (!fetch_output({opened.workspace, opened.state, opened.history, store, progress.told()},
                    output.object)) {
    if (collected != TimePoint{})
      fail(ErrorKind::not_found,
           "output '{}' of run {} was collected by gc on {}; run the pipeline again to make it "
           "anew",
           arguments.output, run.id, local_time_text(collected));
    fail(ErrorKind::system,
         "output '{}' of run {} is missing or damaged in the store; run the pipeline again to make "
         "it anew",
         arguments.output, run.id);
  }
  const fs::path folder = copy_out(store, output.object, arguments.destination);
  if (arguments.json)
    fmt::print("{}\n", json_document({{"output", arguments.output},
                                      {"run_id", run.id},
                                      {"destination", folder.string()},
                                      {"files", output.files},
                                      {"bytes", output.bytes}}));
  else
    fmt::print("{} of run {}: {}, {} in {}\n", arguments.output, run.id,
               counted(output.files, "file"), size_text(output.bytes), folder.string());
  return 0;
}

}  // namespace mlpipe
