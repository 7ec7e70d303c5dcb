#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// What libFuzzer calls with each input; every program in tests/fuzz defines it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mlpipe::fuzz {

/// The input as text.
[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Ends the program, which libFuzzer reports as a finding, unless `holds`. `promise` says what was
/// to hold, `detail` what was seen.
void require(bool holds, std::string_view promise, std::string_view detail = {});

/// An input that stands for several texts, with lines "%%" between them; at least `least` texts,
/// the missing ones empty.
[[nodiscard]] std::vector<std::string> texts_in(std::string_view input, std::size_t least);

/// One file in a private folder below $TMPDIR, removed at exit: for readers that take a path.
class ScratchFile {
 public:
  explicit ScratchFile(const char* name);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void write(std::string_view content) const;
  [[nodiscard]] std::string read() const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path folder() const { return path_.parent_path(); }

 private:
  std::filesystem::path path_;
};

/// Require that a message is UTF-8 and names only places inside `text`. What it holds of control
/// characters is made visible where it is printed.
void require_good_message(std::string_view message, std::string_view file, std::string_view text);

/// Require that tags are closed in the order they were opened, attributes are quoted, and every
/// '&' begins an entity. `void_tags`: HTML, where some elements have no end.
void require_balanced(std::string_view markup, bool void_tags);

/// A frame (target/frame.h) with its length before it.
[[nodiscard]] std::string framed(std::string_view frame);

}  // namespace mlpipe::fuzz
