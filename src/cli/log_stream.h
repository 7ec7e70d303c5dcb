#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mlpipe {

/// Follows what one attempt of a step writes, line by line.
class LogStream {
 public:
  using Print = std::function<void(const std::string& line)>;

  /// `stdout_file` may not be there yet; the file of stderr lies beside it.
  explicit LogStream(const std::filesystem::path& stdout_file);

  /// Print every line that was ended since the last call.
  void print_new(const Print& print);
  /// The attempt has ended: print what is left, too.
  void print_rest(const Print& print);

 private:
  struct File {
    std::filesystem::path path;
    std::int64_t position = 0;
    std::string unfinished;  ///< A line whose end has not come.
  };

  static void read(File& file, const Print& print);

  std::vector<File> files_;
};

/// A line as it looks when it is through: of a progress bar that redraws itself with carriage
/// returns the last state, and nothing that moves the cursor. Colours stay.
[[nodiscard]] std::string settled_line(std::string_view line);

}  // namespace mlpipe
