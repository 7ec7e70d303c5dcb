#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mlpipe {

/// One prepared statement. Bind, then step through the rows.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Forget the last values and rows.
  Statement& reset();

  /// Parameters count from 1, in order of the calls. Throw Error(system) for a value that the
  /// database does not take (1 GB).
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  /// A text that stays where it is until run() has ended, and is not copied until then.
  Statement& bind_lasting(std::string_view text);
  Statement& bind_real(double value);
  Statement& bind_null();
  template <class Value>
  Statement& bind(const std::optional<Value>& value) {
    return value ? bind(*value) : bind_null();
  }

  /// To the next row; false when there is none. Throws Error(system).
  bool step();
  /// For statements without rows.
  void run() {
    while (step()) {
    }
    reset();
  }

  /// Columns count from 0.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< Also for blobs: the bytes.
  [[nodiscard]] bool is_null(int column) const;

 private:
  Statement& bound(int code);

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

/// One connection to an SQLite file. Use from one thread.
class Database {
 public:
  enum class Mode { read_only, read_write, glance };

  /// Opens the file (":memory:" for tests); read_write creates it. Waits up to a minute for other
  /// processes' transactions. read_only also reads where nothing can be written: on a read-only
  /// filesystem, in another user's folder. glance is read_only that neither waits nor makes
  /// files; it may fail, and what it reads may be torn if a writer comes just then. Throws
  /// Error(system) that names the file.
  Database(const std::filesystem::path& file, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Run statements that give no rows.
  void execute(const std::string& sql);

  /// Keeps changes in a log beside the file from now on (WAL): readers do not wait for writers.
  /// Waits as the constructor says, which the PRAGMA alone does not while others have it open.
  void write_ahead();

  /// From now on what was committed survives a power cut, also in the log (synchronous = FULL).
  void make_commits_durable();

  /// A statement that is prepared once and kept; reset, ready to bind. Not for recursive use.
  [[nodiscard]] Statement& cached(std::string_view sql);

  [[nodiscard]] std::int64_t last_insert_row() const;
  [[nodiscard]] std::int64_t changed_rows() const;
  /// How many rows its statements have stepped to because no index led to what was asked for.
  [[nodiscard]] std::int64_t scanned_rows() const;

 private:
  void open(const std::string& name, int flags);
  [[nodiscard]] bool can_be_read();

  sqlite3* database_ = nullptr;
  std::chrono::milliseconds patience_{0};
  std::map<std::string, Statement, std::less<>> statements_;
};

/// One unchanging view of the database for several questions. Neither waits nor lets others wait.
class ReadView {
 public:
  explicit ReadView(Database& database);
  ~ReadView();
  ReadView(const ReadView&) = delete;
  ReadView& operator=(const ReadView&) = delete;

 private:
  Database& database_;
};

/// BEGIN IMMEDIATE at the start; COMMIT by commit(), else ROLLBACK at the end.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace mlpipe
