#include "base/sqlite.h"

#include <sys/mman.h>

#include <optional>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

/// A database file with one table of one text column.
struct Words {
  TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "words.db";
  Database database{file, Database::Mode::read_write};

  Words() { database.execute("CREATE TABLE words (word TEXT NOT NULL UNIQUE) STRICT"); }

  void add(std::string_view word) {
    database.cached("INSERT INTO words VALUES (?)").bind(word).run();
  }
  [[nodiscard]] std::int64_t count() {
    auto& query = database.cached("SELECT count(*) FROM words");
    query.step();
    const auto rows = query.integer(0);
    query.reset();
    return rows;
  }
};

}  // namespace

TEST_CASE("a statement gives back what was bound, bytes and nothing included") {
  Database database(":memory:", Database::Mode::read_write);
  const std::string bytes("\0\xff'\n", 4);
  auto& query = database.cached("SELECT ?, ?, ?, ?, ?, ?");
  query.bind(std::int64_t{-5}).bind(bytes).bind_blob(bytes).bind_null();
  query.bind(std::optional<std::int64_t>()).bind(std::optional<std::int64_t>(7));
  REQUIRE(query.step());
  CHECK(query.integer(0) == -5);
  CHECK(query.text(1) == bytes);
  CHECK(query.text(2) == bytes);
  CHECK(query.is_null(3));
  CHECK(query.text(3).empty());
  CHECK(query.is_null(4));
  CHECK(query.integer(5) == 7);
  CHECK_FALSE(query.step());
}

TEST_CASE("an empty text and an empty blob are not null") {
  Database database(":memory:", Database::Mode::read_write);
  auto& query = database.cached("SELECT ?, ?");
  query.bind(std::string_view()).bind_blob(std::string_view());
  REQUIRE(query.step());
  CHECK_FALSE(query.is_null(0));
  CHECK_FALSE(query.is_null(1));
  CHECK(query.text(0).empty());
}

TEST_CASE("a cached statement comes back without its last values and rows") {
  Words words;
  words.add("a");
  words.add("b");
  const char* const sql = "SELECT word FROM words WHERE word >= ? ORDER BY word";
  REQUIRE(words.database.cached(sql).bind(std::string_view("a")).step());
  auto& again = words.database.cached(sql);  // in the middle of its rows
  again.bind(std::string_view("b"));
  REQUIRE(again.step());
  CHECK(again.text(0) == "b");
  CHECK_FALSE(again.step());
  CHECK_FALSE(words.database.cached(sql).step());  // nothing bound: compares with null
}

TEST_CASE("the last row and the changed rows are counted") {
  Words words;
  words.add("a");
  words.add("b");
  CHECK(words.database.last_insert_row() == 2);
  words.database.execute("UPDATE words SET word = word || 'x'");
  CHECK(words.database.changed_rows() == 2);
}

TEST_CASE("a transaction that is not committed leaves nothing") {
  Words words;
  {
    Transaction transaction(words.database);
    words.add("a");
    CHECK(words.count() == 1);
  }
  CHECK(words.count() == 0);
  {
    Transaction transaction(words.database);
    words.add("b");
    transaction.commit();
  }
  CHECK(words.count() == 1);
}

TEST_CASE("a transaction that an exception leaves is rolled back") {
  Words words;
  words.add("a");
  CHECK_THROWS_AS(
      [&] {
        Transaction transaction(words.database);
        words.add("b");
        words.add("a");  // not unique
        transaction.commit();
      }(),
      Error);
  CHECK(words.count() == 1);
  words.add("b");  // the connection goes on
}

TEST_CASE("errors name the file and what was wrong") {
  Words words;
  words.add("a");
  const auto says = Contains(words.file.string());
  CHECK_THROWS_WITH(words.add("a"), says && Contains("UNIQUE"));
  CHECK_THROWS_WITH(words.database.execute("DROP TABLE nothing"), says && Contains("nothing"));
  CHECK_THROWS_WITH((void)words.database.cached("SELEKT"), says && Contains("syntax error"));
  CHECK_THROWS_WITH(words.database.cached("INSERT INTO words VALUES (?)").bind_null().run(),
                    says && Contains("NOT NULL"));
}

TEST_CASE("a file that is no database is named, with what to do") {
  TemporaryFolder folder;
  const auto file = folder.path() / "mlpipe.db";
  write_file_atomically(file, "this is no database, but it is long enough to be looked at: " +
                                  std::string(1000, 'x'));
  Database database(file, Database::Mode::read_write);
  CHECK_THROWS_WITH(database.execute("CREATE TABLE t (x)"),
                    Contains(file.string()) && Contains("move it away"));
}

TEST_CASE("a database that cannot be opened is named") {
  TemporaryFolder folder;
  const auto file = folder.path() / "no folder" / "mlpipe.db";
  for (const auto mode : {Database::Mode::read_write, Database::Mode::read_only}) {
    try {
      const Database database(file, mode);
      FAIL("it was opened");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::system);
      CHECK_THAT(error.what(), Contains(file.string()));
    }
  }
}

TEST_CASE("a reader neither writes nor makes the file") {
  Words words;
  words.add("a");
  Database reader(words.file, Database::Mode::read_only);
  CHECK_THROWS_WITH(reader.execute("DELETE FROM words"), Contains("readonly"));
  CHECK_THROWS_AS(Database(words.folder.path() / "new.db", Database::Mode::read_only), Error);
  CHECK_FALSE(stat_file(words.folder.path() / "new.db"));
}

TEST_CASE("a value that is too long for a database is refused, not stored as nothing") {
  Words words;
  constexpr std::size_t size = std::size_t{3} << 30U;  // never touched, so it takes no memory
  void* room = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(room != MAP_FAILED);
  const std::string_view text(static_cast<const char*>(room), size);
  auto& statement = words.database.cached("INSERT INTO words VALUES (?)");
  CHECK_THROWS_WITH(statement.bind(text), Contains("1 GB"));
  CHECK_THROWS_WITH(statement.reset().bind_blob(text), Contains("1 GB"));
  ::munmap(room, size);
}

}  // namespace mlpipe
