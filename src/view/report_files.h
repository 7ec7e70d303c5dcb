#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run.h"
#include "view/html.h"

namespace mlpipe {

/// How a file can be shown on a page.
enum class ShownAs { image, text, nothing };

/// What a report takes in at most, so that it can still be sent around.
struct ReportLimits {
  std::uint64_t image_bytes = 2'000'000;
  std::uint64_t all_images_bytes = 20'000'000;
  std::size_t images = 100;
  std::uint64_t preview_bytes = 4'000;
  std::size_t preview_lines = 20;
  std::uint64_t all_previews_bytes = 1'000'000;
  std::size_t previews_of_output = 6;
  std::uint64_t log_bytes = 32'000;  ///< Of one log, from its end.
  std::size_t log_lines = 200;
  std::uint64_t all_logs_bytes = 8'000'000;
};

/// The media type of an image by its first bytes, whatever its name; "" if it is none that browsers
/// show. SVG counts by its name and an <svg near the beginning.
[[nodiscard]] std::string image_type(std::string_view name, std::string_view first_bytes);

/// What a file's name says about it, before it is read.
[[nodiscard]] ShownAs shown_as(std::string_view name);

/// What goes into a report of those files that could be shown: each is asked for in turn.
class ReportBudget {
 public:
  explicit ReportBudget(const ReportLimits& limits = {}) : limits_(limits) {}

  /// Nothing: take it; then it counts. Otherwise why it is left out, to follow its name.
  [[nodiscard]] std::optional<std::string> refuse_image(std::uint64_t bytes);
  /// How many bytes of a preview or log may be read; 0: leave it out. What was read then counts.
  [[nodiscard]] std::uint64_t preview_room() const;
  void count_preview(std::uint64_t bytes) { previews_ += bytes; }
  [[nodiscard]] std::uint64_t log_room() const;
  void count_log(std::uint64_t bytes) { logs_ += bytes; }

  [[nodiscard]] const ReportLimits& limits() const { return limits_; }

 private:
  ReportLimits limits_;
  std::size_t images_ = 0;
  std::uint64_t image_bytes_ = 0;
  std::uint64_t previews_ = 0;
  std::uint64_t logs_ = 0;
};

/// A file of an output with what is shown of it.
struct ShownFile {
  ShownAs as = ShownAs::text;
  std::string path;  ///< Within the output.
  std::uint64_t bytes = 0;
  std::string media_type;  ///< Of an image.
  std::string content;     ///< An image whole; of a text the beginning.
};

/// What is shown of one output.
struct OutputInReport {
  std::vector<ShownFile> files;
  std::vector<std::string> left_out;  ///< "plot.png (3.1 MB): …", for people.
  std::string copied_to;  ///< Its `path:`, and in words if that does not hold it; "" if none.
  std::string machines;   ///< Where it lies, if that is not this machine alone; else "".
};

/// The end of what one attempt wrote to stdout or stderr.
struct ShownLog {
  std::string title;
  std::string content;
  bool cut = false;  ///< More was written before.
};

/// "outputs" and "logs" for the folders every step has, else the output's own name.
[[nodiscard]] std::string shown_name(const OutputRecord& output);

/// The first whole lines of a text, at most so many, and whether more follows in a file of `bytes`.
struct Beginning {
  std::string text;
  bool cut = false;
};
[[nodiscard]] Beginning beginning_of(std::string_view content, std::uint64_t bytes,
                                     const ReportLimits& limits = {});
/// The last whole lines of a log as they would stand on a terminal.
[[nodiscard]] Beginning end_of(const ShownLog& log, const ReportLimits& limits = {});

/// An <img> with the image in it: a figure with a caption. An SVG too, so nothing in it can act.
/// A click makes it fill the window: `id` is its own place in the page, `back` where closing leads.
[[nodiscard]] Markup image_figure(const ShownFile& file, std::string_view caption,
                                  std::string_view id, std::string_view back);
/// A collapsible block with a text file's first lines.
[[nodiscard]] Markup preview_block(const ShownFile& file);
/// A collapsible block with the end of a log.
[[nodiscard]] Markup log_block(const ShownLog& log, bool open);

}  // namespace mlpipe
