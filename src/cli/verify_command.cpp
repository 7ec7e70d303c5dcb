#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/terminal.h"
#include "cli/verify_step.h"
#include "cli/verify_store_report.h"

namespace mlpipe {

namespace {

/// One line on a terminal that is written over and over; elsewhere nothing.
class ProgressLine {
 public:
  void show(const VerifyProgress& progress) {
    constexpr std::chrono::milliseconds pause(100);
    if (!terminal_.is_live() || now() - shown_ < pause) return;
    shown_ = now();
    const auto text = fmt::format("{} of {} objects, {}", progress.objects, progress.of_objects,
                                  size_text(progress.bytes));
    std::fputs(("\r\x1b[K" + cut_to(text, terminal_.width() - 1)).c_str(), stderr);
    std::fflush(stderr);
  }
  ~ProgressLine() {
    if (shown_ != TimePoint{}) std::fputs("\r\x1b[K", stderr);
  }
  ProgressLine() = default;
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  Terminal terminal_{2};
  TimePoint shown_{};
};

int verify_whole_store(const Arguments& arguments) {
  OpenedHistory look(arguments);
  // Where nothing can be written it can still be looked.
  const bool writable = ::access(look.state.root.c_str(), W_OK) == 0 &&
                        ::access(look.state.database().c_str(), W_OK) == 0;
  std::optional<History> writing;
  if (writable) writing.emplace(look.state.database(), Database::Mode::read_write);
  History& history = writing ? *writing : look.history;
  ObjectStore store(look.state.objects(), look.state.scratch());
  WorkerPool pool;
  const auto closeness = arguments.deep ? Closeness::bytes : Closeness::stats;
  StoreReport report;
  {
    ProgressLine line;
    report = verify_store(history, store, pool, closeness,
                          [&line](const VerifyProgress& progress) { line.show(progress); });
  }
  if (arguments.json)
    fmt::print("{}\n", json_document(store_report_json(report, closeness)));
  else
    print_store_report(report, closeness);
  constexpr int damage_was_found = 3;
  return report.is_whole() && report.not_recorded.empty() ? 0 : damage_was_found;
}

}  // namespace

int verify_command(const Arguments& arguments) {
  if (!arguments.spec.empty()) return verify_step(arguments);
  for (const auto& [given, name] :
       {std::pair{arguments.keep, "--keep"}, std::pair{arguments.times > 1, "--times"}})
    if (given) fail(ErrorKind::usage, "{} is about a step: `mlpipe verify STEP {}`", name, name);
  return verify_whole_store(arguments);
}

}  // namespace mlpipe
