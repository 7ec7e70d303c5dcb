#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/run.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "engine/step_environment.h"

namespace mlpipe {

/// How one thing that mlpipe relies on stands.
struct HealthCheck {
  enum class Level {
    ok,
    warning,  ///< Something does not work as well as it could, or wants a look.
    problem,  ///< Runs fail, or what they keep is in danger.
  };

  std::string name;
  Level level = Level::ok;
  std::string text;    ///< What was found.
  std::string advice;  ///< What to do; empty if nothing is to be done.
};

[[nodiscard]] std::string_view to_text(HealthCheck::Level level);

/// Where checks put what they find.
class HealthReport {
 public:
  void ok(std::string name, std::string text) {
    checks_.push_back({.name = std::move(name), .text = std::move(text)});
  }
  void warning(std::string name, std::string text, std::string advice) {
    checks_.push_back(
        {std::move(name), HealthCheck::Level::warning, std::move(text), std::move(advice)});
  }
  void problem(std::string name, std::string text, std::string advice) {
    checks_.push_back(
        {std::move(name), HealthCheck::Level::problem, std::move(text), std::move(advice)});
  }
  [[nodiscard]] const std::vector<HealthCheck>& checks() const { return checks_; }
  [[nodiscard]] std::size_t count(HealthCheck::Level level) const;

 private:
  std::vector<HealthCheck> checks_;
};

/// What is looked at. Nothing is changed but for files that are made to try something out and
/// removed at once, in the state directory only.
struct HealthSubject {
  Workspace workspace;
  std::string why_this_workspace;
  std::string file_error;  ///< Of mlpipe.yaml; then `workspace` has the defaults.
  Variables caller;

  [[nodiscard]] StateDirectory state() const { return {workspace.state_directory}; }
};

/// The workspace of a command that is started in the folder `start`. Throws Error only if
/// `explicit_root` is no folder.
[[nodiscard]] HealthSubject health_subject(
    const std::optional<std::filesystem::path>& explicit_root, const std::filesystem::path& start);

/// All checks, in the order in which they are told. None of them throws.
[[nodiscard]] HealthReport check_health(const HealthSubject& subject);

// The parts, one file each.
void check_filesystem(const HealthSubject& subject, HealthReport& report);
void check_clock(const HealthSubject& subject, HealthReport& report);
void check_database(const HealthSubject& subject, HealthReport& report);
void check_store(const HealthSubject& subject, HealthReport& report);
void check_leftovers(const HealthSubject& subject, HealthReport& report);
void check_programs(const HealthSubject& subject, HealthReport& report);
void check_places(const HealthSubject& subject, HealthReport& report);
void check_left_jobs(const HealthSubject& subject, HealthReport& report);

/// Jobs on other machines that no driver watches any more; none where that cannot be told.
[[nodiscard]] std::vector<JobElsewhere> jobs_that_are_left(const StateDirectory& state);
void check_machine(const HealthSubject& subject, HealthReport& report);

}  // namespace mlpipe
