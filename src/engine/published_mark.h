#pragma once

#include <filesystem>
#include <optional>

#include "base/hash.h"

namespace mlpipe {

/// What mlpipe puts at an output's `path:` says so itself, in an extended attribute that comes
/// there with it: the record in the database is written later, and a kill or a power cut may come
/// between. Without extended attributes there is only the record.
///
/// `user.mlpipe.published` holds two hashes in hex, of the contents and of the path.
void mark_published(const std::filesystem::path& made, const Hash& content,
                    const std::filesystem::path& path);

/// The contents that mlpipe put at `path`, by the mark of what is there; nothing if it has none, or
/// one for another path. It may have been edited since.
[[nodiscard]] std::optional<Hash> published_mark(const std::filesystem::path& path);

/// Whether what is at `path`, and has this content now, was put there by mlpipe as it is.
[[nodiscard]] bool is_marked_published(const std::filesystem::path& path, const Hash& content);

/// Make a copy durable, file by file while it is little, before it takes the place of another one.
void flush_copy(const std::filesystem::path& made);

}  // namespace mlpipe
