#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/fetch_progress.h"
#include "cli/log_stream.h"
#include "cli/terminal.h"
#include "cli/transfer_progress.h"
#include "engine/reporter.h"

namespace mlpipe {

/// Tells a person, on stderr, what happens, and on stdout how it ended. On a terminal: one live
/// line for each running step with its elapsed time and the last line of its log, and a total.
class ConsoleReporter : public Reporter {
 public:
  struct Options {
    std::vector<std::string> streamed;  ///< Steps whose output is shown as it comes; "*": all.
    std::string this_command;           ///< What to type to go on with a failed step.
    bool keeps_directories = false;
    bool is_quiet =
        false;  ///< The run's id on stdout, and on stderr what went wrong: nothing else.
  };

  explicit ConsoleReporter(Options options);

  void fetch_changed(const FetchNews& news) override { fetches_.show(news); }
  void run_started(const RunRecord& run, const std::vector<std::string>& steps,
                   Duration expected) override;
  void step_changed(const StepRunRecord& step, const AttemptNews& attempt) override;
  void transfer_changed(const TransferNews& news) override;
  void note(std::string_view step, std::string_view text) override;
  void tick() override;
  void run_finished(const RunSummary& summary) override;

 private:
  struct Running {
    TimePoint since{};
    std::string log_file;
    std::string place;  ///< "on gpu-box: " of a step on another machine.
    Status status = Status::preparing;
    std::string message;  ///< What is to be known before all that its log says.
  };

  void line(std::string_view step, std::string_view word, Colour colour, std::string_view text);
  void print(const std::string& text);
  [[nodiscard]] bool is_news_of_running(const StepRunRecord& step, const AttemptNews& attempt);
  [[nodiscard]] static std::string live_text(const Running& running);
  [[nodiscard]] bool is_streamed(const std::string& step) const;
  void print_streamed(const std::string& step, LogStream& stream, bool ended);
  void print_kept(const RunSummary& summary) const;
  void erase_block();
  void draw_block();
  [[nodiscard]] std::string total_line() const;

  Options options_;
  Terminal terminal_;
  FetchProgress fetches_;
  TransferProgress transfers_;
  std::string run_;
  std::string quiet_notes_;  ///< What is told in the end if the run could not do all.
  std::size_t name_width_ = 8;
  std::size_t steps_ = 0;
  std::size_t finished_ = 0;
  std::size_t drawn_lines_ = 0;
  std::size_t reused_ = 0;
  Duration expected_{};
  TimePoint started_{};
  TimePoint last_draw_{};
  std::map<std::string, Running> running_;
  std::set<std::string> told_;                ///< Steps of which the reason why they run was told.
  std::map<std::string, LogStream> streams_;  ///< Of the running attempts.
};

}  // namespace mlpipe
