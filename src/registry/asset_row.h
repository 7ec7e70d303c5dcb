#pragma once

#include <string>
#include <string_view>

#include "base/sqlite.h"
#include "registry/asset_record.h"

namespace mlpipe {

/// What read_asset() takes, with `assets` and, joined by it, step_runs and runs.
inline constexpr std::string_view asset_query =
    "SELECT assets.key, kind, name, assets.version, type, display_name, description, tags, "
    "properties,"
    " created, archived, coalesce(creator, 0), coalesce(runs.id, ''), coalesce(step_runs.step, ''),"
    " definition, path, content_hash, bytes, files, object, output, is_file, executable, file_name"
    " FROM assets LEFT JOIN step_runs ON step_runs.key = creator"
    " LEFT JOIN runs ON runs.key = step_runs.run ";

/// Without `sources`.
[[nodiscard]] AssetRecord read_asset(const Statement& row);

/// A map of texts as one JSON object, for a column, and back.
[[nodiscard]] std::string encode_texts(const std::map<std::string, std::string>& texts);
[[nodiscard]] std::map<std::string, std::string> decode_texts(std::string_view encoded);

}  // namespace mlpipe
