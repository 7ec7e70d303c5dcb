// mlpipe schedule tick, daemon, install, uninstall: who looks at what is due.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/background_process.h"
#include "base/error.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/crontab.h"
#include "cli/json_text.h"
#include "cli/schedule_json.h"
#include "engine/tick_schedules.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

void print_news(const TickResult& result, bool quiet) {
  for (const auto& news : result.news) {
    const auto& fire = news.fire;
    if (fire.outcome == Fire::Outcome::failed)
      fmt::print(stderr, "schedule '{}', due {}: it could not be submitted:\n{}\n", news.schedule,
                 iso_utc(fire.due), fire.message);
    else if (!quiet)
      fmt::print("schedule '{}', due {}: {}{}\n", news.schedule, iso_utc(fire.due),
                 to_text(fire.outcome),
                 fire.run_id.empty() ? ", " + fire.message : ", run " + fire.run_id);
  }
  if (result.missed != 0 && !quiet)
    fmt::print("{} missed, and not made up for\n", counted(result.missed, "moment"));
  for (const auto& problem : result.problems) fmt::print(stderr, "error: {}\n", problem);
}

/// Sleeps until a moment, or until a signal came.
class Sleep {
 public:
  Sleep() : signals_([this](int number) { wake(number); }) {}

  /// The signal, or 0.
  int until(std::chrono::steady_clock::time_point moment) {
    std::unique_lock lock(mutex_);
    woken_.wait_until(lock, moment, [this] { return signal_ != 0; });
    return signal_;
  }

 private:
  void wake(int number) {
    const std::scoped_lock lock(mutex_);
    signal_ = number;
    woken_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable woken_;
  int signal_ = 0;
  SignalWatch signals_;
};

/// How long nothing can become due: until the next moment, but a few seconds at most, since
/// schedules are made and changed meanwhile, and clocks are set.
std::chrono::milliseconds pause_before_next(const Workspace& workspace) {
  constexpr auto longest = 5000ms;
  const StateDirectory state{workspace.state_directory};
  if (!state.exists()) return longest;
  History history(state.database(), Database::Mode::read_only);
  auto pause = longest;
  for (const auto& schedule : Schedules(history).all()) {
    if (schedule.is_disabled()) continue;
    const auto next = next_fire(schedule.trigger, schedule.created, schedule.settled);
    if (!next) continue;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
    pause = std::clamp(left, 50ms, pause);
  }
  return pause;
}

int tell_line(const Arguments& arguments, const std::string& line, bool changed,
              const std::string& sentence) {
  if (arguments.json)
    fmt::print("{}\n", json_document({{"line", line}, {"changed", changed}}));
  else
    fmt::print("{}\n", sentence);
  return 0;
}

}  // namespace

int tick_schedules_command(const Arguments& arguments) {
  const auto result = tick_schedules(open_workspace_of(arguments), now);
  if (arguments.json) {
    json list = json::array();
    for (const auto& news : result.news) {
      auto object = fire_json(news.fire);
      object["schedule"] = news.schedule;
      list.push_back(std::move(object));
    }
    fmt::print("{}\n", json_document({{"fires", std::move(list)},
                                      {"missed", result.missed},
                                      {"problems", result.problems},
                                      {"was_busy", result.was_busy}}));
  } else {
    print_news(result, arguments.quiet);
    if (result.was_busy && !arguments.quiet)
      fmt::print("another tick is at work: nothing was done\n");
  }
  if (!result.problems.empty()) return 3;
  return std::any_of(
             result.news.begin(), result.news.end(),
             [](const FireNews& news) { return news.fire.outcome == Fire::Outcome::failed; })
             ? 1
             : 0;
}

int daemon_command(const Arguments& arguments) {
  const auto workspace = open_workspace_of(arguments);
  Sleep sleep;
  if (!arguments.quiet)
    fmt::print("ticking the schedules of '{}'; Ctrl-C ends it\n",
               printable(workspace.root.native()));
  std::fflush(stdout);
  for (;;) {
    std::chrono::milliseconds pause = 5000ms;
    try {
      const auto result = tick_schedules(workspace, now);
      print_news(result, arguments.quiet);
      if (result.problems.empty()) pause = pause_before_next(workspace);
    } catch (const Error& error) {  // a full disk may have room later
      fmt::print(stderr, "error: {}\n", error.what());
    }
    std::fflush(stdout);
    forget_ended_in_background();
    if (sleep.until(std::chrono::steady_clock::now() + pause) != 0) return 0;
  }
}

int install_schedules_command(const Arguments& arguments) {
  const auto root = open_workspace_of(arguments).root;
  const auto line = crontab_line(root);
  const auto table = read_crontab();
  const auto wanted = with_line(table, root, line);
  if (wanted != table) write_crontab(wanted);
  return tell_line(arguments, line, wanted != table,
                   wanted == table
                       ? "your crontab has the line already"
                       : fmt::format("cron ticks the schedules of '{}' every minute; the line in "
                                     "your crontab is\n{}",
                                     printable(root.native()), line));
}

int uninstall_schedules_command(const Arguments& arguments) {
  const auto root = open_workspace_of(arguments).root;
  const auto table = read_crontab();
  const bool is_there = has_line(table, root);
  if (is_there) write_crontab(with_line(table, root, ""));
  return tell_line(arguments, "", is_there,
                   is_there ? "the line of this workspace is gone from your crontab"
                            : "your crontab has no line of this workspace: nothing was changed");
}

}  // namespace mlpipe
