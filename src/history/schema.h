#pragma once

#include "base/sqlite.h"

namespace mlpipe {

/// Bring a database to this program's schema: make it if it is new, migrate it if it is older.
/// Throws Error(system) if a newer mlpipe or another program wrote it. This is the only owner of
/// the schema.
void prepare_schema(Database& database);

/// The schema a database has, and the one this program writes.
[[nodiscard]] std::int64_t schema_version_of(Database& database);
[[nodiscard]] std::int64_t known_schema_version();

/// Whether prepare_schema() would change it: an earlier mlpipe wrote it, or the one that made it
/// was ended before its tables were there.
[[nodiscard]] bool is_to_be_updated(Database& database);

/// Whether another program made it.
[[nodiscard]] bool is_foreign(Database& database);

/// Throws Error(system) unless the database has this program's schema; for readers, which change
/// nothing.
void check_schema(Database& database);

}  // namespace mlpipe
