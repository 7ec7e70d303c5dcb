#pragma once

#include <map>
#include <string>
#include <vector>

#include "view/report_files.h"
#include "view/run_details.h"

namespace mlpipe {

/// What is shown of a step's files.
struct StepFiles {
  std::vector<OutputInReport> outputs;  ///< As in its result, in that order.
  std::vector<ShownLog> logs;           ///< Those that are not empty.
};

/// Everything a report shows, read from history and store: the page is made of it without IO.
struct ReportData {
  RunDetails details;
  std::vector<StepFiles> files;  ///< As details.steps.
  std::string graph;             ///< SVG; empty if there is none.
  std::string git_diff;
  std::map<Hash, std::string> texts;  ///< Long texts that manifests name by their hash.
  std::string style;                  ///< report.css
  std::string version;                ///< Of the mlpipe that makes the page.
  TimePoint made{};
};

}  // namespace mlpipe
