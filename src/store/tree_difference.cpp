#include "store/tree_difference.h"

#include <fmt/format.h>

#include <map>

#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace {

std::string_view entry_word(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return "a file";
    case FileKind::folder:
      return "a folder";
    case FileKind::link:
      return "a link";
    case FileKind::other:
      break;
  }
  return "something else";
}

void compare_bytes(const KnownTree& before, const KnownTree& now, EntryDifference& difference) {
  using Kind = EntryDifference::Kind;
  const auto first = before.root / difference.path;
  const auto second = now.root / difference.path;
  difference.kind = Kind::bytes;
  difference.bytes = first_difference_of_files(first, second);
  if (!difference.bytes) {
    difference.text =
        "reads the same now: what is stored was changed since (`mlpipe verify --deep`)";
    return;
  }
  difference.text = describe(*difference.bytes);
  // Both are held in memory to be looked into.
  constexpr std::uint64_t most = std::uint64_t{256} << 20U;
  if (difference.bytes->before_size <= most && difference.bytes->now_size <= most)
    difference.format = format_difference(read_file(first), read_file(second));
}

/// Nothing if the two are equal.
std::optional<EntryDifference> compare_entry(const KnownTree& before, const TreeEntry& first,
                                             const KnownTree& now, const TreeEntry& second) {
  using Kind = EntryDifference::Kind;
  EntryDifference difference{.path = first.path};
  if (first.kind != second.kind) {
    difference.kind = Kind::kind;
    difference.text =
        fmt::format("{} before, {} now", entry_word(first.kind), entry_word(second.kind));
    return difference;
  }
  if (first.kind == FileKind::link) {
    if (first.link == second.link) return std::nullopt;
    difference.kind = Kind::link;
    difference.text = fmt::format("leads to '{}' before, to '{}' now", printable(first.link),
                                  printable(second.link));
    return difference;
  }
  if (first.kind != FileKind::file) return std::nullopt;
  if (first.hash != second.hash) {
    compare_bytes(before, now, difference);
    return difference;
  }
  if (first.executable == second.executable) return std::nullopt;
  difference.kind = Kind::executable;
  difference.text = second.executable ? "executable now" : "not executable now";
  return difference;
}

}  // namespace

std::string_view to_text(EntryDifference::Kind kind) {
  switch (kind) {
    case EntryDifference::Kind::missing:
      return "missing";
    case EntryDifference::Kind::added:
      return "added";
    case EntryDifference::Kind::kind:
      return "kind";
    case EntryDifference::Kind::link:
      return "link";
    case EntryDifference::Kind::executable:
      return "executable";
    case EntryDifference::Kind::bytes:
      return "bytes";
  }
  return {};
}

std::vector<EntryDifference> tree_differences(const KnownTree& before, const KnownTree& now) {
  std::map<std::string_view, std::pair<const TreeEntry*, const TreeEntry*>> by_path;
  for (const auto& entry : before.entries) by_path[entry.path].first = &entry;
  for (const auto& entry : now.entries) by_path[entry.path].second = &entry;
  std::vector<EntryDifference> differences;
  for (const auto& [path, sides] : by_path) {
    const auto& [first, second] = sides;
    if (first == nullptr || second == nullptr) {
      const auto& entry = first == nullptr ? *second : *first;
      differences.push_back(
          {.path = entry.path,
           .kind = first == nullptr ? EntryDifference::Kind::added : EntryDifference::Kind::missing,
           .text = fmt::format("{} that {}", entry_word(entry.kind),
                               first == nullptr ? "was not there before" : "is not there now")});
    } else if (auto difference = compare_entry(before, *first, now, *second)) {
      differences.push_back(std::move(*difference));
    }
  }
  return differences;
}

}  // namespace mlpipe
