#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// What a thread of this program does, as `run --stats` and `run --trace` tell it apart.
enum class Work : std::uint8_t {
  looking,    ///< Walking folders, stat.
  hashing,    ///< Reading files for their hashes, and copying them meanwhile.
  asking,     ///< Reading from the database.
  recording,  ///< Writing into it.
  preparing,  ///< Private directories: made, and removed.
  storing,    ///< Taking what was made or read into the store, and flushing that.
  copying,    ///< To an output's `path:`.
  moving,     ///< Sending and fetching data between machines, waits for the network included.
  waiting,    ///< For steps, by the thread that starts them.
};
inline constexpr std::size_t kinds_of_work = 9;

/// "looking at files" …
[[nodiscard]] std::string_view to_text(Work work);

/// A stretch of time in which one thread did one kind of work; short ones side by side are one.
struct WorkSlice {
  Work work{};
  std::string of;          ///< What it was done for, if that was told.
  std::size_t thread = 0;  ///< Counted from 0, in the order in which they first did something.
  std::chrono::steady_clock::time_point from;
  std::chrono::steady_clock::time_point to;
};

struct WorkTimes {
  std::array<std::chrono::nanoseconds, kinds_of_work> sums{};  ///< Of all threads, by Work.
  std::vector<WorkSlice> slices;                               ///< By thread, then time.
};

/// From now on all threads' work is measured; before, a WorkTimer costs nothing. Called once, by
/// the thread that has the others begin. `keeps_slices`: for a picture; else only the sums.
void measure_work(bool keeps_slices);

/// What was measured up to now of what has ended. Any thread.
[[nodiscard]] WorkTimes measured_work();

/// While it lives, this thread does that. Of one inside another the time counts for the inner one
/// alone, so that the sums of a thread are never more than the time that went by.
class WorkTimer {
 public:
  /// `of` is looked at here alone.
  explicit WorkTimer(Work work, std::string_view of = {});
  ~WorkTimer();
  WorkTimer(const WorkTimer&) = delete;
  WorkTimer& operator=(const WorkTimer&) = delete;

 private:
  bool measured_;
};

}  // namespace mlpipe
