#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "store/encoding.h"
#include "store/format_difference.h"
#include "store/unpacker.h"

// RFC 1952: a member begins with a header
//   1f 8b, method 8, flags, mtime (4), extra flags, operating system,
//   with flag 4: length (2) and extra field; 8: name, NUL; 16: comment, NUL; 2: checksum (2)

namespace mlpipe {

namespace {

struct GzipHeader {
  std::uint64_t mtime = 0;
  std::uint64_t extra_flags = 0;
  std::uint64_t system = 0;
  std::string_view extra;
  std::string_view name;
  std::string_view comment;
  std::string_view rest;  ///< What follows the header.
};

/// The text up to a NUL, which is taken too; nothing if there is none.
std::optional<std::string_view> take_zero_ended(std::string_view& bytes) {
  const auto end = bytes.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const auto text = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return text;
}

std::optional<GzipHeader> read_gzip_header(std::string_view bytes) {
  constexpr std::size_t fixed = 10;
  if (bytes.size() < fixed || !bytes.starts_with("\x1f\x8b\x08")) return std::nullopt;
  constexpr unsigned has_checksum = 2;
  constexpr unsigned has_extra = 4;
  constexpr unsigned has_name = 8;
  constexpr unsigned has_comment = 16;
  const auto flags = static_cast<unsigned char>(bytes[3]);
  ByteReader reader(bytes.substr(4));
  GzipHeader header;
  header.mtime = reader.number(4);
  header.extra_flags = reader.number(1);
  header.system = reader.number(1);
  if ((flags & has_extra) != 0) header.extra = reader.bytes(reader.number(2));
  if (!reader.ok()) return std::nullopt;
  std::string_view rest = bytes.substr(bytes.size() - reader.left());
  for (const auto& [flag, text] :
       {std::pair{has_name, &header.name}, std::pair{has_comment, &header.comment}}) {
    if ((flags & flag) == 0) continue;
    const auto found = take_zero_ended(rest);
    if (!found) return std::nullopt;
    *text = *found;
  }
  if ((flags & has_checksum) != 0) rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
  header.rest = rest;
  return header;
}

std::string gzip_time(std::uint64_t seconds) {
  constexpr std::int64_t million = 1'000'000;
  return seconds == 0 ? "none" : iso_utc(from_micros(static_cast<std::int64_t>(seconds) * million));
}

std::vector<std::string> header_differences(const GzipHeader& before, const GzipHeader& now) {
  std::vector<std::string> lines;
  const auto add = [&lines](std::string_view what, const std::string& a, const std::string& b) {
    if (a != b) lines.push_back(fmt::format("the header's {}: {} before, {} now", what, a, b));
  };
  add("time (mtime)", gzip_time(before.mtime), gzip_time(now.mtime));
  add("file name", fmt::format("'{}'", printable(before.name)),
      fmt::format("'{}'", printable(now.name)));
  add("operating system", std::to_string(before.system), std::to_string(now.system));
  add("compression level (XFL)", std::to_string(before.extra_flags),
      std::to_string(now.extra_flags));
  add("comment", fmt::format("'{}'", printable(before.comment)),
      fmt::format("'{}'", printable(now.comment)));
  if (before.extra != now.extra) lines.emplace_back("the header's extra field");
  return lines;
}

}  // namespace

std::optional<FormatDifference> gzip_difference(std::string_view before, std::string_view now) {
  const auto first = read_gzip_header(before);
  const auto second = read_gzip_header(now);
  if (!first || !second) return std::nullopt;
  Unpacker a(before, Packing::gzip);
  Unpacker b(now, Packing::gzip);
  const auto unpacked = compare_unpacked(a, b);
  if (!unpacked.readable) return std::nullopt;
  FormatDifference difference{.format = "gzip", .same_content = !unpacked.offset};
  auto header = header_differences(*first, *second);
  if (unpacked.offset) {
    difference.lines.push_back(
        fmt::format("the content differs, first at byte {} of what is packed", *unpacked.offset));
  } else {
    const bool packed_alike = first->rest == second->rest;
    difference.lines.emplace_back(
        packed_alike ? "the content is the same: only the header differs"
                     : "the content is the same: it is packed in another way (another level, or "
                       "another program)");
  }
  difference.lines.insert(difference.lines.end(), header.begin(), header.end());
  return difference;
}

}  // namespace mlpipe
