#include "spec/read_source.h"

#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "spec/problems.h"

namespace mlpipe {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{64} << 20U;

/// Length of the longest well-formed start of `bytes`.
std::size_t utf8_prefix(std::string_view bytes) {
  std::size_t good = 0;
  for (;;) {  // whole lines first
    const auto end = bytes.find('\n', good);
    if (end == std::string_view::npos || !is_utf8(bytes.substr(good, end + 1 - good))) break;
    good = end + 1;
  }
  for (;;) {  // then characters
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(bytes.substr(good, length))) ++length;
    if (length > 4 || good >= bytes.size()) return good;
    good += length;
  }
}

/// A neighbour with a similar name, as a hint.
std::string similar_file(const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  try {
    if (!stat_file(folder)) return fmt::format(", nor the folder '{}'", printable(folder.string()));
    return did_you_mean(file.filename().string(), list_names(folder));
  } catch (const Error&) {
    return {};
  }
}

void check_is_regular(const std::filesystem::path& file, const std::string& name,
                      std::string_view what) {
  const auto stat = stat_file(file);
  if (!stat) {
    const bool dangles = stat_link(file).has_value();
    fail(ErrorKind::not_found, "cannot read the {} '{}': {}{}", what, name,
         dangles ? "it is a link that leads nowhere" : "there is no such file",
         dangles ? "" : similar_file(file));
  }
  if (stat->kind == FileKind::folder) {
    const bool has_pipeline = stat_file(file / "pipeline.yaml").has_value();
    fail(ErrorKind::invalid_file, "cannot read the {} '{}': it is a folder, not a YAML file{}",
         what, name,
         has_pipeline ? fmt::format(" (did you mean '{}'?)", (file / "pipeline.yaml").string())
                      : "");
  }
  if (stat->kind != FileKind::file)
    fail(ErrorKind::invalid_file,
         "cannot read the {} '{}': it is a FIFO, socket or device, not a file", what, name);
  if (stat->size > largest_file)
    fail(ErrorKind::invalid_file,
         "cannot read the {} '{}': it has {}, and more than {} are not accepted", what, name,
         size_text(stat->size), size_text(largest_file));
}

}  // namespace

SourceText read_source(const std::filesystem::path& file, std::string_view what) {
  const std::string name = printable(file.string());
  check_is_regular(file, name, what);
  std::string text = read_file(file);
  if (const auto zero = text.find('\0'); zero != std::string::npos)
    fail(ErrorKind::invalid_file,
         "cannot read the {} '{}': it is a binary file (byte {} is zero), not YAML", what, name,
         zero + 1);
  if (!is_utf8(text)) {
    const auto good = utf8_prefix(text);
    const auto byte = static_cast<unsigned char>(text[good]);
    const SourceText source(name, text);
    Problems problems(source);
    problems.error(source.mark(good), fmt::format("this is not UTF-8 text (byte 0x{:02x})", byte),
                   "save the file as UTF-8");
    problems.throw_if_any();
  }
  return {name, std::move(text)};
}

namespace {

std::string located_problem(const SpecLocation& at, std::string_view kind,
                            const std::string& message, const std::string& expected) {
  std::string text;
  try {
    text = read_file(*at.file);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it was there a moment ago
  }
  const SourceText source(*at.file, std::move(text));
  const auto line = source.line(at.line);
  std::size_t bytes = 0;
  while (bytes < line.size() &&
         character_count(line.substr(0, bytes + 1)) < static_cast<std::size_t>(at.column))
    ++bytes;
  return print_problem(source, {at.line, static_cast<int>(bytes) + 1}, kind, message, expected);
}

}  // namespace

std::string located_error(const SpecLocation& at, const std::string& message,
                          const std::string& expected) {
  return located_problem(at, "error", message, expected);
}

std::string located_warning(const SpecLocation& at, const std::string& message,
                            const std::string& expected) {
  return located_problem(at, "warning", message, expected);
}

}  // namespace mlpipe
