#include "history/schema.h"

#include <fmt/format.h>

#include <atomic>
#include <barrier>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "history/history_health.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

std::set<std::string> schema_of(const std::filesystem::path& file) {
  Database database(file, Database::Mode::read_only);
  std::set<std::string> lines;
  auto& query = database.cached("SELECT type, name, sql FROM sqlite_schema");
  while (query.step()) lines.insert(query.text(0) + " " + query.text(1) + " " + query.text(2));
  query.reset();
  return lines;
}

std::int64_t number(Database& database, const std::string& pragma) {
  auto& query = database.cached("PRAGMA " + pragma);
  REQUIRE(query.step());
  const auto value = query.integer(0);
  query.reset();
  return value;
}

ErrorKind kind_of_failure(const std::filesystem::path& file, Database::Mode mode) {
  try {
    const History history(file, mode);
  } catch (const Error& error) {
    return error.kind();
  }
  FAIL("it was opened");
  return ErrorKind::internal;
}

}  // namespace

TEST_CASE("eight that make the database at the same moment all get it") {
  for (int round = 0; round < 20; ++round) {
    const TemporaryFolder folder;
    std::barrier together(8);
    std::atomic<int> opened = 0;
    {
      std::vector<std::jthread> openers;
      for (int i = 0; i < 8; ++i)
        openers.emplace_back([&] {
          together.arrive_and_wait();
          try {
            const History history(folder.path() / "mlpipe.db", Database::Mode::read_write);
            ++opened;
          } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it is not counted
          }
        });
    }
    REQUIRE(opened == 8);
  }
}

TEST_CASE("a new history has the whole schema, in WAL mode") {
  Records records;
  std::set<std::string> tables;
  for (const auto& line : schema_of(records.file))
    if (line.starts_with("table ")) tables.insert(line.substr(6, line.find(' ', 6) - 6));
  CHECK(tables == std::set<std::string>{"asset_labels",
                                        "asset_objects",
                                        "assets",
                                        "attempts",
                                        "counters",
                                        "downloads",
                                        "endpoint_objects",
                                        "endpoint_versions",
                                        "endpoints",
                                        "fires",
                                        "jobs_elsewhere",
                                        "metrics",
                                        "notifications",
                                        "objects",
                                        "objects_elsewhere",
                                        "outputs",
                                        "published_paths",
                                        "results",
                                        "run_parameters",
                                        "run_properties",
                                        "run_sources",
                                        "run_tags",
                                        "runs",
                                        "schedules",
                                        "step_runs",
                                        "submissions",
                                        "texts"});
  Database database(records.file, Database::Mode::read_only);
  CHECK(number(database, "user_version") >= 1);
  auto& mode = database.cached("PRAGMA journal_mode");
  REQUIRE(mode.step());
  CHECK(mode.text(0) == "wal");
}

TEST_CASE("every migration from the first leads to the schema of a new database") {
  Records records;
  const auto fresh = schema_of(records.file);
  const auto file = records.folder.path() / "other.db";
  {
    Database database(file, Database::Mode::read_write);
    prepare_schema(database);
    prepare_schema(database);  // the second time there is nothing to do
  }
  CHECK(schema_of(file) == fresh);
}

TEST_CASE("opening again keeps what is there") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  RunRecord run{.pipeline = "p"};
  {
    History history(file, Database::Mode::read_write);
    history.begin_run(run);
  }
  CHECK(History(file, Database::Mode::read_write).find_run(run.id).pipeline == "p");
  CHECK(History(file, Database::Mode::read_only).find_run("latest").id == run.id);
}

TEST_CASE("a database of a newer mlpipe is refused and left as it is") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  { const History history(file, Database::Mode::read_write); }
  {
    Database database(file, Database::Mode::read_write);
    database.execute("PRAGMA user_version = 9999");
  }
  const auto before = schema_of(file);
  for (const auto mode : {Database::Mode::read_only, Database::Mode::read_write}) {
    CHECK(kind_of_failure(file, mode) == ErrorKind::system);
    CHECK_THROWS_WITH(History(file, mode), Contains("9999") && Contains("newer mlpipe"));
  }
  CHECK(schema_of(file) == before);
}

