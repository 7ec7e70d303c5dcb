// How a database comes to have the tables of schema_migrations.cpp, and what is none of ours.
#include "history/schema.h"

#include <string>

#include "base/error.h"
#include "history/schema_migrations.h"

namespace mlpipe {

namespace {

void refuse_newer(std::int64_t version) {
  if (version > known_schema_version())
    fail(ErrorKind::system,
         "the database of this workspace was written by a newer mlpipe (schema {}; this one, {}, "
         "knows up to {}): use the newer one, or another workspace",
         version, MLPIPE_VERSION, known_schema_version());
}

}  // namespace

std::int64_t schema_version_of(Database& database) {
  auto& query = database.cached("PRAGMA user_version");
  query.step();
  const auto version = query.integer(0);
  query.reset();
  return version;
}

std::int64_t known_schema_version() {
  return static_cast<std::int64_t>(schema_migrations().size());
}

bool is_foreign(Database& database) {
  const ReadView view(database);  // of one moment: another process may just be making the tables
  auto& query = database.cached(
      "SELECT count(*), count(*) FILTER (WHERE name = 'step_runs') FROM sqlite_schema");
  const bool has_tables = query.step() && query.integer(0) > 0;
  const bool has_ours = has_tables && query.integer(1) > 0;
  query.reset();
  // One without a version is empty: its tables and its version come with one commit.
  return has_tables ? !has_ours || schema_version_of(database) == 0
                    : schema_version_of(database) != 0;
}

namespace {

void refuse_foreign(Database& database) {
  if (is_foreign(database))
    fail(ErrorKind::system,
         "the database of this workspace is of another program: move it away, or use another "
         "workspace");
}

}  // namespace

void prepare_schema(Database& database) {
  auto version = schema_version_of(database);
  refuse_newer(version);
  refuse_foreign(database);
  const auto wanted = known_schema_version();
  if (version == wanted) return;
  if (version == 0) database.write_ahead();
  Transaction transaction(database);
  version = schema_version_of(database);  // another process may have been faster
  refuse_newer(version);
  for (; version < wanted; ++version)
    database.execute(schema_migrations()[static_cast<std::size_t>(version)]);
  database.execute("PRAGMA user_version = " + std::to_string(wanted));
  transaction.commit();
}

bool is_to_be_updated(Database& database) {
  return schema_version_of(database) < known_schema_version();
}

void check_schema(Database& database) {
  const auto version = schema_version_of(database);
  refuse_newer(version);
  refuse_foreign(database);
  if (version == 0)
    fail(ErrorKind::not_found,
         "there are no runs in this workspace yet: its database is empty, and may not be written "
         "from here");
  if (version < known_schema_version())
    fail(ErrorKind::system,
         "the database of this workspace is of an older mlpipe (schema {}; this one needs {}) and "
         "may not be written from here: the next `mlpipe run` of its owner brings it up to date",
         version, known_schema_version());
}

}  // namespace mlpipe
