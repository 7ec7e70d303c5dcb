#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mlpipe {

/// Follows what one attempt of a step writes, line by line. A step may write faster than anybody
/// prints, so no call goes on for longer than its share.
class LogStream {
 public:
  using Print = std::function<void(const std::string& line)>;

  static constexpr std::int64_t most_at_once = std::int64_t{256} << 10U;
  static constexpr std::int64_t most_at_end = std::int64_t{4} << 20U;
  static constexpr std::int64_t tail_at_end = std::int64_t{1} << 20U;

  /// `stdout_file` may not be there yet; the file of stderr lies beside it. `whole` is what a
  /// person types to see all of it.
  explicit LogStream(const std::filesystem::path& stdout_file, std::string whole = "mlpipe logs");

  /// Print lines that were ended since the last call, from `most_at_once` bytes of either file.
  void print_new(const Print& print);
  /// The attempt has ended: print what is left, too. Where that is more than `most_at_end` bytes of
  /// a file, a line says how much is skipped, and the last `tail_at_end` follow.
  void print_rest(const Print& print);

 private:
  struct File {
    std::filesystem::path path;
    std::int64_t position = 0;
    std::string unfinished;  ///< A line whose end has not come.
  };

  static void read(int fd, File& file, std::int64_t most, const Print& print);
  void skip_to_tail(int fd, File& file, std::int64_t size, const Print& print) const;

  std::vector<File> files_;
  std::string whole_;
};

/// A line as it looks when it is through: of a progress bar that redraws itself with carriage
/// returns the last state, and nothing that moves the cursor. Colours stay.
[[nodiscard]] std::string settled_line(std::string_view line);

}  // namespace mlpipe
