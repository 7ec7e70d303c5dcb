#include "store/zip_archive.h"

#include "store/encoding.h"

// From PKWARE's APPNOTE.TXT. The end: "PK\5\6", disk (2), disk of the directory (2), entries here
// (2), entries (2), directory's size (4) and offset (4), length of the comment (2), comment. Values
// that are all ones stand in the zip64 record, whose place a locator of 20 bytes before the end
// tells.

namespace mlpipe {

namespace {

constexpr std::uint64_t all_ones_16 = 0xffff;
constexpr std::uint64_t all_ones_32 = 0xffff'ffff;

struct ZipDirectory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t offset = 0;
};

/// `bytes` from `offset` on; empty if that is past the end.
std::string_view from_offset(std::string_view bytes, std::uint64_t offset) {
  return offset <= bytes.size() ? bytes.substr(offset) : std::string_view();
}

bool read_zip64_directory(std::string_view bytes, std::size_t end, ZipDirectory& directory) {
  constexpr std::size_t locator_size = 20;
  if (end < locator_size) return false;
  ByteReader locator(bytes.substr(end - locator_size, locator_size));
  if (locator.bytes(4) != "PK\x06\x07") return false;
  (void)locator.number(4);
  ByteReader record(from_offset(bytes, locator.number(8)));
  if (record.bytes(4) != "PK\x06\x06") return false;
  (void)record.bytes(28);  // sizes, versions, disks, entries on this disk
  directory.entries = record.number(8);
  directory.size = record.number(8);
  directory.offset = record.number(8);
  return record.ok();
}

std::optional<ZipDirectory> find_directory(std::string_view bytes, std::string_view& comment) {
  constexpr std::size_t fixed = 22;
  if (bytes.size() < fixed) return std::nullopt;
  const auto end = bytes.rfind("PK\x05\x06", bytes.size() - fixed);
  if (end == std::string_view::npos) return std::nullopt;
  ByteReader reader(bytes.substr(end + 4));
  ZipDirectory directory;
  const auto disks = reader.number(4);
  (void)reader.number(2);
  directory.entries = reader.number(2);
  directory.size = reader.number(4);
  directory.offset = reader.number(4);
  comment = reader.bytes(reader.number(2));
  if (!reader.ok() || reader.left() != 0 || disks != 0) return std::nullopt;
  const bool is_large = directory.entries == all_ones_16 || directory.size == all_ones_32 ||
                        directory.offset == all_ones_32;
  if (is_large && !read_zip64_directory(bytes, end, directory)) return std::nullopt;
  return directory;
}

/// The zip64 extra field holds, in this order, those values that are all ones elsewhere.
void take_zip64_values(std::string_view extra, const std::vector<std::uint64_t*>& values) {
  ByteReader fields(extra);
  while (fields.left() >= 4) {
    const auto id = fields.number(2);
    ByteReader field(fields.bytes(fields.number(2)));
    if (id != 1) continue;
    for (auto* value : values)
      if (*value == all_ones_32 && field.left() >= 8) *value = field.number(8);
  }
}

/// The packed bytes of a member, after its own header; false if they are not there.
bool find_packed(std::string_view bytes, std::uint64_t offset, std::uint64_t size,
                 std::string_view& packed) {
  ByteReader header(from_offset(bytes, offset));
  if (header.bytes(4) != "PK\x03\x04") return false;
  (void)header.bytes(22);
  const auto name = header.number(2);
  const auto extra = header.number(2);
  (void)header.bytes(name + extra);
  packed = header.bytes(size);
  return header.ok();
}

std::optional<ZipMember> read_member(std::string_view bytes, ByteReader& directory) {
  if (directory.bytes(4) != "PK\x01\x02") return std::nullopt;
  ZipMember member;
  (void)directory.number(4);  // versions
  member.flags = directory.number(2);
  member.method = directory.number(2);
  member.time = directory.number(4);
  member.checksum = directory.number(4);
  std::uint64_t packed_size = directory.number(4);
  member.size = directory.number(4);
  const auto name = directory.number(2);
  const auto extra = directory.number(2);
  const auto comment = directory.number(2);
  (void)directory.number(4);  // disk, internal attributes
  member.attributes = directory.number(4);
  std::uint64_t offset = directory.number(4);
  member.name = directory.bytes(name);
  take_zip64_values(directory.bytes(extra), {&member.size, &packed_size, &offset});
  (void)directory.bytes(comment);
  if (!directory.ok() || !find_packed(bytes, offset, packed_size, member.packed))
    return std::nullopt;
  return member;
}

}  // namespace

std::optional<Packing> ZipMember::packing() const {
  constexpr unsigned encrypted = 1;
  if ((flags & encrypted) != 0) return std::nullopt;
  if (method == 0) return Packing::stored;
  constexpr unsigned deflated = 8;
  return method == deflated ? std::optional(Packing::deflate) : std::nullopt;
}

std::optional<ZipArchive> read_zip(std::string_view bytes) {
  ZipArchive archive;
  const auto directory = find_directory(bytes, archive.comment);
  if (!directory) return std::nullopt;
  ByteReader reader(from_offset(bytes, directory->offset).substr(0, directory->size));
  if (reader.left() != directory->size) return std::nullopt;
  for (std::uint64_t i = 0; i < directory->entries; ++i) {
    auto member = read_member(bytes, reader);
    if (!member) return std::nullopt;
    archive.members.push_back(std::move(*member));
  }
  return archive;
}

}  // namespace mlpipe
