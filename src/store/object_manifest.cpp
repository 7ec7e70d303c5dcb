#include "store/object_manifest.h"

#include <utility>

#include "store/encoding.h"

// The file, all numbers little-endian, a text with its length in 32 bits before it:
//
//   "mlpipe object 1\n"                           format and version
//   look of the content folder         40 bytes
//   number of entries                  64 bits
//   for each entry, parents before children, names sorted by bytes:
//     path                             text, relative to the content folder
//     kind                             8 bits: FileKind
//     executable                       8 bits
//     hash                             16 bytes
//     text of a link                   text, "" for others
//     look                             40 bytes; its size is a file's size
//   XXH3-128 of all of the above       16 bytes
//
// A look is dev, ino, size, mtime_ns and ctime_ns, 64 bits each.

namespace mlpipe {

namespace {

constexpr std::string_view magic = "mlpipe object 1\n";

void append_look(std::string& out, const FileStat& look) {
  append_number(out, look.dev, 8);
  append_number(out, look.ino, 8);
  append_number(out, look.size, 8);
  append_number(out, static_cast<std::uint64_t>(look.mtime_ns), 8);
  append_number(out, static_cast<std::uint64_t>(look.ctime_ns), 8);
}

FileStat read_look(ByteReader& reader) {
  FileStat look;
  look.dev = reader.number(8);
  look.ino = reader.number(8);
  look.size = reader.number(8);
  look.mtime_ns = static_cast<std::int64_t>(reader.number(8));
  look.ctime_ns = static_cast<std::int64_t>(reader.number(8));
  return look;
}

/// Nothing for what no object holds.
std::optional<ManifestEntry> read_entry(ByteReader& reader) {
  ManifestEntry result;
  TreeEntry& entry = result.entry;
  entry.path = reader.text();
  const std::uint64_t kind = reader.number(1);
  const std::uint64_t executable = reader.number(1);
  if (kind >= static_cast<std::uint64_t>(FileKind::other) || executable > 1) return std::nullopt;
  entry.kind = static_cast<FileKind>(kind);
  entry.executable = executable != 0;
  entry.hash = reader.hash();
  entry.link = reader.text();
  result.look = read_look(reader);
  result.look.kind = entry.kind;
  result.look.executable = entry.executable;
  if (entry.kind == FileKind::file) entry.size = result.look.size;
  return result;
}

}  // namespace

std::string encode_object_manifest(const ObjectManifest& manifest) {
  std::string out(magic);
  append_look(out, manifest.root);
  append_number(out, manifest.entries.size(), 8);
  for (const auto& item : manifest.entries) {
    append_text(out, item.entry.path);
    append_number(out, static_cast<std::uint64_t>(item.entry.kind), 1);
    append_number(out, item.entry.executable ? 1 : 0, 1);
    out.append(item.entry.hash.view());
    append_text(out, item.entry.link);
    append_look(out, item.look);
  }
  return out.append(hash_bytes(out).view());
}

std::optional<ObjectManifest> decode_object_manifest(std::string_view bytes) {
  if (bytes.size() < magic.size() + 16 || !bytes.starts_with(magic)) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - 16);
  if (hash_bytes(body).view() != bytes.substr(body.size())) return std::nullopt;
  ByteReader reader(body.substr(magic.size()));
  ObjectManifest manifest;
  manifest.root = read_look(reader);
  manifest.root.kind = FileKind::folder;
  const std::uint64_t count = reader.number(8);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    auto entry = read_entry(reader);
    if (!entry) return std::nullopt;
    manifest.entries.push_back(std::move(*entry));
  }
  if (!reader.ok() || reader.left() != 0) return std::nullopt;
  return manifest;
}

}  // namespace mlpipe
