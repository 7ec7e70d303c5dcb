#pragma once

#include <string>
#include <vector>

#include "view/axis.h"
#include "view/html.h"
#include "view/run_details.h"

namespace mlpipe {

/// A stretch of a step's time within its run.
struct TimelineSegment {
  enum class Kind {
    waiting,  ///< Its directory is being made, its outputs stored, or it waits for its next try.
    attempt,
  };

  Kind kind = Kind::attempt;
  Duration from{};  ///< Since the run started.
  Duration to{};
  Status status = Status::completed;  ///< Of the attempt; running while it goes on.
};

struct TimelineRow {
  std::string step;
  Status status = Status::not_started;
  bool reused = false;
  std::vector<TimelineSegment> segments;  ///< In time's order; of a reused step none.
  Duration at{};    ///< Since the run started: when the step began, or was found reusable.
  Duration took{};  ///< Of the attempt that counted; 0 if there was none.
};

/// What a run did when.
struct Timeline {
  Duration length{};  ///< Up to the run's end; of one that goes on to now, of a dead one to the
                      ///< last that is known of it.
  std::vector<TimelineRow> rows;  ///< Every step, in the order of the pipeline file.

  /// False if every step was reused or none began: a timeline would show nothing.
  [[nodiscard]] bool has_bars() const;
};

/// Where a run ended, as far as is known: see Timeline::length.
[[nodiscard]] TimePoint known_end(const RunDetails& details, TimePoint now);

[[nodiscard]] Timeline timeline_of(const RunDetails& details, TimePoint now);

/// A table with a bar for every step, for the report. Bars grow with the page; texts do not.
[[nodiscard]] Markup timeline_table(const Timeline& timeline);

}  // namespace mlpipe
