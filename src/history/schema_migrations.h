#pragma once

#include <span>

namespace mlpipe {

/// What makes the tables, as SQL: the first makes those of schema 1, each later one brings a
/// database from the schema before to its own. They are added to, never changed.
[[nodiscard]] std::span<const char* const> schema_migrations();

}  // namespace mlpipe
