#include "engine/request_key.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/file.h"
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

}  // namespace

std::optional<Hash> request_key(const RunRequest& request, const Variables& caller) {
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

}  // namespace mlpipe
