#include "engine/unchanged_run_file.h"

#include <utility>

#include "engine/remembered_files.h"
#include "store/field_codec.h"

namespace mlpipe {

void fields(auto& codec, FieldsOf<UnchangedRun> auto& unchanged) {
  auto& [run, run_id, withdrawn_results, looks, passed_variables, notices, pipeline, experiment,
         spec_file, tags, parameters, properties, git_folders, steps] = unchanged;
  codec(run.value, run_id, withdrawn_results, looks, passed_variables, notices, pipeline,
        experiment, spec_file, tags, parameters, properties, git_folders, steps);
}

namespace {

RememberedFiles unchanged_runs(const StateDirectory& state) {
  return {state.cache() / "unchanged", "mlpipe unchanged run 3\n"};
}

}  // namespace

std::optional<UnchangedRun> read_unchanged_run(const StateDirectory& state, const Hash& key) {
  const auto bytes = unchanged_runs(state).read(key);
  if (!bytes) return std::nullopt;
  FieldDecoder decoder(*bytes);
  UnchangedRun run;
  decoder(run);
  return decoder.ended_well() ? std::optional(std::move(run)) : std::nullopt;
}

void write_unchanged_run(const StateDirectory& state, const Hash& key, const UnchangedRun& run) {
  FieldEncoder encoder;
  encoder(run);
  unchanged_runs(state).write(key, encoder.take());
}

}  // namespace mlpipe
