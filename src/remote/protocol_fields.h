#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "remote/protocol.h"

namespace mlpipe {

// Fields that several frames of the protocol have. The take_… functions throw ProtocolError for
// what their put_… does not make.

/// Of a frame: the length.
inline constexpr std::size_t frame_length_bytes = 4;
inline constexpr std::size_t hash_bytes_long = 16;

/// The value of an enumeration of which `last` is the last.
template <class Kind>
Kind kind_of(std::uint8_t value, Kind last) {
  if (value > static_cast<std::uint8_t>(last)) throw ProtocolError("a frame has an unknown kind");
  return static_cast<Kind>(value);
}

[[nodiscard]] FrameWriter begin_frame(char type, RequestId request);
void put_count(FrameWriter& writer, std::size_t count);
void put_hashes(FrameWriter& writer, const std::vector<Hash>& hashes);
[[nodiscard]] std::vector<Hash> take_hashes(FieldReader& fields);
void put_numbers(FrameWriter& writer, const std::vector<unsigned>& numbers);
[[nodiscard]] std::vector<unsigned> take_numbers(FieldReader& fields);
void put_head(FrameWriter& writer, const ObjectHead& head);
[[nodiscard]] ObjectHead take_head(FieldReader& fields);
/// The whole frame; both sides say it.
[[nodiscard]] std::string put_files_wanted(const FilesWanted& said);
[[nodiscard]] FilesWanted take_files_wanted(RequestId request, FieldReader& fields);
/// Throws ProtocolError unless it is one name in a path, not a path.
void check_name(const std::string& name);

}  // namespace mlpipe
