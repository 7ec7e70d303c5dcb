#pragma once

#include "view/html.h"
#include "view/report_data.h"

namespace mlpipe {

/// Every step's metrics in a table, and a plot for each that was written step by step; empty if
/// there are none.
[[nodiscard]] Markup metrics_part(const ReportData& data);

}  // namespace mlpipe
