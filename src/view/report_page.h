#pragma once

#include <string>

#include "view/report_data.h"

namespace mlpipe {

/// A run as one HTML page that needs nothing besides itself: no network, no script. Whatever people
/// or programs wrote is escaped; images are data.
[[nodiscard]] std::string report_page(const ReportData& data);

/// "<pipeline>-<run>.html", fit to be a file's name.
[[nodiscard]] std::string report_file_name(const RunRecord& run);

}  // namespace mlpipe
