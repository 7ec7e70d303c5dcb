#pragma once

#include <string>

#include "cli/terminal.h"
#include "view/plot_text.h"
#include "view/run_details.h"
#include "view/timeline.h"

namespace mlpipe {

/// A step's bar in exactly `columns` columns, without colours: what is drawn where.
[[nodiscard]] std::string bar_text(const TimelineRow& row, Duration length, std::size_t columns,
                                   Glyphs glyphs);

/// When each step of a run ran, as bars on the run's own time, with a blank line before; "" if
/// nothing ran, if there is too little room for bars, or if `out` is no terminal and it is not
/// `asked_for`.
[[nodiscard]] std::string timeline_text(const RunDetails& details, const Terminal& out,
                                        bool asked_for);

/// What the caller's locale lets a drawing use.
[[nodiscard]] Glyphs terminal_glyphs();

}  // namespace mlpipe
