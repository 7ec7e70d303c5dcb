#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "engine/distribution.h"

namespace mlpipe {

namespace {

/// One stream of one attempt.
struct LogFile {
  std::string step;
  int attempt = 1;
  bool is_stderr = false;
  std::filesystem::path path;
  std::string process;  ///< "rank1": of a step of several processes one after the first.

  [[nodiscard]] std::string head() const {
    return fmt::format("{}{}{}{}", step, attempt == 1 ? "" : fmt::format(", attempt {}", attempt),
                       process.empty() ? "" : ", " + process, is_stderr ? " (stderr)" : "");
  }
};

/// What was asked for.
struct LogChoice {
  explicit LogChoice(const Arguments& arguments)
      : step(arguments.step),
        attempt(arguments.attempt),
        with_stdout(arguments.only_stdout || !arguments.only_stderr),
        with_stderr(arguments.only_stderr || !arguments.only_stdout),
        raw(!step.empty() && with_stdout != with_stderr),
        follow(arguments.follow),
        tail(arguments.tail) {
    if (attempt != 0 && step.empty())
      fail(ErrorKind::usage, "--attempt {} needs a step: `mlpipe logs {} STEP --attempt {}`",
           attempt, arguments.run, attempt);
    if (arguments.json && follow)
      fail(ErrorKind::usage,
           "--json and --follow cannot be used together: --json says where the logs are now");
  }

  std::string step;  ///< "": all.
  int attempt;       ///< 0: all; of a raw log the newest one.
  bool with_stdout;
  bool with_stderr;
  bool raw;  ///< Nothing but the bytes.
  bool follow;
  int tail;
};

std::vector<StepRunRecord> asked_steps(OpenedHistory& opened, const RunRecord& run,
                                       const LogChoice& choice) {
  if (choice.step.empty()) return opened.steps_of(run);
  return {opened.find_step(run, choice.step)};
}

/// What the processes of an attempt but the first one write.
void add_rank_logs(const LogFile& out, const LogChoice& choice, std::vector<LogFile>& files) {
  const auto folder = rank_logs(out.path);
  const auto look = stat_file(folder);
  if (!look || look->kind != FileKind::folder) return;
  for (const auto& name : list_names(folder)) {
    LogFile file = out;
    file.path = folder / name;
    file.process = file.path.stem().native();
    file.is_stderr = name.ends_with(".stderr");
    if (file.is_stderr ? choice.with_stderr : choice.with_stdout && name.ends_with(".stdout"))
      files.push_back(std::move(file));
  }
}

std::vector<LogFile> files_of(OpenedHistory& opened, const StepRunRecord& step,
                              const LogChoice& choice) {
  std::vector<LogFile> files;
  for (const auto& attempt : opened.history.attempts_of(opened.producer_of(step))) {
    if (choice.attempt != 0 && attempt.number != choice.attempt) continue;
    const LogFile out{.step = step.step,
                      .attempt = attempt.number,
                      .path = opened.state.root / attempt.stdout_file};
    LogFile err = out;
    err.is_stderr = true;
    err.path = opened.state.root / attempt.stderr_file;
    if (choice.with_stdout) files.push_back(out);
    if (choice.with_stderr) files.push_back(err);
    if (!choice.raw) add_rank_logs(out, choice, files);
  }
  return files;
}

/// The choice with its attempt checked, or chosen where only one can be printed.
LogChoice settle_attempt(LogChoice choice, OpenedHistory& opened, const RunRecord& run) {
  if (choice.step.empty()) return choice;
  const auto step = opened.find_step(run, choice.step);
  std::vector<int> numbers;
  for (const auto& attempt : opened.history.attempts_of(opened.producer_of(step)))
    numbers.push_back(attempt.number);
  const bool is_there = std::find(numbers.begin(), numbers.end(), choice.attempt) != numbers.end();
  if (choice.attempt != 0 && !is_there)
    fail(ErrorKind::not_found, "step '{}' of run {} has no attempt {}: {}", choice.step, run.id,
         choice.attempt,
         numbers.empty()       ? "it never ran"
         : numbers.size() == 1 ? "there is only attempt 1"
                               : fmt::format("there are {}", fmt::join(numbers, ", ")));
  if (choice.raw && choice.attempt == 0 && !numbers.empty() && !choice.follow)
    choice.attempt = numbers.back();
  return choice;
}

/// Where the last `lines` lines of a file begin.
off_t tail_begin(int fd, int lines) {
  off_t end = ::lseek(fd, 0, SEEK_END);
  std::array<char, 65536> buffer;  // NOLINT(*-member-init)
  bool last = true;                // the newline that ends the last line begins none
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(buffer.size()));
    const auto got = ::pread(fd, buffer.data(), static_cast<std::size_t>(end - begin), begin);
    if (got <= 0) return begin;
    for (auto i = got; i > 0; --i) {
      const bool newline = buffer.at(static_cast<std::size_t>(i - 1)) == '\n';
      if (newline && !last && --lines == 0) return begin + i;
      if (last && lines == 0) return begin + i;
      last = false;
    }
    end = begin;
  }
  return 0;
}