TEST_CASE("the database of another program is refused and left as it is") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  {
    Database database(file, Database::Mode::read_write);
    database.execute("CREATE TABLE unrelated (x)");
    database.execute(fmt::format("PRAGMA user_version = {}", GENERATE(0, 1, 14)));
  }
  const auto before = schema_of(file);
  CHECK(HistoryHealth(file).is_foreign());
  for (const auto mode : {Database::Mode::read_only, Database::Mode::read_write}) {
    CHECK(kind_of_failure(file, mode) == ErrorKind::system);
    CHECK_THROWS_WITH(History(file, mode), Contains("another program"));
  }
  CHECK(schema_of(file) == before);
}

TEST_CASE("a reader makes the tables where the first run was ended before they were there") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  SECTION("an empty file") { write_file_atomically(file, ""); }
  SECTION("already with a write-ahead log") {
    Database(file, Database::Mode::read_write).write_ahead();
  }
  History history(file, Database::Mode::read_only);
  CHECK(history.unfinished_runs().empty());
  CHECK(HistoryHealth(file).schema().version == known_schema_version());
}

TEST_CASE("the health of an empty database is told") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  write_file_atomically(file, "");
  HistoryHealth health(file);
  CHECK(health.schema().version == 0);
  CHECK_FALSE(health.is_foreign());
  CHECK(health.problems().empty());
}

TEST_CASE("a reader brings the database of an earlier version up to date") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  RunRecord run{.pipeline = "p", .resolved_spec = R"({"parameters": {"C": "0.5"}})"};
  {
    History history(file, Database::Mode::read_write);
    history.begin_run(run);
  }
  {
    Database database(file, Database::Mode::read_write);
    database.execute(
        "DROP VIEW run_steps; DROP INDEX runs_by_pipeline; DROP INDEX runs_listed; DROP INDEX "
        "run_tags_by_name;"
        "ALTER TABLE runs DROP COLUMN pinned; ALTER TABLE runs DROP COLUMN deleted;"
        "DROP TABLE run_parameters; DROP INDEX metrics_by_name;"
        "ALTER TABLE results DROP COLUMN collected; DROP INDEX results_by_producer;"
        "DROP INDEX results_replaced; DROP TABLE downloads;"
        "DROP TABLE notifications; DROP TABLE run_sources; DROP TABLE asset_objects; DROP TABLE "
        "asset_labels; DROP TABLE "
        "assets;"
        "DROP TABLE submissions; DROP TABLE fires; DROP TABLE schedules;"
        "DROP TABLE endpoint_objects; DROP TABLE endpoint_versions; DROP TABLE endpoints;"
        "DROP INDEX runs_queued; DROP TABLE objects_elsewhere; DROP TABLE jobs_elsewhere;"
        "DROP INDEX runs_by_steps; ALTER TABLE runs DROP COLUMN steps_of;"
        "DROP TRIGGER results_withdrawn; DROP TABLE counters;"
        "ALTER TABLE attempts DROP COLUMN compute_target;"
        "UPDATE runs SET resolved_spec = (SELECT text FROM texts WHERE hash = resolved_spec_hash);"
        "ALTER TABLE runs DROP COLUMN resolved_spec_hash;"
        "PRAGMA user_version = 1");
  }
  History history(file, Database::Mode::read_only);
  CHECK(history.find_run(run.id).pipeline == "p");
  CHECK_FALSE(history.find_run(run.id).pinned);
  CHECK(history.find_run(run.id).parameters.at("C") == "0.5");
  CHECK(history.find_run(run.id).resolved_spec == run.resolved_spec);
}

TEST_CASE("a reader of a history that is not there says so and makes none") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  CHECK(kind_of_failure(file, Database::Mode::read_only) == ErrorKind::not_found);
  CHECK_FALSE(stat_file(file));
}

TEST_CASE("a file that is no database is refused by name") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  write_file_atomically(file, std::string(4096, 'x'));
  CHECK(kind_of_failure(file, Database::Mode::read_write) == ErrorKind::system);
  CHECK_THROWS_WITH(History(file, Database::Mode::read_write), Contains(file.string()));
  CHECK(read_file(file) == std::string(4096, 'x'));
}

}  // namespace mlpipe
