#include "cli/trace_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace mlpipe {

namespace {

using Place = UndeclaredAccess::Place;

std::string access_line(const UndeclaredAccess& access) {
  std::string text =
      fmt::format("    {:<9}  {}", to_text(access.how), printable(access.path.native()));
  if (access.files != 0) text += fmt::format("/ ({})", counted(access.files, "file"));
  if (!access.found) text += "  (not shown to it: it is isolated)";
  if (access.place == Place::source)
    text += "  (the original of its source directory: it works in a copy, use a relative path)";
  return text + "\n";
}

std::string step_trace_text(const StepTrace& trace) {
  if (!trace.problem.empty()) return fmt::format("  step '{}': {}\n", trace.step, trace.problem);
  std::string text;
  if (trace.undeclared.empty())
    text = fmt::format("  step '{}' read nothing that it does not declare\n", trace.step);
  else
    text = fmt::format("  step '{}' read {} that it does not declare:\n", trace.step,
                       counted(trace.undeclared_paths, "path"));
  for (const auto& access : trace.undeclared) text += access_line(access);
  for (const auto& input : trace.unused_inputs)
    text += fmt::format("    never looked at its input '{}'\n", input);
  return text;
}

}  // namespace

std::string trace_text(const RunSummary& summary) {
  std::string text = "\nwhat steps read (--trace-inputs):\n";
  for (const auto& trace : summary.traces) text += step_trace_text(trace);
  const bool any = std::any_of(summary.traces.begin(), summary.traces.end(),
                               [](const StepTrace& trace) { return !trace.undeclared.empty(); });
  if (any)
    text +=
        "  a change there runs no step again: make it an input, or name it under hash_paths "
        "(files of the step's own code belong into its source directory)\n";
  if (const auto reused = summary.counts.reused; reused != 0)
    text += fmt::format(
        "  {} reused and not traced: --from STEP runs a step anew, and what is "
        "below it\n",
        reused == 1 ? "1 step was" : fmt::format("{} steps were", reused));
  return text;
}

}  // namespace mlpipe
