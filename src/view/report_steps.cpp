#include "view/report_steps.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "view/left_running.h"
#include "view/metric_series.h"
#include "view/timeline.h"

namespace mlpipe {

namespace {

std::string how_it_ended(const Attempt& attempt) {
  if (attempt.signal) return fmt::format("signal {}", *attempt.signal);
  if (attempt.exit_code) return fmt::format("{}", *attempt.exit_code);
  return {};
}

std::string attempt_took(const Attempt& attempt, const RunDetails& details, TimePoint made) {
  if (attempt.started == TimePoint{}) return {};  // see StepDetails::duration()
  if (attempt.finished != TimePoint{}) return duration_text(attempt.finished - attempt.started);
  if (is_final(details.run.status)) return "unknown";
  return duration_text(made - attempt.started) + " so far";
}

/// All of its attempts, as `mlpipe show` and `mlpipe run` tell it.
std::string step_took(const StepDetails& step, const ReportData& data) {
  if (step.attempts.empty()) return {};
  const bool goes_on = step.made.finished == TimePoint{};
  if (goes_on || !step.duration())
    return attempt_took(step.attempts.back(), data.details, data.made);
  return duration_text(*step.duration());
}

std::string memory_text(const Attempt& attempt) {
  return attempt.peak_memory_bytes == 0 ? "" : size_text(attempt.peak_memory_bytes);
}

/// A reason's lines: the first, and the further ones below it.
Markup lines_of(std::string_view value) {
  Markup result;
  for (const auto line : split(value, '\n')) {
    if (!result.empty()) result += void_element("br", {});
    result += text(line);
  }
  return result;
}

Markup cell(std::string_view label, const Markup& content, std::string_view name = no_attribute) {
  return element("td", {{"data-label", label}, {"class", name}}, content);
}
Markup cell(std::string_view label, std::string_view content,
            std::string_view name = no_attribute) {
  return cell(label, text(content), name);
}

struct Head {
  std::string_view name;
  std::string_view look = no_attribute;
};

Markup head_row(const std::vector<Head>& heads) {
  Markup cells;
  for (const auto& [name, look] : heads)
    cells += element("th", {{"scope", "col"}, {"class", look}}, name);
  return element("thead", {}, element("tr", {}, cells));
}

/// What a step said at last; in red only where it is the reason of a failure.
Markup message_of(const StepDetails& step, const ReportData& data) {
  const auto& record = step.record;
  const bool bad = record.status == Status::failed || record.status == Status::not_responding;
  auto message = record.message;
  if (const auto left = left_running_text(step, data.details.run); !left.empty())
    message += (message.empty() ? "" : "\n") + left;
  if (message.empty()) return {};
  return element("div", {{"class", bad ? "message" : "note"}}, lines_of(message));
}

Markup step_row(const ReportData& data, std::size_t index) {
  const StepDetails& step = data.details.steps[index];
  const StepRunRecord& record = step.record;
  std::string took;
  std::string memory;
  std::string ended;
  if (!step.attempts.empty()) {
    const Attempt& last = step.attempts.back();
    took = step_took(step, data);
    memory = memory_text(last);
    ended = how_it_ended(last);
  }
  Markup why = lines_of(record.reason);
  why += message_of(step, data);
  return element("tr", {},
                 element("th", {{"scope", "row"}}, step_link(data, index)) +
                     cell("Status", status_badge(record.status, record.reused)) +
                     cell("Why", why, "why") + cell("Took", took, "number") +
                     cell("Memory", memory, "number") + cell("Exit code", ended, "number"));
}

Markup attempts_table(const StepDetails& step, const ReportData& data) {
  Markup rows;
  for (const auto& attempt : step.attempts)
    rows += element(
        "tr", {},
        element("th", {{"scope", "row"}}, fmt::format("{}", attempt.number)) +
            element("td", {}, status_badge(attempt.status)) +
            element("td", {}, text(attempt.compute_target)) +
            element("td", {{"class", "number"}}, attempt_took(attempt, data.details, data.made)) +
            element("td", {{"class", "number"}},
                    duration_text(attempt.user_time + attempt.system_time)) +
            element("td", {{"class", "number"}}, memory_text(attempt)) +
            element("td", {{"class", "number"}}, how_it_ended(attempt)) +
            element("td", {}, lines_of(attempt.message)));
  return element("div", {{"class", "scroll"}},
                 element("table", {},
                         head_row({{"Attempt"},
                                   {"Status"},
                                   {"Compute target"},
                                   {"Took", "number"},
                                   {"CPU time", "number"},
                                   {"Memory", "number"},
                                   {"Exit code", "number"},
                                   {"Message"}}) +
                             element("tbody", {}, rows)));
}

/// `files`: what was read of the step's outputs, in the same order.
Markup outputs_table(const std::vector<OutputRecord>& outputs, const StepFiles& files) {
  Markup rows;
  const auto& shown = files.outputs;
  const bool some_elsewhere = std::any_of(shown.begin(), shown.end(),
                                          [](const auto& each) { return !each.machines.empty(); });
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& output = outputs[i];
    rows += element(
        "tr", {},
        element("th", {{"scope", "row"}}, shown_name(output)) +
            element("td", {}, output.is_file ? "file" : "folder") +
            element("td", {}, output.file_name) +
            element("td", {{"class", "number"}}, size_text(output.bytes)) +
            element("td", {{"class", "number"}}, fmt::format("{}", output.files)) +
            element("td", {}, element("code", {}, output.content_hash.hex().substr(0, 12))) +
            (some_elsewhere ? element("td", {}, shown.at(i).machines) : Markup()) +
            element("td", {}, i < shown.size() ? shown[i].copied_to : ""));
  }
  std::vector<Head> heads = {{"Output"},          {"Type"},    {"File name"}, {"Size", "number"},
                             {"Files", "number"}, {"Content"}, {"Copied to"}};
  if (some_elsewhere) heads.insert(heads.end() - 1, {"Lies on"});
  return element("div", {{"class", "scroll"}},
                 element("table", {}, head_row(heads) + element("tbody", {}, rows)));
}

Markup step_pair(std::string_view name, const Markup& value) {
  return element("dt", {}, name) + element("dd", {}, value);
}

/// One attempt in words: several have a table.
std::string effort_text(const Attempt& attempt, const ReportData& data) {
  std::string effort = attempt_took(attempt, data.details, data.made);
  if (attempt.finished != TimePoint{})
    effort +=
        fmt::format(", {} of CPU time", duration_text(attempt.user_time + attempt.system_time));
  if (const auto memory = memory_text(attempt); !memory.empty()) effort += ", " + memory;
  if (const auto place = place_of(attempt); !place.empty())
    effort += fmt::format("{}on {}", effort.empty() ? "" : ", ", place);
  if (attempt.status == Status::completed && !attempt.message.empty())
    effort += ", " + attempt.message;
  if (attempt.signal)
    effort += ", ended by " + how_it_ended(attempt);
  else if (attempt.exit_code)
    effort += ", exit code " + how_it_ended(attempt);
  return effort;
}

Markup facts(const StepDetails& step, const ReportData& data) {
  const StepRunRecord& record = step.record;
  Markup list;
  if (const auto message = message_of(step, data); !message.empty())
    list += step_pair("Message", message);
  if (!record.reason.empty())
    list += step_pair(record.reused ? "Why it was reused" : "Why it ran", lines_of(record.reason));
  if (record.reused && step.result) {
    list += step_pair("Produced by", text(fmt::format("run {}, as step {}, {} UTC",
                                                      step.result->run_id, step.result->step,
                                                      iso_utc(step.result->made).substr(0, 10))));
  }
  if (step.attempts.size() == 1)
    list += step_pair(record.reused ? "Took then" : "Took",
                      text(effort_text(step.attempts.front(), data)));
  if (record.fingerprint)
    list += step_pair("Fingerprint", element("code", {{"title", record.fingerprint->hex()}},
                                             record.fingerprint->hex().substr(0, 12)));
  if (step.result && step.result->varying)
    list += step_pair("Varying", text("the same work gave other outputs at another time"));
  Markup metrics;
  for (const auto& metric : last_values(step.metrics))
    metrics += element("li", {},
                       text(metric.name) + text(" ") + element("b", {}, value_text(metric.value)));
  if (!metrics.empty()) list += step_pair("Metrics", element("ul", {{"class", "chips"}}, metrics));
  return element("dl", {}, list);
}

Markup files_of(const StepFiles& files) {
  Markup result;
  Markup left_out;
  for (const auto& output : files.outputs) {
    for (const auto& file : output.files)
      if (file.as == ShownAs::text) result += preview_block(file);
    for (const auto& line : output.left_out) left_out += element("li", {}, line);
  }
  if (!left_out.empty())
    result += element("p", {{"class", "note"}}, "Left out of this page:") +
              element("ul", {{"class", "note"}}, left_out);
  return result;
}

std::string summary_note(const StepDetails& step, const ReportData& data) {
  std::string note;
  const auto add = [&note](const std::string& part) {
    if (!part.empty()) note += (note.empty() ? "" : " · ") + part;
  };
  if (!step.attempts.empty()) {
    const Attempt& last = step.attempts.back();
    add((step.record.reused ? "took " : "") + step_took(step, data) +
        (step.record.reused ? " then" : ""));
    add(memory_text(last));
    if (const auto place = place_of(last); !place.empty()) add(fmt::format("on {}", place));
  }
  if (step.attempts.size() > 1) add(counted(step.attempts.size(), "attempt"));
  if (step.result && !step.result->outputs.empty())
    add(counted(step.result->outputs.size(), "output"));
  return note;
}

Markup step_block(const ReportData& data, std::size_t index) {
  const StepDetails& step = data.details.steps[index];
  const bool failed = step.record.status == Status::failed;
  const Markup summary = element(
      "summary", {},
      element("h3", {}, step.record.step) + status_badge(step.record.status, step.record.reused) +
          element("span", {{"class", "note"}}, summary_note(step, data)));
  Markup body = facts(step, data);
  if (step.attempts.size() > 1) body += attempts_table(step, data);
  if (step.result && !step.result->outputs.empty())
    body += outputs_table(step.result->outputs,
                          index < data.files.size() ? data.files[index] : StepFiles{});
  if (index < data.files.size()) {
    // Of a failed step the last word was said on stderr, which then stands open and first.
    for (const auto& log : data.files[index].logs) body += log_block(log, failed);
    body += files_of(data.files[index]);
  }
  // The id is inside: following a link to it opens the block, without any script.
  return element(
      "details", {{"class", "step"}, {"open", failed ? "" : no_attribute}},
      summary + element("div", {{"class", "body"}, {"id", fmt::format("step-{}", index)}}, body));
}

}  // namespace

