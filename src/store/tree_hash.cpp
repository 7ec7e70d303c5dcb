#include "store/tree_hash.h"

#include <string_view>

#include "store/encoding.h"

// The hash of a folder is the XXH3-128 of
//
//   "mlpipe tree 1\n"
//   number of entries                  64 bits
//   for each entry, by the bytes of its name:
//     length of the name               32 bits
//     name
//     kind                             8 bits: 1 file, 2 folder, 3 link
//     executable                       8 bits: 1 or 0; 0 for what is not a file
//     size                             64 bits; 0 for what is not a file
//     hash                             16 bytes: XXH3-128 of a file's bytes or of a link's text,
//                                      or of the folder by this same rule
//
// Numbers are little-endian. Everything of variable length has its length before it, so two
// different trees never encode alike. Changing this changes every fingerprint.

namespace mlpipe {

namespace {

constexpr std::string_view domain = "mlpipe tree 1\n";

unsigned kind_code(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return 1;
    case FileKind::folder:
      return 2;
    case FileKind::link:
      return 3;
    case FileKind::other:
      break;
  }
  return 0;
}

void append_entry(std::string& out, std::string_view name, const TreeEntry& entry) {
  const bool is_file = entry.kind == FileKind::file;
  append_text(out, name);
  append_number(out, kind_code(entry.kind), 1);
  append_number(out, is_file && entry.executable ? 1 : 0, 1);
  append_number(out, is_file ? entry.size : 0, 8);
  out.append(entry.hash.view());
}

/// Hash the folder whose entries start at `at` and whose path with '/' has `prefix` characters.
/// Afterwards `at` is on the first entry that is not below it.
Hash hash_folder(std::vector<TreeEntry>& entries, std::size_t& at, std::string_view prefix) {
  std::string encoded;
  std::uint64_t count = 0;
  while (at < entries.size() && entries[at].path.starts_with(prefix)) {
    TreeEntry& entry = entries[at++];
    if (entry.kind == FileKind::folder) entry.hash = hash_folder(entries, at, entry.path + '/');
    append_entry(encoded, std::string_view(entry.path).substr(prefix.size()), entry);
    ++count;
  }
  std::string whole(domain);
  append_number(whole, count, 8);
  return hash_bytes(whole.append(encoded));
}

}  // namespace

Hash hash_tree(std::vector<TreeEntry>& entries) {
  std::size_t at = 0;
  return hash_folder(entries, at, "");
}

}  // namespace mlpipe
