#include "cli/console_reporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "base/text.h"
#include "cli/run_ending.h"
#include "cli/trace_text.h"

namespace mlpipe {

namespace {

constexpr auto redraw_every = std::chrono::milliseconds(100);
/// More live lines than this would push everything else off the screen.
constexpr std::size_t most_live_lines = 12;
/// With more steps than this, what is reused is only counted, not listed.
constexpr std::size_t most_reused_listed = 50;

/// What the step said last. Loggers and progress bars write to stderr, whose log lies beside that
/// of stdout: the one that was written last counts.
std::string last_line(const std::string& stdout_file) {
  constexpr std::uint64_t tail = 2000;
  auto file = std::filesystem::path(stdout_file);
  const auto out = stat_file(file);
  const auto err = stat_file(std::filesystem::path(file).replace_extension(".stderr"));
  if (err && err->size > 0 && (!out || out->size == 0 || err->mtime_ns > out->mtime_ns))
    file.replace_extension(".stderr");
  std::string content = read_tail(file, tail);
  std::replace(content.begin(), content.end(), '\r', '\n');  // a bar redraws itself
  const auto lines = split(trim(content), '\n');
  return printable(trim(lines.back()));
}

}  // namespace

ConsoleReporter::ConsoleReporter(Options options) : options_(std::move(options)), terminal_(2) {}

void ConsoleReporter::run_started(const RunRecord& run, const std::vector<std::string>& steps,
                                  Duration expected) {
  run_ = run.id;
  steps_ = steps.size();
  const std::size_t widest_name =
      terminal_.is_live() ? std::clamp<std::size_t>(terminal_.width() / 2, 1, 40) : 40;
  for (const auto& step : steps)
    name_width_ = std::max(name_width_, std::min(widest_name, columns_of(step)));
  expected_ = expected;
  started_ = now();
  if (options_.is_quiet) {
    std::fputs((run.id + "\n").c_str(), stdout);
    std::fflush(stdout);
    return;
  }
  print(fmt::format("run {} of {} ({})\n", terminal_.coloured(run.id, Colour::bold), run.pipeline,
                    counted(steps.size(), "step")));
  for (const auto& step : options_.streamed)
    if (step != "*" && std::find(steps.begin(), steps.end(), step) == steps.end())
      note(step, "is not part of this run: there is nothing to stream");
}

bool ConsoleReporter::is_streamed(const std::string& step) const {
  const auto& streamed = options_.streamed;
  return std::any_of(streamed.begin(), streamed.end(), [&step](const std::string& wanted) {
    return wanted == "*" || wanted == step;
  });
}

void ConsoleReporter::print_streamed(const std::string& step, LogStream& stream, bool ended) {
  constexpr std::size_t write_at = std::size_t{64} << 10U;  // a write for each line is slow
  const bool one = options_.streamed.size() == 1 && options_.streamed.front() != "*";
  const std::string whose =
      one ? "" : terminal_.coloured(padded(step, name_width_) + " | ", Colour::grey);
  std::string text;
  const auto add = [&](const std::string& line) {
    text += whose + line;
    text += line.find('\x1b') == std::string::npos ? "\n" : "\x1b[0m\n";
    if (text.size() < write_at) return;
    print(text);
    text.clear();
  };
  if (ended)
    stream.print_rest(add);
  else
    stream.print_new(add);
  if (!text.empty()) print(text);
}

void ConsoleReporter::line(std::string_view step, std::string_view word, Colour colour,
                           std::string_view text) {
  for (const auto each : split(text, '\n')) {
    print(fmt::format("  {}  {}  {}\n", padded(step, name_width_),
                      terminal_.coloured(padded(word, 9), colour), each));
    step = "";
    word = "";
  }
}

/// Of an attempt that goes on something else is to be known now: a note has told it.
bool ConsoleReporter::is_news_of_running(const StepRunRecord& step, const AttemptNews& attempt) {
  const auto found = running_.find(step.step);
  if (step.status != Status::running || found == running_.end() ||
      found->second.status != Status::running || found->second.log_file != attempt.log_file)
    return false;
  found->second.message = step.message;
  return true;
}

void ConsoleReporter::step_changed(const StepRunRecord& step, const AttemptNews& attempt) {
  if (options_.is_quiet || is_news_of_running(step, attempt)) return;
  if (const auto stream = streams_.find(step.step); stream != streams_.end()) {
    print_streamed(step.step, stream->second, true);
    streams_.erase(stream);
  }
  const auto place = attempt.is_elsewhere
                         ? fmt::format("on {}: ", printable(attempt.compute_target))
                         : std::string();
  switch (step.status) {
    case Status::running:
      running_[step.step] = {now(), attempt.log_file, place, step.status, step.message};
      // The reason is that of the first attempt.
      line(step.step, "Running", Colour::blue,
           place + (told_.insert(step.step).second ? step.reason : "once more"));
      if (is_streamed(step.step))
        streams_.emplace(step.step, LogStream(attempt.log_file,
                                              fmt::format("mlpipe logs {} {}", run_, step.step)));
      break;
    case Status::completed:
      running_.erase(step.step);
      ++finished_;
      if (step.reused) {
        ++reused_;
        if (steps_ <= most_reused_listed) line(step.step, "Reused", Colour::green, step.reason);
        if (is_streamed(step.step))
          note(step.step, fmt::format("it does not run in this run; `mlpipe logs latest {}` shows "
                                      "what it wrote earlier",
                                      step.step));
      } else {
        line(step.step, "Completed", Colour::green,
             place + duration_text(step.finished - step.started));
      }
      break;
    case Status::failed:
      running_.erase(step.step);
      ++finished_;
      // All of it comes last.
      line(step.step, "Failed", Colour::red, place + short_message(step.message));
      break;
    case Status::canceled:
      running_.erase(step.step);
      ++finished_;
      line(step.step, "Canceled", Colour::yellow, place + step.message);
      break;
    case Status::skipped:
      ++finished_;
      line(step.step, "Skipped", Colour::yellow, step.message);
      break;
    case Status::finalizing:
      if (const auto found = running_.find(step.step); found != running_.end())
        found->second = {found->second.since, {}, place, step.status, {}};
      break;
    case Status::queued:
      if (!attempt.is_elsewhere || step.message.empty()) break;
      running_.erase(step.step);
      line(step.step, "Queued", Colour::yellow, step.message);
      break;
    case Status::not_started:
    case Status::preparing:
    case Status::cancel_requested:
    case Status::not_responding:
      break;
  }
}

void ConsoleReporter::transfer_changed(const TransferNews& news) {
  if (options_.is_quiet) return;
  const auto text = transfers_.take(news, terminal_.is_live());
  if (!text.empty()) print("  " + text);
}

void ConsoleReporter::note(std::string_view step, std::string_view text) {
  if (options_.is_quiet) {
    quiet_notes_ += step.empty() ? fmt::format("{}\n", text) : fmt::format("{}: {}\n", step, text);
    return;
  }
  if (step.empty())
    print(fmt::format("{}\n", text));
  else
    line(step, "note", Colour::yellow, text);
}

void ConsoleReporter::tick() {
  if (options_.is_quiet) return;
  for (auto& [step, stream] : streams_) print_streamed(step, stream, false);
  const auto moment = now();
  const bool is_drawn = moment >= last_draw_ && moment - last_draw_ < redraw_every;
  if (!terminal_.is_live() || is_drawn) return;
  erase_block();
  draw_block();
}

void ConsoleReporter::print(const std::string& text) {
  erase_block();
  std::fputs(for_locale(text).c_str(), stderr);
}

void ConsoleReporter::erase_block() {
  if (drawn_lines_ == 0) return;
  std::fputs(fmt::format("\x1b[{}A\x1b[J", drawn_lines_).c_str(), stderr);
  drawn_lines_ = 0;
}

std::string ConsoleReporter::live_text(const Running& running) {
  if (!running.message.empty()) return running.message;
  return running.place + (running.status == Status::finalizing ? "storing its outputs"
                                                               : last_line(running.log_file));
}

void ConsoleReporter::draw_block() {
  last_draw_ = now();
  if (running_.empty() && transfers_.empty()) return;
  const auto width = terminal_.width();
  std::string block;
  std::size_t shown = 0;
  for (const auto& [step, running] : running_) {
    if (++shown > most_live_lines) break;
    const std::string text =
        fmt::format("  {}  {:>9}  {}", padded(step, name_width_),
                    duration_text(last_draw_ - running.since), live_text(running));
    block += terminal_.coloured(cut_to(text, width - 1), Colour::grey) + "\n";
  }
  for (const auto& each : transfers_.lines())
    block += terminal_.coloured(cut_to("  " + each, width - 1), Colour::grey) + "\n";
  block += terminal_.coloured(cut_to(total_line(), width - 1), Colour::bold) + "\n";
  drawn_lines_ = static_cast<std::size_t>(std::count(block.begin(), block.end(), '\n'));
  std::fputs(block.c_str(), stderr);
  std::fflush(stderr);
}

std::string ConsoleReporter::total_line() const {
  std::string text = fmt::format("  {} of {} steps, {} running, {}", finished_, steps_,
                                 running_.size(), duration_text(last_draw_ - started_));
  const auto to_run = steps_ - std::min(steps_, reused_);
  const auto ran = finished_ - std::min(finished_, reused_);
  if (expected_ > Duration{} && to_run > 0) {
    const double left = 1.0 - static_cast<double>(ran) / static_cast<double>(to_run);
    Duration rest(static_cast<std::int64_t>(static_cast<double>(expected_.count()) * left));
    for (const auto& [step, running] : running_) rest -= last_draw_ - running.since;
    rest /= static_cast<std::int64_t>(std::max<std::size_t>(1, running_.size()));
    rest =
        std::max(rest, Duration{}) + transfers_.to_go();  // what is still to be sent is not known
    if (rest > Duration{}) text += fmt::format(", about {} to go", duration_text(rest));
  }
  return text;
}

void ConsoleReporter::print_kept(const RunSummary& summary) const {
  if (!options_.keeps_directories) return;
  std::string text = "\nkept directories of steps (outputs in them are links into the store):\n";
  for (const auto& kept : summary.kept)
    text += fmt::format("  {}  {}\n", padded(kept.step, name_width_), kept.directory);
  text += "later runs leave only the newest ten directories there\n";
  if (summary.kept.empty())
    text =
        summary.failures.empty()
            ? "--keep: no step ran, so there is no directory to keep (--from STEP runs one anew)\n"
            : "";
  std::fputs(text.c_str(), stderr);
}

void ConsoleReporter::run_finished(const RunSummary& summary) {
  erase_block();
  for (const auto& failure : summary.failures)
    std::fputs(
        terminal_.coloured(failure_text(failure, options_.this_command), Colour::red).c_str(),
        stderr);
  std::fputs(terminal_.coloured(for_locale(left_running_lines(summary)), Colour::yellow).c_str(),
             stderr);
  print_kept(summary);
  if (summary.traced) std::fputs(for_locale(trace_text(summary)).c_str(), stderr);
  std::fflush(stderr);
  if (!options_.is_quiet) {
    std::fputs(ending_line(summary, Terminal(1)).c_str(), stdout);
    std::fflush(stdout);
  } else if (summary.run.status != Status::completed || !summary.not_copied.empty() ||
             summary.system_failed) {
    if (summary.system_failed) std::fputs(for_locale(quiet_notes_).c_str(), stderr);
    std::fputs(ending_line(summary, terminal_).c_str(), stderr);
  }
}

}  // namespace mlpipe