/// Prints files as they grow, each piece under a head that names its step and stream.
class LogPrinter {
 public:
  LogPrinter(bool heads, int tail) : heads_(heads), tail_(tail) {}

  void print_new(const LogFile& file) {
    const int opened = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
    if (opened < 0) return;                                              // not there yet
    const Fd fd(opened);
    const auto [known, is_new] = positions_.try_emplace(file.path, 0);
    auto& position = known->second;
    if (is_new && tail_ >= 0) position = tail_begin(fd.get(), tail_);
    if (const auto look = stat_file(file.path); look && look->size > 0) wrote_.insert(file.step);
    std::array<char, 65536> buffer;  // NOLINT(*-member-init)
    for (;;) {
      const auto got = ::pread(fd.get(), buffer.data(), buffer.size(), position);
      if (got <= 0) return;
      const std::string head = file.head();
      if (heads_ && last_head_ != head) {
        fmt::print("{}==> {} <==\n", last_head_.empty() ? "" : "\n", head);
        last_head_ = head;
      }
      std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got), stdout);
      position += got;
    }
  }

  [[nodiscard]] bool wrote(const std::string& step) const { return wrote_.contains(step); }
  [[nodiscard]] bool anything() const { return !wrote_.empty(); }
  /// What was written before now is no news.
  void begin_with_all() { tail_ = -1; }

 private:
  bool heads_;
  int tail_;
  std::string last_head_;
  std::map<std::filesystem::path, off_t> positions_;
  std::set<std::string> wrote_;  ///< Steps whose files are not empty.
};

/// Print what is new in all logs of the steps; false once all of them are final.
bool print_round(OpenedHistory& opened, const RunRecord& run, const LogChoice& choice,
                 LogPrinter& printer) {
  bool going_on = false;
  for (const auto& step : asked_steps(opened, run, choice)) {
    going_on = going_on || !is_final(step.status);
    for (const auto& file : files_of(opened, step, choice)) printer.print_new(file);
  }
  std::fflush(stdout);
  return going_on;
}

/// Whether the step has had logs, and none of them is there.
bool logs_are_gone(OpenedHistory& opened, const StepRunRecord& step, const LogChoice& choice) {
  const auto files = files_of(opened, step, choice);
  return !files.empty() && is_final(step.status) &&
         std::none_of(files.begin(), files.end(),
                      [](const LogFile& file) { return stat_file(file.path).has_value(); });
}

/// Say why nothing was printed, where nothing was.
void explain_silence(OpenedHistory& opened, const RunRecord& run, const LogChoice& choice,
                     const LogPrinter& printer) {
  if (choice.step.empty()) {
    if (!printer.anything())
      std::fputs(fmt::format("no step of run {} wrote anything\n", run.id).c_str(), stderr);
    return;
  }
  if (printer.wrote(choice.step)) return;
  const auto step = opened.find_step(run, choice.step);
  std::string text = fmt::format("step '{}' wrote nothing{}", step.step,
                                 choice.with_stdout && choice.with_stderr ? ""
                                 : choice.with_stdout                     ? " to stdout"
                                                                          : " to stderr");
  if (opened.history.attempts_of(opened.producer_of(step)).empty())
    text = is_final(step.status) || step.status == Status::not_responding
               ? fmt::format("step '{}' never ran: {}{}", step.step, to_text(step.status),
                             step.message.empty() ? "" : ", " + printable(step.message))
               : fmt::format("step '{}' has not begun yet: {}", step.step, to_text(step.status));
  if (logs_are_gone(opened, step, choice))
    text = fmt::format("the logs of step '{}' are gone: those of a deleted run are collected by gc",
                       step.step);
  std::fputs((text + "\n").c_str(), stderr);
}

void print_json(OpenedHistory& opened, const RunRecord& run, const LogChoice& choice) {
  auto logs = nlohmann::json::array();
  for (const auto& step : asked_steps(opened, run, choice))
    for (const auto& file : files_of(opened, step, choice)) {
      const auto look = stat_file(file.path);
      logs.push_back(
          {{"step", file.step},
           {"attempt", file.attempt},
           {"process", file.process.empty() ? nlohmann::json() : nlohmann::json(file.process)},
           {"stream", file.is_stderr ? "stderr" : "stdout"},
           {"path", file.path.string()},
           {"bytes", look ? nlohmann::json(look->size) : nlohmann::json()}});
    }
  fmt::print("{}\n", json_document({{"run_id", run.id}, {"logs", logs}}));
}

}  // namespace

int logs_command(const Arguments& arguments) {
  const LogChoice asked(arguments);
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const LogChoice choice = settle_attempt(asked, opened, run);
  if (arguments.json) {
    print_json(opened, run, choice);
    return 0;
  }
  LogPrinter printer(!choice.raw, choice.tail);
  constexpr auto look_again = std::chrono::milliseconds(200);
  while (print_round(opened, run, choice, printer) && choice.follow) {
    printer.begin_with_all();
    if (opened.find_run(run.id).status == Status::not_responding) break;
    std::this_thread::sleep_for(look_again);
  }
  explain_silence(opened, run, choice, printer);
  return 0;
}

}  // namespace mlpipe
