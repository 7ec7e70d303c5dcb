#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/opened_history.h"

namespace mlpipe {

namespace {

/// Prints files as they grow, each piece under a head that names its step and stream.
class LogPrinter {
 public:
  explicit LogPrinter(bool heads) : heads_(heads) {}

  /// Print what is new in the file. True if there was anything.
  bool print_new(const std::string& head, const std::filesystem::path& file) {
    auto& position = positions_[file];
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
    if (opened < 0) return false;                                   // not there yet
    const Fd fd(opened);
    std::array<char, 65536> buffer;  // NOLINT(*-member-init)
    bool any = false;
    for (;;) {
      const auto got = ::pread(fd.get(), buffer.data(), buffer.size(), position);
      if (got <= 0) return any;
      if (heads_ && last_head_ != head) {
        fmt::print("{}==> {} <==\n", last_head_.empty() ? "" : "\n", head);
        last_head_ = head;
      }
      std::fwrite(buffer.data(), 1, static_cast<std::size_t>(got), stdout);
      position += got;
      any = true;
    }
  }

 private:
  bool heads_;
  std::string last_head_;
  std::map<std::filesystem::path, off_t> positions_;
};

std::vector<StepRunRecord> asked_steps(OpenedHistory& opened, const RunRecord& run,
                                       const std::string& name) {
  if (name.empty()) return opened.history.steps_of(run.key);
  return {opened.find_step(run, name)};
}

/// Print what is new in all logs of the steps; false once all of them are final.
bool print_round(OpenedHistory& opened, const RunRecord& run, const std::string& step_name,
                 LogPrinter& printer) {
  bool going_on = false;
  for (const auto& step : asked_steps(opened, run, step_name)) {
    going_on = going_on || !is_final(step.status);
    for (const auto& attempt : opened.history.attempts_of(opened.producer_of(step))) {
      const std::string name = attempt.number == 1
                                   ? step.step
                                   : fmt::format("{}, attempt {}", step.step, attempt.number);
      printer.print_new(name, opened.state.root / attempt.stdout_file);
      printer.print_new(name + " (stderr)", opened.state.root / attempt.stderr_file);
    }
  }
  std::fflush(stdout);
  return going_on;
}

}  // namespace

int logs_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  LogPrinter printer(true);
  constexpr auto look_again = std::chrono::milliseconds(200);
  while (print_round(opened, run, arguments.step, printer) && arguments.follow) {
    if (opened.find_run(run.id).status == Status::not_responding) break;
    std::this_thread::sleep_for(look_again);
  }
  return 0;
}

}  // namespace mlpipe
