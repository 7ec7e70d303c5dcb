#include "engine/unchanged_run.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/look_again.h"
#include "engine/git_record.h"
#include "store/encoding.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// What mlpipe itself and the interpreters that it looks for go by. No other variable counts but
/// those that steps are passed (UnchangedRun::passed_variables).
bool counts_for_plans(std::string_view name) {
  constexpr std::array whole = {"PATH", "HOME", "VIRTUAL_ENV", "TZ", "TZDIR", "LANG"};
  constexpr std::array beginnings = {"MLPIPE_", "PYTHON", "PYENV", "CONDA", "R_", "LD_", "LC_"};
  return std::find(whole.begin(), whole.end(), name) != whole.end() ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [name](const char* beginning) { return name.starts_with(beginning); });
}

std::string hash_of_variable(const Variables& caller, const std::string& name) {
  const auto found = caller.find(name);
  return found == caller.end() ? std::string() : hash_bytes(found->second).hex();
}

/// Puts texts one after the other, so that no two lists of them come to the same.
class KeyText {
 public:
  void add(std::string_view text) { append_text(text_, text); }
  void add_number(std::uint64_t value) { append_number(text_, value, 8); }
  template <class Pairs>
  void add_pairs(const Pairs& pairs) {
    add_number(pairs.size());
    for (const auto& [name, value] : pairs) {
      add(name);
      add(fs::path(value).native());
    }
  }
  void add_all(const std::vector<std::string>& texts) {
    add_number(texts.size());
    for (const auto& text : texts) add(text);
  }
  [[nodiscard]] Hash hash() const { return hash_bytes(text_); }

 private:
  std::string text_;
};

/// Whether a step is one of which Looks say all that its plan depends on.
bool is_seen_wholly(const Step& step, const StepPlace& place) {
  const auto has_address = [](const DataInput& input) {
    const auto* source = std::get_if<PathSource>(&input.source);
    return source != nullptr && !source->url.empty();
  };
  const auto goes_further = [](const DataOutput& output) {
    return !output.path.empty() || !output.asset_name.empty();
  };
  return !place.target->ssh && std::none_of(step.inputs.begin(), step.inputs.end(), has_address) &&
         std::none_of(step.outputs.begin(), step.outputs.end(), goes_further);
}

/// Whether nothing of what was seen was so young, when it was seen, that it could change without
/// its times telling. `age`: how long ago that may have been. Objects do not change: what counts of
/// them is the look that was recorded when they were stored.
bool are_at_rest(const std::vector<Look>& looks, const fs::path& objects, StatCache& cache,
                 std::chrono::nanoseconds age) {
  const std::int64_t margin_ns = 2'000'000'000 + age.count();
  const std::string in_objects = objects.native() + "/";
  std::map<std::uint64_t, std::int64_t> now_of;
  return std::all_of(looks.begin(), looks.end(), [&](const Look& look) {
    // An output that is not here lies on another machine, of which no look tells.
    if (look.path.starts_with(in_objects)) return look.stat.has_value();
    if (!look.stat || (!look.exact && look.stat->kind == FileKind::folder)) return true;
    const auto [now, is_new] = now_of.try_emplace(look.stat->dev, 0);
    if (is_new) now->second = cache.now_for(look.path, look.stat->dev);
    return std::max(look.stat->mtime_ns, look.stat->ctime_ns) < now->second - margin_ns;
  });
}

}  // namespace

std::optional<Hash> unchanged_run_key(const RunRequest& request, const Variables& caller) {
  if (request.recorded || request.refetch || request.trace_inputs || !request.queued_run_id.empty())
    return std::nullopt;
  if (!request.notifications.empty() || !request.selection.from.empty() ||
      request.selection.regenerate_outputs)
    return std::nullopt;
  const auto program = stat_file("/proc/self/exe");
  if (!program) return std::nullopt;
  KeyText key;
  key.add(MLPIPE_VERSION);
  for (const std::uint64_t value :
       {program->dev, program->ino, program->size, static_cast<std::uint64_t>(program->mtime_ns),
        std::uint64_t{::getuid()}})
    key.add_number(value);
  key.add(fs::current_path().native());
  key.add(request.spec_file.native());
  key.add(request.workspace ? request.workspace->native() : std::string());
  const auto& overrides = request.overrides;
  key.add_pairs(overrides.earlier_parameters);
  key.add_number(overrides.parameter_files.size());
  for (const auto& file : overrides.parameter_files) key.add(file.native());
  key.add_pairs(overrides.parameters);
  key.add_pairs(overrides.inputs);
  key.add_pairs(overrides.settings);
  for (const auto& text : {overrides.compute_target, overrides.experiment_name})
    key.add(text ? "=" + *text : std::string());
  key.add_all(request.selection.only);
  key.add_all(request.selection.until);
  key.add_all(request.watched_steps);
  key.add_number(request.everything_local ? 1 : 0);
  key.add_number(request.continue_on_step_failure ? 1 : 0);
  for (const auto& [name, value] : caller) {
    if (!counts_for_plans(name)) continue;
    key.add(name);
    key.add(value);
  }
  return key.hash();
}

bool still_holds(const UnchangedRun& run, const Variables& caller, WorkerPool& pool) {
  for (const auto& [name, hash] : run.passed_variables)
    if (hash_of_variable(caller, name) != hash) return false;
  const std::span<const Look> looks = run.looks;
  constexpr std::size_t a_piece = 256;
  std::atomic<bool> all{true};
  pool.for_each((looks.size() + a_piece - 1) / a_piece, [&](std::size_t piece) {
    const auto rest = looks.subspan(piece * a_piece);
    if (all && !still_hold(rest.first(std::min(rest.size(), a_piece)))) all = false;
  });
  return all;
}

std::optional<UnchangedRun> to_unchanged_run(const RunRecord& run, RunWorld& world,
                                             const std::vector<PlannedStep>& plan,
                                             const LookRecorder& recorder,
                                             std::int64_t withdrawn_results) {
  const auto& pipeline = world.opened.pipeline;
  if (!run.notifications.empty() || world.opened.assets.was_asked() ||
      !world.resolver.renewed_objects().empty())
    return std::nullopt;
  for (const auto& input : pipeline.inputs)
    if (!input.url.empty()) return std::nullopt;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
    if (!is_seen_wholly(pipeline.steps[i], world.opened.places.of({i}))) return std::nullopt;
  auto looks = recorder.looks();
  if (!looks) return std::nullopt;
  if (!are_at_rest(*looks, world.state.objects(), world.stats, recorder.age())) return std::nullopt;
  UnchangedRun unchanged{.run = run.key,
                         .withdrawn_results = withdrawn_results,
                         .looks = std::move(*looks),
                         .notices = world.opened.notices(),
                         .pipeline = run.pipeline,
                         .experiment = run.experiment,
                         .spec_file = run.spec_file,
                         .tags = pipeline.tags,
                         .parameters = run.parameters,
                         .properties = run.properties};
  for (const auto& step : pipeline.steps)
    for (const auto& name : step.pass_environment)
      unchanged.passed_variables[name] = hash_of_variable(world.opened.caller, name);
  for (const auto& folder : git_folders(pipeline)) unchanged.git_folders.push_back(folder.native());
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].decision == PlannedStep::Decision::reuse)
      unchanged.steps.emplace_back(pipeline.steps[i].name, plan[i].reason);
  return unchanged;
}

}  // namespace mlpipe
