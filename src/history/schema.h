#pragma once

#include "base/sqlite.h"

namespace mlpipe {

/// Bring a database to this program's schema: make it if it is new, migrate it if it is older.
/// Throws Error(system) if a newer mlpipe wrote it. This is the only owner of the schema.
void prepare_schema(Database& database);

/// Throws Error(system) unless the database has this program's schema; for readers, which change
/// nothing.
void check_schema(Database& database);

}  // namespace mlpipe
