#include "engine/hidden_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view blanks = " \t\n\r\f\v";
constexpr std::string_view openings = " \t\n\r\f\v'\"`([{<=:,;";

/// Where the word that begins at `start` ends: at the closing quote if one was opened before it.
std::size_t end_of_path(std::string_view text, std::size_t start) {
  const char before = start == 0 ? '\n' : text[start - 1];
  const auto line_end = std::min(text.find('\n', start), text.size());
  if (before == '\'' || before == '"' || before == '`') {
    const char closing = before == '`' ? '\'' : before;  // `like this'
    const auto quote = text.find(closing, start);
    if (quote < line_end) return quote;
  }
  return std::min(text.find_first_of(blanks, start), text.size());
}

fs::path without_punctuation(std::string_view word) {
  while (!word.empty() &&
         std::string_view(".,:;!?)]}>'\"`").find(word.back()) != std::string_view::npos)
    word.remove_suffix(1);
  // "/data/x.csv:12:3: wrong", "/data/x.csv: no such file"
  return word.substr(0, word.find(':'));
}

bool is_on_disk(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found && !error;
}

}  // namespace

std::vector<fs::path> paths_named_in(std::string_view text) {
  std::vector<fs::path> paths;
  for (auto at = text.find('/'); at != std::string_view::npos; at = text.find('/', at)) {
    const bool begins = at == 0 || openings.find(text[at - 1]) != std::string_view::npos ||
                        static_cast<unsigned char>(text[at - 1]) >= 0x80U;  // a quote such as ‘
    const auto end = end_of_path(text, at);
    if (begins && end > at + 1) {
      auto path = without_punctuation(text.substr(at, end - at)).lexically_normal();
      if (!path.has_filename()) path = path.parent_path();
      if (path.has_relative_path() && std::find(paths.begin(), paths.end(), path) == paths.end())
        paths.push_back(std::move(path));
      at = end;
    } else {
      ++at;
    }
  }
  return paths;
}

std::string hidden_paths_text(const StepExecution& execution) {
  if (execution.isolated_by.empty()) return {};
  constexpr std::uint64_t most_bytes = std::uint64_t{64} << 10U;
  constexpr std::size_t most_named = 5;
  const auto shown = shown_to(execution);
  std::vector<std::string> hidden;
  std::size_t more = 0;
  for (const auto& path : paths_named_in(read_tail(execution.stderr_file, most_bytes))) {
    if (is_shown(shown, path) || leads_to_shown(shown, path) || !is_on_disk(path)) continue;
    if (hidden.size() < most_named)
      hidden.push_back(fmt::format("'{}'", printable(path.native())));
    else
      ++more;
  }
  if (hidden.empty()) return {};
  const bool one = hidden.size() == 1;
  return fmt::format(
      "; isolated, it names {}{}, which exist{} but {} not declared: add {} to inputs, or to "
      "hash_paths",
      fmt::join(hidden, ", "), more == 0 ? "" : fmt::format(" and {} more", more), one ? "s" : "",
      one ? "is" : "are", one ? "it" : "them");
}

}  // namespace mlpipe
