#pragma once

#include "core/workspace.h"
#include "engine/collect_garbage.h"

namespace mlpipe {

/// After collect_garbage(): the same on the machines to which this workspace sent anything, by
/// what `report.needed` says; adds to the report. A machine that cannot be reached is one of its
/// `elsewhere`, with the problem.
void collect_garbage_elsewhere(const Workspace& workspace, const StateDirectory& state,
                               History& history, const GarbageRequest& request,
                               GarbageReport& report);

}  // namespace mlpipe
