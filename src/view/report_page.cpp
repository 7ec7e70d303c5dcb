#include "view/report_page.h"

#include <fmt/format.h>

#include "base/text.h"
#include "view/report_images.h"
#include "view/report_metrics.h"
#include "view/report_origin.h"
#include "view/report_steps.h"
#include "view/timeline.h"

namespace mlpipe {

namespace {

/// "2026-11-21 04:53:00 UTC": a page is read in other time zones than it was made in.
Markup time_element(TimePoint time) {
  const std::string iso = iso_utc(time);
  return element("time", {{"datetime", iso}},
                 fmt::format("{} {} UTC", iso.substr(0, 10), iso.substr(11, 8)));
}

Markup tile(std::string_view name, std::string_view value, std::string_view note) {
  return element("li", {},
                 element("span", {{"class", "name"}}, name) +
                     element("span", {{"class", "value"}}, value) +
                     element("span", {{"class", "note"}}, note));
}

std::string took_text(const RunDetails& details, TimePoint made) {
  return duration_text(known_end(details, made) - details.run.started);
}

std::string took_note(const RunRecord& run) {
  if (!is_final(run.status)) return "so far";
  if (run.finished == TimePoint{}) return "until nothing more is known of it";
  return {};
}

std::string counts_note(const StepCounts& counts) {
  std::string note = fmt::format("{} ran, {} reused", counts.started, counts.reused);
  if (counts.failed > 0) note += fmt::format(", {} failed", counts.failed);
  if (counts.unfinished > 0) note += fmt::format(", {} not finished", counts.unfinished);
  if (counts.going_on > 0) note += fmt::format(", {} going on", counts.going_on);
  return note;
}

Markup tiles(const ReportData& data) {
  const StepCounts counts = count_steps(data.details);
  Markup items = tile("Took", took_text(data.details, data.made), took_note(data.details.run)) +
                 tile("Steps", fmt::format("{}", data.details.steps.size()), counts_note(counts));
  if (counts.reused > 0)
    items += tile("Saved", duration_text(counts.saved),
                  fmt::format("by reusing {}", counted(counts.reused, "step")));
  else
    items += tile("Saved", "–", "nothing was reused");
  return element("ul", {{"class", "tiles"}}, items);
}

/// The last words of a failed step's last attempt: mostly what is wrong.
Markup last_words(const ReportData& data, std::size_t step) {
  constexpr std::size_t most_lines = 12;
  if (step >= data.files.size()) return {};
  const ShownLog* last = nullptr;
  for (const auto& log : data.files[step].logs)
    if (last == nullptr || log.title.starts_with("stderr") || !last->title.starts_with("stderr"))
      last = &log;
  if (last == nullptr) return {};
  return element("pre", {}, end_of(*last, {.log_lines = most_lines}).text);
}

/// What went wrong, before all else.
Markup failure(const ReportData& data) {
  constexpr std::size_t most = 20;
  Markup items;
  std::size_t count = 0;
  for (std::size_t i = 0; i < data.details.steps.size(); ++i) {
    const auto& record = data.details.steps[i].record;
    if (record.status != Status::failed && record.status != Status::not_responding) continue;
    if (++count > most) continue;
    items += element("li", {},
                     step_link(data, i) + text(": ") +
                         text(record.message.empty() ? to_text(record.status)
                                                     : std::string_view(record.message)) +
                         last_words(data, i));
  }
  if (count > most) items += element("li", {}, fmt::format("and {} more", count - most));
  Markup content;
  if (!data.details.run.message.empty())
    content += element("p", {}, data.details.run.message);
  else if (data.details.run.status == Status::not_responding)
    content += element(
        "p", {}, "Its `mlpipe run` was killed or crashed: how it would have ended is not known.");
  if (!items.empty()) content += element("ul", {}, items);
  if (content.empty()) return {};
  return element("div", {{"class", "failure"}, {"role", "note"}}, content);
}

Markup header(const ReportData& data) {
  const RunRecord& run = data.details.run;
  Markup when = text("Started ") + time_element(run.started);
  if (!run.user.empty()) when += text(fmt::format(" by {} on {}", run.user, run.host));
  if (run.experiment != run.pipeline && !run.experiment.empty())
    when += text(fmt::format(", experiment {}", run.experiment));
  return element("header", {{"class", fmt::format("page {}", to_text(run.status))}},
                 element("p", {{"class", "kicker"}}, fmt::format("mlpipe run {}", run.id)) +
                     element("h1", {}, text(run.pipeline) + text(" ") + status_badge(run.status)) +
                     element("p", {{"class", "when"}}, when) + failure(data) + tiles(data));
}

/// The page's parts, and the list of them at its top.
class Parts {
 public:
  void add(std::string_view id, std::string_view title, const Markup& content) {
    if (content.empty()) return;
    links_ += element("li", {}, element("a", {{"href", fmt::format("#{}", id)}}, title));
    parts_ += element("section", {{"id", id}}, element("h2", {}, title) + content);
  }

