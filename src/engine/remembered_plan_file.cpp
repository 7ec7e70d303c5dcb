#include <utility>

#include "engine/remembered_files.h"
#include "engine/remembered_plan.h"
#include "store/field_codec.h"

namespace mlpipe {

void fields(auto& codec, FieldsOf<OutputRecord> auto& output) {
  auto& [name, object, content_hash, is_file, executable, file_name, bytes, files] = output;
  codec(name, object, content_hash, is_file, executable, file_name, bytes, files);
}

void fields(auto& codec, FieldsOf<ResultKey> auto& key) { codec(key.value); }

void fields(auto& codec, FieldsOf<NewestResult> auto& newest) {
  auto& [key, fingerprint, made] = newest;
  codec(key, fingerprint, made);
}

void fields(auto& codec, FieldsOf<RememberedStep> auto& step) {
  auto& [owners, needs, source, fingerprint, result, outputs, reason] = step;
  codec(owners, needs, source, fingerprint, result, outputs, reason);
}

void fields(auto& codec, FieldsOf<RememberedPlan> auto& plan) {
  auto& [withdrawn_results, newest, resolved_spec, looks, seen, passed_variables, steps] = plan;
  codec(withdrawn_results, newest, resolved_spec, looks, seen.owners, passed_variables, steps);
}

namespace {

RememberedFiles remembered_plans(const StateDirectory& state) {
  return {state.cache() / "plans", "mlpipe plan 3\n"};
}

}  // namespace

std::optional<RememberedPlan> read_remembered_plan(const StateDirectory& state, const Hash& key) {
  const LookRecorder::Pause aside;  // no plan hangs on what is remembered
  const auto bytes = remembered_plans(state).read(key);
  if (!bytes) return std::nullopt;
  FieldDecoder decoder(*bytes);
  RememberedPlan plan;
  decoder(plan);
  return decoder.ended_well() ? std::optional(std::move(plan)) : std::nullopt;
}

void write_remembered_plan(const StateDirectory& state, const Hash& key,
                           const RememberedPlan& plan) {
  FieldEncoder encoder;
  encoder(plan);
  remembered_plans(state).write(key, encoder.take());
}

}  // namespace mlpipe
