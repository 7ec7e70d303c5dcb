#include "cli/tracing_reporter.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace mlpipe {

namespace {

bool is_at_work(Status status) {
  return status == Status::preparing || status == Status::running || status == Status::finalizing;
}

/// A document's first key, by which an earlier trace is known.
constexpr std::string_view beginning_of_trace = R"({"displayTimeUnit":)";

/// Of a file that may be anything, and of any size.
bool begins_as_trace(const std::filesystem::path& file) {
  const Fd fd = open_file(file, O_RDONLY);
  std::array<char, beginning_of_trace.size()> begin{};
  const auto got = ::read(fd.get(), begin.data(), begin.size());
  return got > 0 &&
         std::string_view(begin.data(), static_cast<std::size_t>(got)) == beginning_of_trace;
}

}  // namespace

void check_trace_file(const std::filesystem::path& file) {
  const auto there = stat_file(file);
  if (!there) {
    (void)open_file(file, O_WRONLY | O_CREAT | O_EXCL);
    std::filesystem::remove(file);
    return;
  }
  if (there->kind != FileKind::file || (there->size > 0 && !begins_as_trace(file)))
    fail(ErrorKind::usage,
         "'{}' is there and is no trace, so it is not replaced by one: name another file after "
         "--trace",
         printable(file.native()));
  (void)open_file(file, O_WRONLY);
}

void TracingReporter::fetch_changed(const FetchNews& news) { told_.fetch_changed(news); }

void TracingReporter::run_started(const RunRecord& run, const std::vector<std::string>& steps,
                                  Duration expected) {
  told_.run_started(run, steps, expected);
}

void TracingReporter::step_changed(const StepRunRecord& step, const AttemptNews& attempt) {
  const Duration moment = passed();
  std::size_t line = 0;
  if (const auto found = open_.find(step.step); found != open_.end()) {
    Slice slice = std::move(found->second);
    open_.erase(found);
    slice.to = moment;
    line = slice.line;
    slices_.push_back(std::move(slice));
  }
  if (is_at_work(step.status)) {
    if (line == 0) line = free_line();
    open_[step.step] = {.name = step.step,
                        .kind = std::string(to_text(step.status)),
                        .line = line,
                        .from = moment,
                        .to = moment,
                        .reason = step.reason};
  } else if (line != 0) {
    taken_.at(line - 1) = false;
  }
  told_.step_changed(step, attempt);
}

void TracingReporter::note(std::string_view step, std::string_view text) { told_.note(step, text); }

void TracingReporter::tick() { told_.tick(); }

void TracingReporter::run_finished(const RunSummary& summary) { told_.run_finished(summary); }

Duration TracingReporter::passed() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
}

std::size_t TracingReporter::free_line() {
  const auto found = std::find(taken_.begin(), taken_.end(), false);
  const auto line = static_cast<std::size_t>(found - taken_.begin());
  if (found == taken_.end()) taken_.push_back(false);
  taken_[line] = true;
  return line + 1;
}

std::vector<TracingReporter::Slice> TracingReporter::driver_slices(const RunStats& stats) {
  std::vector<Slice> slices;
  Duration from{};
  for (const auto& [name, took] :
       {std::pair{"reading", stats.reading}, std::pair{"fetching", stats.fetching},
        std::pair{"planning", stats.planning}, std::pair{"executing", stats.executing},
        std::pair{"git and recording", stats.git}}) {
    slices.push_back({.name = name, .kind = "mlpipe", .from = from, .to = from + took});
    from += took;
  }
  return slices;
}

void TracingReporter::write(const std::filesystem::path& file, const RunResult& result) const {
  using nlohmann::json;
  json events = json::array();
  const auto name_line = [&events](std::size_t line, const std::string& name) {
    events.push_back({{"ph", "M"},
                      {"pid", 1},
                      {"tid", line},
                      {"name", "thread_name"},
                      {"args", {{"name", name}}}});
  };
  name_line(0, "mlpipe");
  for (std::size_t line = 1; line <= taken_.size(); ++line)
    name_line(line, "steps " + std::to_string(line));
  auto all = driver_slices(result.stats);
  all.insert(all.end(), slices_.begin(), slices_.end());
  for (const auto& slice : all) {
    json event = {{"ph", "X"},
                  {"pid", 1},
                  {"tid", slice.line},
                  {"name", slice.name},
                  {"cat", slice.kind},
                  {"ts", slice.from.count()},
                  {"dur", (slice.to - slice.from).count()}};
    event["args"] = {{"status", slice.kind}};
    if (!slice.reason.empty()) event["args"]["reason"] = slice.reason;
    events.push_back(std::move(event));
  }
  const json document = {{"traceEvents", std::move(events)},
                         {"displayTimeUnit", "ms"},
                         {"otherData", {{"run", result.summary.run.id}}}};
  write_file_atomically(file, document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace mlpipe
