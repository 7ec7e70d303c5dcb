#include "store/byte_difference.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t piece_size = std::size_t{1} << 18U;

/// The next bytes of a file; fewer than a piece only at its end.
std::string_view read_piece(int fd, std::string& buffer, const std::filesystem::path& path) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const auto got = ::read(fd, buffer.data() + have, buffer.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_errno(errno, fmt::format("cannot read '{}'", printable(path.native())));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return std::string_view(buffer).substr(0, have);
}

std::string byte_text(std::uint8_t byte) {
  const bool plain = byte >= ' ' && byte <= '~';
  return plain ? fmt::format("0x{:02x} ('{}')", byte, static_cast<char>(byte))
               : fmt::format("0x{:02x}", byte);
}

}  // namespace

std::optional<ByteDifference> first_difference(std::string_view before, std::string_view now) {
  const auto shorter = std::min(before.size(), now.size());
  const auto at = static_cast<std::size_t>(
      std::mismatch(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(shorter),
                    now.begin())
          .first -
      before.begin());
  if (at == before.size() && at == now.size()) return std::nullopt;
  ByteDifference difference{.offset = at, .before_size = before.size(), .now_size = now.size()};
  if (at < before.size()) difference.before = static_cast<std::uint8_t>(before[at]);
  if (at < now.size()) difference.now = static_cast<std::uint8_t>(now[at]);
  return difference;
}

std::optional<ByteDifference> first_difference_of_files(const std::filesystem::path& before,
                                                        const std::filesystem::path& now) {
  const Fd first = open_file(before, O_RDONLY);
  const Fd second = open_file(now, O_RDONLY);
  std::string first_buffer(piece_size, '\0');
  std::string second_buffer(piece_size, '\0');
  for (std::uint64_t read = 0;; read += piece_size) {
    const auto a = read_piece(first.get(), first_buffer, before);
    const auto b = read_piece(second.get(), second_buffer, now);
    if (auto found = first_difference(a, b)) {
      found->offset += read;
      found->before_size = stat_file(before).value_or(FileStat{}).size;
      found->now_size = stat_file(now).value_or(FileStat{}).size;
      return found;
    }
    if (a.size() < piece_size) return std::nullopt;
  }
}

std::string describe(const ByteDifference& difference) {
  const std::string sizes =
      difference.before_size == difference.now_size
          ? fmt::format("both {} bytes long", difference.before_size)
          : fmt::format("{} bytes before, {} now", difference.before_size, difference.now_size);
  if (!difference.before)
    return fmt::format("as before up to its end at byte {}, then more ({})", difference.offset,
                       sizes);
  if (!difference.now)
    return fmt::format("as before up to byte {}, where it ends now ({})", difference.offset, sizes);
  return fmt::format("first at byte {}: {} before, {} now ({})", difference.offset,
                     byte_text(*difference.before), byte_text(*difference.now), sizes);
}

}  // namespace mlpipe
