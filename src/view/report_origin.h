#pragma once

#include "view/html.h"
#include "view/report_data.h"

namespace mlpipe {

// What a run was made from. Each is empty if nothing is known.

[[nodiscard]] Markup parameters_part(const ReportData& data);  ///< And the pipeline's inputs.
[[nodiscard]] Markup tags_part(const ReportData& data);
[[nodiscard]] Markup git_part(const ReportData& data);
[[nodiscard]] Markup environment_part(const ReportData& data);  ///< Interpreters and packages.
[[nodiscard]] Markup invocation_part(const ReportData& data);   ///< Command line, host, spec.

}  // namespace mlpipe
