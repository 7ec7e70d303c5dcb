#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "registry/schedule_record.h"

namespace mlpipe {

/// Schedules and what became of the moments at which they were due, in the history's database.
/// Writes outside of a batch of the history are one transaction each, and on disk when they return.
class Schedules {
 public:
  /// `history` outlives this object. What is decided is durable from then on (semantics.md 4).
  explicit Schedules(History& history);

  /// Throws Error(usage) if it cannot be a schedule's name.
  static void check_name(const std::string& name);

  /// A new schedule, due from `schedule.settled` on. Throws Error(usage) for a bad name and one
  /// that is there.
  ScheduleRecord create(ScheduleRecord schedule);
  /// Throws Error(not_found), with the nearest name.
  [[nodiscard]] ScheduleRecord get(const std::string& name);
  [[nodiscard]] std::optional<ScheduleRecord> find(std::string_view name);
  /// By name.
  [[nodiscard]] std::vector<ScheduleRecord> all();

  /// Put `schedule` in the place of `seen`, whose key and name it has. False, and nothing is
  /// changed, if it was changed otherwise or deleted since `seen` was read. What it settled
  /// meanwhile stays settled.
  [[nodiscard]] bool update(const ScheduleRecord& seen, const ScheduleRecord& schedule);
  /// False: it was so already. What was due while it was disabled is not made up for.
  bool set_enabled(const std::string& name, bool enabled, TimePoint at);
  void remove(const std::string& name, TimePoint at);

  /// Note what became of moments, and that all up to `until` are decided. False, and nothing is
  /// noted, if somebody else was faster, or it was changed, disabled or deleted, since `seen` was
  /// read. To be called in the transaction in which the runs are promised. Of each schedule the
  /// newest 10,000 moments are kept.
  [[nodiscard]] bool settle(const ScheduleRecord& seen, TimePoint until,
                            const std::vector<Fire>& fires);
  /// It was triggered by hand.
  void note(const ScheduleRecord& schedule, const Fire& fire);
  /// The newest first.
  [[nodiscard]] std::vector<Fire> fires_of(ScheduleKey schedule, std::size_t most);
  /// The names of schedules, not deleted, that submit to this endpoint; of a version, that one.
  /// `is_default`: also those that submit what is the default.
  [[nodiscard]] std::vector<std::string> names_that_submit(std::string_view endpoint,
                                                           std::string_view version = {},
                                                           bool is_default = false);

 private:
  /// Whether it is what it was, and runs what it ran, when `seen` was read.
  [[nodiscard]] bool is_unchanged(const ScheduleRecord& seen);

  History& history_;
};

}  // namespace mlpipe
