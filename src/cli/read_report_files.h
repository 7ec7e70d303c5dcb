#pragma once

#include "cli/opened_history.h"
#include "view/report_data.h"

namespace mlpipe {

/// What a report shows of a run's logs and outputs, read within its limits: one entry for each
/// step. What cannot be read is told there as left out.
[[nodiscard]] std::vector<StepFiles> read_report_files(OpenedHistory& opened,
                                                       const RunDetails& details,
                                                       const ReportLimits& limits = {});

}  // namespace mlpipe
