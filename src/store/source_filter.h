#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/ignore_rules.h"
#include "store/source_folder.h"

namespace mlpipe {

/// How much of a folder is taken.
enum class Taken : std::uint8_t {
  nothing,
  partly,  ///< Only what SourceFolder::include names below it.
  wholly,  ///< All that the ignore rules leave.
};

/// Decides what of a source directory a step sees: the ignore rules, `include` and `left_out`.
/// What `include` names is taken even if the rules ignore it; below it they hold.
class SourceFilter {
 public:
  /// Throws Error(invalid_file) for an `include` that is not there or leaves the folder.
  explicit SourceFilter(const SourceFolder& source);

  /// For the root itself.
  [[nodiscard]] Taken root() const { return include_.empty() ? Taken::wholly : Taken::partly; }

  [[nodiscard]] const IgnoreRules& rules() const { return rules_; }

  /// For what is at `path` (relative to the root), in a folder that is taken `around`.
  [[nodiscard]] Taken take(const IgnoreScope& scope, Taken around, std::string_view path,
                           bool is_folder) const;

  /// Whether the folder at `path` (relative to the root) is on the way to an output's `path:`, and
  /// so no source as long as nothing else is in it.
  [[nodiscard]] bool is_for_outputs(std::string_view path) const;

 private:
  void add_include(const SourceFolder& source);
  void add_left_out(const std::string& path);
  [[nodiscard]] bool is_of_a_run(std::string_view path) const;

  IgnoreRules rules_;
  std::set<std::string, std::less<>> include_;
  std::set<std::string, std::less<>> left_out_;
  /// What stands before and behind a run's id in the paths of outputs that each run has its own of.
  std::vector<std::pair<std::string, std::string>> left_out_of_runs_;
  std::set<std::string, std::less<>> usually_left_out_;
  std::string_view run_id_letters_;
  std::size_t run_id_length_ = 0;
};

}  // namespace mlpipe