StepCounts count_steps(const RunDetails& details) {
  StepCounts counts;
  for (const auto& step : details.steps) {
    if (step.record.reused) {
      ++counts.reused;
      if (step.result) counts.saved += step.result->duration;
      continue;
    }
    const bool ran = is_final(step.record.status) && step.record.status != Status::canceled &&
                     !step.attempts.empty();
    if (ran || step.record.status == Status::completed) ++counts.started;
    if (step.record.status == Status::completed) continue;
    if (step.record.status == Status::failed) {
      ++counts.failed;
    } else if (is_final(step.record.status) || step.record.status == Status::not_started) {
      ++counts.unfinished;
    } else {
      ++counts.going_on;
    }
  }
  return counts;
}

Markup status_badge(Status status, bool reused) {
  const std::string word = reused ? "Reused" : std::string(to_text(status));
  return element("span", {{"class", "status " + word}}, word);
}

Markup step_link(const ReportData& data, std::size_t index) {
  return element("a", {{"href", fmt::format("#step-{}", index)}},
                 data.details.steps[index].record.step);
}

Markup steps_table(const ReportData& data) {
  Markup rows;
  for (std::size_t i = 0; i < data.details.steps.size(); ++i) rows += step_row(data, i);
  return element("table", {{"class", "steps"}},
                 element("caption", {{"class", "spoken"}}, "Steps") +
                     head_row({{"Step"},
                               {"Status"},
                               {"Why"},
                               {"Took", "number"},
                               {"Memory", "number"},
                               {"Exit code", "number"}}) +
                     element("tbody", {}, rows));
}

Markup step_blocks(const ReportData& data) {
  Markup blocks;
  for (std::size_t i = 0; i < data.details.steps.size(); ++i) blocks += step_block(data, i);
  return blocks;
}

}  // namespace mlpipe
