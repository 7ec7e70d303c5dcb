#pragma once

#include "base/sqlite.h"

namespace mlpipe {

/// Bring a database to this program's schema: make it if it is new, migrate it if it is older.
/// Throws Error(system) if a newer mlpipe wrote it. This is the only owner of the schema.
void prepare_schema(Database& database);

/// The schema a database has, and the one this program writes.
[[nodiscard]] std::int64_t schema_version_of(Database& database);
[[nodiscard]] std::int64_t known_schema_version();

/// Whether an earlier version of mlpipe wrote it, so that prepare_schema() would change it.
[[nodiscard]] bool is_of_older_mlpipe(Database& database);

/// Throws Error(system) unless the database has this program's schema; for readers, which change
/// nothing.
void check_schema(Database& database);

}  // namespace mlpipe
