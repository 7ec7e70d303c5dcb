#include "target/frame.h"

#include <algorithm>
#include <limits>

namespace mlpipe {

namespace {

constexpr std::size_t length_bytes = sizeof(std::uint32_t);
/// Longer than any command line and environment the kernel takes.
constexpr std::uint32_t longest_frame = std::uint32_t{64} << 20U;

}  // namespace

FrameWriter::FrameWriter(char type) : bytes_(length_bytes, '\0') { bytes_ += type; }

FrameWriter& FrameWriter::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_ += value;
  return *this;
}

FrameWriter& FrameWriter::texts(const std::vector<std::string>& values) {
  number(static_cast<std::uint32_t>(values.size()));
  for (const auto& value : values) text(value);
  return *this;
}

FrameWriter& FrameWriter::hash(const Hash& value) {
  bytes_ += value.view();
  return *this;
}

std::string FrameWriter::finish(std::size_t more) {
  if (bytes_.size() + more > longest_frame) throw ProtocolError("longer than a frame may be");
  const auto length = static_cast<std::uint32_t>(bytes_.size() - length_bytes + more);
  std::memcpy(bytes_.data(), &length, length_bytes);
  return std::move(bytes_);
}

int FieldReader::integer() {
  const auto value = number<std::int64_t>();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
    throw ProtocolError("a frame has a number that is too large");
  return static_cast<int>(value);
}

bool FieldReader::truth() {
  const auto value = number<std::uint8_t>();
  if (value > 1) throw ProtocolError("a frame has a truth value that is none");
  return value != 0;
}

std::size_t FieldReader::count(std::size_t least_bytes) {
  const auto value = number<std::uint32_t>();
  if (value > rest_.size() / least_bytes) throw ProtocolError("a frame counts what it lacks");
  return value;
}

std::vector<std::string> FieldReader::texts() {
  std::vector<std::string> values(count(length_bytes));
  for (auto& value : values) value = text();
  return values;
}

Hash FieldReader::hash() { return hash_from_bytes(take(sizeof(Hash::bytes))).value_or(Hash{}); }

void FieldReader::end() const {
  if (!rest_.empty()) throw ProtocolError("a frame is too long for what it says");
}

std::string_view FieldReader::take(std::size_t size) {
  if (size > rest_.size()) throw ProtocolError("a frame ends too early");
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

void FrameReader::add(std::string_view bytes) {
  bytes.copy(room(bytes.size()).data(), bytes.size());
  came(bytes.size());
}

std::span<char> FrameReader::room(std::size_t least) {
  if (start_ == end_) start_ = end_ = 0;
  if (bytes_.size() - end_ < least) {
    std::memmove(bytes_.data(), bytes_.data() + start_, end_ - start_);
    end_ -= start_;
    start_ = 0;
    if (bytes_.size() - end_ < least) bytes_.resize(std::max(2 * bytes_.size(), end_ + least));
  }
  return std::span(bytes_).subspan(end_);
}

std::optional<std::string_view> FrameReader::next() {
  const auto rest = std::string_view(bytes_).substr(start_, end_ - start_);
  if (rest.size() < length_bytes) return std::nullopt;
  std::uint32_t length = 0;
  std::memcpy(&length, rest.data(), length_bytes);
  if (length == 0 || length > longest_frame) throw ProtocolError("a frame has an absurd length");
  if (rest.size() - length_bytes < length) return std::nullopt;
  start_ += length_bytes + length;
  return rest.substr(length_bytes, length);
}

}  // namespace mlpipe
