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

using nlohmann::json;

constexpr int pid_of_run = 1;      ///< The run and its steps.
constexpr int pid_of_threads = 2;  ///< mlpipe's threads.

/// The trace's events: `line` is what the format calls a thread.
struct Events {
  struct Stretch {
    Duration from;
    Duration to;
  };

  void name_process(int process, const char* name) {
    list.push_back({{"ph", "M"}, {"pid", process}, {"name", "process_name"}});
    list.back()["args"] = {{"name", name}};
  }

  void name_line(int process, std::size_t line, const std::string& name) {
    list.push_back({{"ph", "M"}, {"pid", process}, {"tid", line}, {"name", "thread_name"}});
    list.back()["args"] = {{"name", name}};
  }

  void add(int process, std::size_t line, std::pair<std::string, std::string> name_and_category,
           Stretch when, json what) {
    list.push_back({{"ph", "X"},
                    {"pid", process},
                    {"tid", line},
                    {"name", std::move(name_and_category.first)},
                    {"cat", std::move(name_and_category.second)},
                    {"ts", when.from.count()},
                    {"dur", (when.to - when.from).count()},
                    {"args", std::move(what)}});
  }

  json list = json::array();
};

void add_work(const WorkTimes& work, std::chrono::steady_clock::time_point began, Events& events) {
  if (work.slices.empty()) return;
  events.name_process(pid_of_threads, "mlpipe's threads");
  const auto since = [began](std::chrono::steady_clock::time_point moment) {
    return std::chrono::duration_cast<Duration>(moment - began);
  };
  std::size_t named = 0;
  for (const auto& slice : work.slices) {
    for (; named <= slice.thread; ++named)
      events.name_line(pid_of_threads, named, "thread " + std::to_string(named + 1));
    json what = json::object();
    if (!slice.of.empty()) what["of"] = slice.of;
    events.add(pid_of_threads, slice.thread, {std::string(to_text(slice.work)), "mlpipe"},
               {since(slice.from), since(slice.to)}, std::move(what));
  }
}

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
       {std::pair{"comparing", stats.comparing}, std::pair{"reading", stats.reading},
        std::pair{"fetching", stats.fetching}, std::pair{"planning", stats.planning},
        std::pair{"executing", stats.executing}, std::pair{"git and recording", stats.git}}) {
    slices.push_back({.name = name, .kind = "mlpipe", .from = from, .to = from + took});
    from += took;
  }
  return slices;
}

void TracingReporter::write(const std::filesystem::path& file, const RunResult& result,
                            const WorkTimes& work) const {
  Events events;
  events.name_process(pid_of_run, "run");
  events.name_line(pid_of_run, 0, "mlpipe");
  for (std::size_t line = 1; line <= taken_.size(); ++line)
    events.name_line(pid_of_run, line, "steps " + std::to_string(line));
  auto all = driver_slices(result.stats);
  all.insert(all.end(), slices_.begin(), slices_.end());
  for (const auto& slice : all) {
    json what = {{"status", slice.kind}};
    if (!slice.reason.empty()) what["reason"] = slice.reason;
    events.add(pid_of_run, slice.line, {slice.name, slice.kind}, {slice.from, slice.to},
               std::move(what));
  }
  add_work(work, began_, events);
  const json document = {{"traceEvents", std::move(events.list)},
                         {"displayTimeUnit", "ms"},
                         {"otherData", {{"run", result.summary.run.id}}}};
  write_file_atomically(file, document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

}  // namespace mlpipe
