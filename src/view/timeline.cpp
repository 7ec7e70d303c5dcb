#include "view/timeline.h"

#include <fmt/format.h>

#include <algorithm>

namespace mlpipe {

namespace {

using SegmentKind = TimelineSegment::Kind;

double percent(Duration time, Duration length) {
  if (length.count() <= 0) return 0;
  const auto part = static_cast<double>(time.count()) / static_cast<double>(length.count());
  return 100 * std::clamp(part, 0.0, 1.0);
}

TimelineRow row_of(const StepDetails& step, TimePoint start, TimePoint end) {
  const auto since = [start](TimePoint time) { return std::max(time - start, Duration{}); };
  const StepRunRecord& record = step.record;
  TimelineRow row{.step = record.step, .status = record.status, .reused = record.reused};
  if (record.started != TimePoint{}) row.at = since(record.started);
  if (record.reused) {
    if (step.result) row.took = step.result->duration;
    return row;
  }
  Duration last = row.at;
  const auto wait_until = [&](Duration time) {
    if (time > last) row.segments.push_back({SegmentKind::waiting, last, time, record.status});
  };
  for (const auto& attempt : step.attempts) {
    if (attempt.started == TimePoint{}) continue;
    const Duration from = since(attempt.started);
    const Duration to = since(attempt.finished == TimePoint{} ? end : attempt.finished);
    if (record.started != TimePoint{}) wait_until(from);
    // A step that is not Running any more has no attempt that goes on.
    const Status status =
        attempt.finished == TimePoint{} && is_final(record.status) ? record.status : attempt.status;
    row.segments.push_back({SegmentKind::attempt, from, std::max(from, to), status});
    last = std::max(from, to);
  }
  if (!row.segments.empty()) row.took = std::max(last - row.at, Duration{});
  const bool began = record.started != TimePoint{};
  if (began && record.finished != TimePoint{})
    row.took = std::max(record.finished - record.started, Duration{});
  if (began && record.finished != TimePoint{}) wait_until(since(record.finished));
  if (began && !is_final(record.status)) wait_until(since(end));
  return row;
}

std::string segment_class(const TimelineSegment& segment) {
  if (segment.kind == SegmentKind::waiting) return "waiting";
  return fmt::format("attempt {}", to_text(segment.status));
}

/// The row's bar; its length is the cell's, so every place is in percent.
Markup bar(const TimelineRow& row, Duration length, const Axis& axis) {
  std::string svg = R"(<svg class="bar" width="100%" height="20" aria-hidden="true">)";
  for (const auto& tick : axis.ticks)
    svg += fmt::format(R"(<line class="grid" x1="{0:.3f}%" x2="{0:.3f}%" y1="0" y2="20"/>)",
                       100 * axis.position(tick.value));
  if (row.reused)
    svg += fmt::format(R"(<rect class="reused" x="{:.3f}%" width="3" y="3" height="14" rx="1"/>)",
                       percent(row.at, length) * 0.99);
  for (const auto& segment : row.segments) {
    const double from = percent(segment.from, length);
    const bool waits = segment.kind == SegmentKind::waiting;
    // A bar is never thinner than one sees; at the right end it would be outside.
    const double least = waits ? 0 : 0.4;
    const double size = std::max(percent(segment.to, length) - from, least);
    svg +=
        fmt::format(R"(<rect class="{}" x="{:.3f}%" width="{:.3f}%" y="{}" height="{}" rx="{}"/>)",
                    segment_class(segment), std::min(from, 100 - least), size, waits ? 8 : 3,
                    waits ? 4 : 14, waits ? 0 : 2);
  }
  return Markup::trusted(svg + "</svg>");
}

Markup head_of(const Axis& axis) {
  std::string svg = R"(<svg class="ticks" width="100%" height="16" aria-hidden="true">)";
  for (const auto& tick : axis.ticks) {
    const double at = axis.position(tick.value);
    svg += fmt::format(R"(<text x="{:.3f}%" y="12" text-anchor="{}">{}</text>)", 100 * at,
                       at < 0.03   ? "start"
                       : at > 0.93 ? "end"
                                   : "middle",
                       escaped(tick.label));
  }
  const Markup spoken = element("span", {{"class", "spoken"}}, "When it ran");
  const auto head = [](std::string_view name, const Markup& content) {
    return element("th", {{"scope", "col"}, {"class", name}}, content);
  };
  return element(
      "thead", {},
      element("tr", {},
              head("name", text("Step")) + head("track", spoken + Markup::trusted(svg + "</svg>")) +
                  head("took", text("Took"))));
}

/// What the marks mean that are no bars.
std::string legend_text(const Timeline& timeline) {
  const bool waits =
      std::any_of(timeline.rows.begin(), timeline.rows.end(), [](const TimelineRow& row) {
        return std::any_of(row.segments.begin(), row.segments.end(), [](const auto& segment) {
          return segment.kind == SegmentKind::waiting;
        });
      });
  const bool reuses = std::any_of(timeline.rows.begin(), timeline.rows.end(),
                                  [](const TimelineRow& row) { return row.reused; });
  std::string text = "A thick bar is an attempt.";
  if (waits)
    text += " A thin line is time beside it: preparing, storing outputs, waiting for the next try.";
  if (reuses) text += " A mark is where an earlier result was taken.";
  return text;
}

std::string took_text(const TimelineRow& row) {
  if (row.reused) return "reused";
  if (row.segments.empty()) return std::string(to_text(row.status));
  std::string text = row.took.count() > 0 ? duration_text(row.took) : std::string("–");
  if (row.status == Status::running || row.status == Status::finalizing) text += " …";
  if (row.status == Status::not_responding) text = "unknown";
  return text;
}

}  // namespace

bool Timeline::has_bars() const {
  return std::any_of(rows.begin(), rows.end(),
                     [](const TimelineRow& row) { return !row.segments.empty(); });
}

TimePoint known_end(const RunDetails& details, TimePoint now) {
  const RunRecord& run = details.run;
  if (run.finished != TimePoint{}) return run.finished;
  if (!is_final(run.status)) return now;
  TimePoint last = run.started;
  for (const auto& step : details.steps) {
    if (step.record.reused) continue;
    last = std::max({last, step.record.started, step.record.finished});
    for (const auto& attempt : step.attempts)
      last = std::max({last, attempt.started, attempt.finished});
  }
  return last;
}

Timeline timeline_of(const RunDetails& details, TimePoint now) {
  const TimePoint start = details.run.started;
  const TimePoint end = known_end(details, now);
  Timeline timeline{.length = std::max(end - start, Duration{})};
  timeline.rows.reserve(details.steps.size());
  for (const auto& step : details.steps) timeline.rows.push_back(row_of(step, start, end));
  return timeline;
}

Markup timeline_table(const Timeline& timeline) {
  const Axis axis = time_axis(timeline.length, 7);
  Markup rows;
  for (const auto& row : timeline.rows)
    rows += element("tr", {},
                    element("th", {{"scope", "row"}, {"class", "name"}}, row.step) +
                        element("td", {{"class", "track"}}, bar(row, timeline.length, axis)) +
                        element("td", {{"class", "took"}}, took_text(row)));
  const Markup table =
      element("table", {{"class", "timeline"}},
              element("caption", {{"class", "spoken"}},
                      fmt::format("Timeline of {}", duration_text(timeline.length))) +
                  head_of(axis) + element("tbody", {}, rows));
  return table + element("p", {{"class", "note"}}, legend_text(timeline));
}

}  // namespace mlpipe
