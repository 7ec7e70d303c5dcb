#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/byte_difference.h"
#include "store/format_difference.h"
#include "store/tree_entry.h"

namespace mlpipe {

/// A tree on disk with what is known of its entries.
struct KnownTree {
  std::filesystem::path root;
  std::vector<TreeEntry> entries;
};

/// How one entry of two trees differs.
struct EntryDifference {
  enum class Kind {
    missing,     ///< Only in the earlier tree.
    added,       ///< Only in the later one.
    kind,        ///< A file here, a folder or link there.
    link,        ///< Links that lead elsewhere.
    executable,  ///< Equal bytes.
    bytes,
  };

  std::string path;
  Kind kind = Kind::bytes;
  std::string text;                        ///< For people.
  std::optional<ByteDifference> bytes;     ///< Of Kind::bytes.
  std::optional<FormatDifference> format;  ///< Of Kind::bytes, if the format is known.
};

/// "missing", "added" … as in JSON.
[[nodiscard]] std::string_view to_text(EntryDifference::Kind kind);

/// Everything that differs, by path. Files whose hashes differ are read. Throws Error(system).
[[nodiscard]] std::vector<EntryDifference> tree_differences(const KnownTree& before,
                                                            const KnownTree& now);

}  // namespace mlpipe
