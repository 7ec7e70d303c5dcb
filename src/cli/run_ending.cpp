#include "cli/run_ending.h"

#include <fmt/format.h>

#include "base/text.h"
#include "view/left_running.h"

namespace mlpipe {

namespace {

std::string counts_text(const RunCounts& counts) {
  std::string text =
      fmt::format("{} ran, {} reused", counts.started - counts.cut_off, counts.reused);
  if (counts.failed != 0) text += fmt::format(", {} failed", counts.failed);
  if (counts.canceled != 0) text += fmt::format(", {} canceled", counts.canceled);
  if (counts.skipped != 0) text += fmt::format(", {} not started", counts.skipped);
  return text;
}

/// What stands at the end of the last line, since notes have long scrolled away.
std::string not_copied_text(const RunSummary& summary) {
  const auto& all = summary.not_copied;
  if (all.empty())
    return summary.system_failed && summary.run.status == Status::completed
               ? "; but not all that was asked for could be done: see the notes above"
               : "";
  return fmt::format("; {} not copied: {}",
                     all.size() == 1 ? fmt::format("output '{}' was", all.front().output)
                                     : fmt::format("{} outputs were", all.size()),
                     all.size() == 1 ? all.front().why : "see the notes above");
}

}  // namespace

std::string ending_line(const RunSummary& summary, const Terminal& terminal) {
  const auto& counts = summary.counts;
  std::string text = counts_text(counts);
  if (counts.total == 1 && counts.reused == 1)
    text = "nothing to do, its step is reused from an earlier run";
  else if (counts.total > 0 && counts.reused == counts.total)
    text = fmt::format("nothing to do, all {} reused from earlier runs",
                       counted(counts.total, "step"));
  const Colour colour = summary.run.status == Status::completed ? Colour::green : Colour::red;
  return fmt::format("{}{} (run {})\n",
                     terminal.coloured(fmt::format("{} in {}: {}", to_text(summary.run.status),
                                                   duration_text(summary.elapsed), text),
                                       colour),
                     terminal.coloured(not_copied_text(summary), Colour::yellow), summary.run.id);
}

std::string failure_text(const FailedStep& failure, const std::string& this_command) {
  constexpr std::size_t most_lines = 20;
  const auto machine = fmt::format("compute target '{}'", printable(failure.compute_target));
  const bool is_named = failure.message.find(machine) != std::string::npos;
  std::string text =
      fmt::format("\nstep '{}' failed{}: {}\n", failure.step,
                  failure.is_elsewhere && !is_named ? " on " + machine : std::string(),
                  printable(failure.message));
  const auto tail = trim(failure.log_tail);
  const auto lines = split(tail, '\n');
  for (std::size_t i = lines.size() > most_lines ? lines.size() - most_lines : 0;
       i < lines.size() && !tail.empty(); ++i)
    text += fmt::format("  | {}\n", printable(lines[i]));
  if (!failure.log_file.empty())
    text += fmt::format("  log{}: {}\n", failure.may_still_run ? ", as far as it came here" : "",
                        failure.log_file);
  if (!failure.directory.empty() && !failure.may_still_run) {
    text += fmt::format("  its directory is kept: {}\n", failure.directory);
    if (!failure.shell_command.empty())
      text += fmt::format("  look at it there: {}\n", printable(failure.shell_command));
    text += fmt::format("  try it by hand{}: {} --only {} --shell{}\n",
                        failure.is_elsewhere ? ", on this machine" : "", this_command, failure.step,
                        failure.is_elsewhere ? " --local" : "");
  }
  return text;
}

std::string left_running_lines(const RunSummary& summary) {
  if (summary.left_running.empty()) return {};
  std::string text = "\n";
  for (const auto& left : summary.left_running)
    text += fmt::format("step '{}' may still run on compute target '{}'\n", left.step,
                        left.compute_target);
  return text + fmt::format("  {}\n", left_running_advice(summary.run.id, summary.run.status));
}

}  // namespace mlpipe