  [[nodiscard]] Markup links() const {
    return element("nav", {{"aria-label", "Parts of this page"}}, element("ul", {}, links_));
  }
  [[nodiscard]] const Markup& parts() const { return parts_; }

 private:
  Markup links_;
  Markup parts_;
};

Markup head(const ReportData& data) {
  const RunRecord& run = data.details.run;
  return element(
      "head", {},
      void_element("meta", {{"charset", "utf-8"}}) +
          void_element("meta", {{"http-equiv", "Content-Security-Policy"},
                                {"content",
                                 "default-src 'none'; style-src 'unsafe-inline'; img-src data:"}}) +
          void_element("meta",
                       {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
          void_element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}) +
          element("title", {},
                  fmt::format("{}: {} (run {})", run.pipeline, to_text(run.status), run.id)) +
          element("style", {}, Markup::trusted(data.style)));
}

/// The drawing; one too large to be taken in at a glance is closed at first.
Markup graph_part(const ReportData& data) {
  constexpr std::size_t most = 200;
  Markup drawing =
      element("div", {{"class", "scroll graph"}, {"tabindex", "0"}}, Markup::trusted(data.graph));
  const std::size_t steps = data.details.steps.size();
  if (steps <= most) return drawing;
  return element("details", {{"class", "block"}},
                 element("summary", {}, fmt::format("The graph of {} steps", steps)) + drawing);
}

Parts parts_of(const ReportData& data) {
  Parts parts;
  if (!data.graph.empty()) parts.add("graph", "Graph", graph_part(data));
  const Timeline timeline = timeline_of(data.details, data.made);
  if (timeline.has_bars()) parts.add("timeline", "Timeline", timeline_table(timeline));
  if (!data.details.steps.empty()) parts.add("steps", "Steps", steps_table(data));
  parts.add("metrics", "Metrics", metrics_part(data));
  parts.add(images_id, "Images", image_gallery(data));
  parts.add("details", "Step by step", step_blocks(data));
  parts.add("parameters", "Parameters", parameters_part(data));
  parts.add("tags", "Tags", tags_part(data));
  parts.add("git", "Git", git_part(data));
  parts.add("environment", "Environment", environment_part(data));
  parts.add("invocation", "How it was run", invocation_part(data));
  return parts;
}

}  // namespace

std::string report_page(const ReportData& data) {
  const Parts parts = parts_of(data);
  const Markup footer =
      element("footer", {},
              text(fmt::format("Made by mlpipe {} ", data.version)) + time_element(data.made));
  const Markup body = element(
      "body", {}, header(data) + parts.links() + element("main", {}, parts.parts()) + footer);
  return "<!DOCTYPE html>\n" + element("html", {{"lang", "en"}}, head(data) + body).html() + "\n";
}

std::string report_file_name(const RunRecord& run) {
  std::string name = printable(run.pipeline);
  for (char& c : name)
    if (c == '/' || c == '\\' || c == ' ') c = '_';
  constexpr std::size_t longest = 100;
  if (name.size() > longest) {
    std::size_t end = longest;
    while ((static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
    name.resize(end);
  }
  if (name.empty() || name.front() == '.' || name.front() == '-') name.insert(0, "_");
  return fmt::format("{}-{}.html", name, run.id);
}

}  // namespace mlpipe
