#include "store/unpacker.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.h"

namespace mlpipe {

struct Unpacker::State {
  z_stream stream{};
  Packing packing = Packing::deflate;
  std::string_view unread;  ///< Not yet given to zlib.
  bool ended = false;
  std::array<char, std::size_t{1} << 16U> buffer{};
};

Unpacker::Unpacker(std::string_view packed, Packing packing) : rest_(packed) {
  if (packing == Packing::stored) return;
  state_ = std::make_unique<State>();
  state_->packing = packing;
  state_->unread = packed;
  constexpr int gzip_header = 16;
  const int bits = packing == Packing::gzip ? MAX_WBITS + gzip_header : -MAX_WBITS;
  if (inflateInit2(&state_->stream, bits) != Z_OK)
    fail(ErrorKind::system, "cannot unpack: there is too little memory; free some, then try again");
}

Unpacker::~Unpacker() {
  if (state_) inflateEnd(&state_->stream);
}

/// After one member of a gzip file: whether another one follows. `whole_` if nothing does.
bool Unpacker::next_member() {
  State& state = *state_;
  // What zlib was given and has not taken lies before what it was not given.
  const std::string_view rest(reinterpret_cast<const char*>(state.stream.next_in),
                              state.stream.avail_in + state.unread.size());
  if (state.packing == Packing::gzip && rest.starts_with("\x1f\x8b")) {
    state.stream.avail_in = 0;
    state.unread = rest;
    return inflateReset(&state.stream) == Z_OK;
  }
  whole_ = rest.empty();
  state.ended = true;
  return false;
}

std::string_view Unpacker::next() {
  if (!state_) {
    whole_ = true;
    return std::exchange(rest_, std::string_view());
  }
  State& state = *state_;
  while (!state.ended) {
    z_stream& stream = state.stream;
    if (stream.avail_in == 0) {
      const auto piece = std::min<std::size_t>(state.unread.size(), std::size_t{1} << 30U);
      // zlib only reads from it.
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(state.unread.data()));  // NOLINT
      stream.avail_in = static_cast<uInt>(piece);
      state.unread.remove_prefix(piece);
    }
    stream.next_out = reinterpret_cast<Bytef*>(state.buffer.data());
    stream.avail_out = static_cast<uInt>(state.buffer.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    const auto got = state.buffer.size() - stream.avail_out;
    if (code == Z_STREAM_END) {
      if (!next_member()) state.ended = true;
    } else if (code != Z_OK) {
      state.ended = true;  // damaged, or cut off
    }
    if (got > 0) return {state.buffer.data(), got};
  }
  return {};
}

UnpackedDifference compare_unpacked(Unpacker& before, Unpacker& now) {
  UnpackedDifference difference;
  std::string_view a;
  std::string_view b;
  for (std::uint64_t position = 0;;) {
    if (a.empty()) a = before.next();
    if (b.empty()) b = now.next();
    if (a.empty() || b.empty()) {
      difference.readable = (!a.empty() || before.is_whole()) && (!b.empty() || now.is_whole());
      if (a.size() != b.size()) difference.offset = position;
      return difference;
    }
    const auto common = std::min(a.size(), b.size());
    const auto* const end = a.begin() + static_cast<std::ptrdiff_t>(common);
    const auto* const at = std::mismatch(a.begin(), end, b.begin()).first;
    if (at != end) {
      difference.offset = position + static_cast<std::uint64_t>(at - a.begin());
      return difference;
    }
    position += common;
    a.remove_prefix(common);
    b.remove_prefix(common);
  }
}

std::optional<std::string> unpack_all(std::string_view packed, Packing packing, std::size_t most) {
  Unpacker unpacker(packed, packing);
  std::string all;
  for (auto piece = unpacker.next(); !piece.empty(); piece = unpacker.next()) {
    if (all.size() + piece.size() > most) return std::nullopt;
    all += piece;
  }
  return unpacker.is_whole() ? std::optional(std::move(all)) : std::nullopt;
}

}  // namespace mlpipe
