#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace mlpipe {

/// What the state directory says of a copy that is on its way to an output's `path:`
/// (engine/unfinished_copy.h). What it names may be removed on its word alone: so it counts only if
/// it is whole, if it is itself and no copy of it, and if it names what mlpipe names so.
struct CopyNote {
  std::filesystem::path making;  ///< The copy's first name; beside `path`.
  std::filesystem::path path;    ///< What it is for.
  std::vector<Hash> ours;        ///< Contents that are mlpipe's: the copy's, and what it replaces.
  std::filesystem::path file;    ///< Where the note lies: in a copied workspace, elsewhere.
};

/// A name for a copy that is free on every machine that sees the filesystem. Not the path's own
/// name with an ending: that may be as long as a name can be.
[[nodiscard]] std::string fresh_copy_name();

[[nodiscard]] std::string encode(const CopyNote& note);
/// Nothing if it was not written to its end, is damaged, or names what no note names.
[[nodiscard]] std::optional<CopyNote> decode_copy_note(std::string_view bytes);

/// Whether the note that lies in `file` was written there, and not for the workspace of which this
/// one is a copy.
[[nodiscard]] bool belongs_to(const CopyNote& note, const std::filesystem::path& file);

}  // namespace mlpipe
