#include "base/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/work_time.h"

namespace mlpipe {

namespace {

/// Whether the filesystem of `file` has less room than a file beside the database needs.
bool is_full(const std::string& file) {
  constexpr std::uint64_t needed = 65536;
  struct statvfs room {};
  return ::statvfs(file.c_str(), &room) == 0 &&
         std::uint64_t{room.f_bavail} * room.f_frsize < needed;
}

[[noreturn]] void fail_sqlite(sqlite3* database, std::string_view what) {
  const int code = sqlite3_extended_errcode(database);
  const char* file = sqlite3_db_filename(database, "main");
  const std::string name = file != nullptr && *file != '\0' ? file : "the database";
  const char* advice = "";
  switch (code & 0xFF) {
    case SQLITE_FULL:
      advice = " (free some space there, then run again)";
      break;
    case SQLITE_BUSY:
      advice =
          " (another program keeps it locked: end it, or close it there if it is open in sqlite3, "
          "then run again)";
      break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      advice = " (check who owns it and its permissions)";
      break;
    case SQLITE_TOOBIG:
      advice =
          " (no value may be longer than 1 GB: is a step's metric, or the pipeline, that long?)";
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      advice = " (it is damaged: move it away, then run again; steps that were done run once more)";
      break;
    case SQLITE_IOERR:  // also for want of space for the files beside it
      if (is_full(name)) advice = " (the disk is full: free some space there, then run again)";
      break;
    default:
      break;
  }
  fail(ErrorKind::system, "cannot {} '{}': {}{}", what, name, sqlite3_errmsg(database), advice);
}

/// No log beside the database that would have to be read too.
bool nobody_has_it_open(const std::filesystem::path& file) {
  const auto log = stat_file(file.string() + "-wal");
  return !log || log->size == 0;
}

/// The URI by which SQLite neither locks the file nor makes others beside it.
std::string as_unchanging(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : file.native()) {
    if (c == '%' || c == '?' || c == '#')
      uri += fmt::format("%{:02x}", static_cast<unsigned>(c));
    else
      uri += c;
  }
  return uri + "?immutable=1";
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  if (sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
    fail_sqlite(database, "use");
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_) {}

Statement& Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bound_ = 0;
  return *this;
}

Statement& Statement::bound(int code) {
  if (code != SQLITE_OK) fail_sqlite(database_, "use");  // it would be stored as NULL
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  return bound(sqlite3_bind_int64(statement_, ++bound_, value));
}

Statement& Statement::bind(std::string_view text) {
  return bound(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(),
                                   text.size(),
                                   SQLITE_TRANSIENT,  // NOLINT(*-cstyle-cast,*-no-int-to-ptr)
                                   SQLITE_UTF8));
}

Statement& Statement::bind_lasting(std::string_view text) {
  return bound(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(),
                                   text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Statement& Statement::bind_blob(std::string_view bytes) {
  return bound(sqlite3_bind_blob64(statement_, ++bound_, bytes.empty() ? "" : bytes.data(),
                                   bytes.size(),
                                   SQLITE_TRANSIENT));  // NOLINT(*-cstyle-cast,*-no-int-to-ptr)
}

Statement& Statement::bind_real(double value) {
  return bound(sqlite3_bind_double(statement_, ++bound_, value));
}

Statement& Statement::bind_null() { return bound(sqlite3_bind_null(statement_, ++bound_)); }

bool Statement::step() {
  const WorkTimer timer(sqlite3_stmt_readonly(statement_) != 0 ? Work::asking : Work::recording);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const bool writes = sqlite3_stmt_readonly(statement_) == 0;
    sqlite3_reset(statement_);
    fail_sqlite(database_, writes ? "write" : "read");
  }
  return false;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Database::Database(const std::filesystem::path& file, Mode mode) {
  const int flags = (mode == Mode::read_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                              : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX;
  patience_ = std::chrono::milliseconds(mode == Mode::glance ? 0 : 60'000);
  if (mode == Mode::glance && nobody_has_it_open(file)) {
    open(as_unchanging(file), flags | SQLITE_OPEN_URI);
    return;
  }
  open(file.string(), flags);
  if (mode == Mode::read_only && !can_be_read() && nobody_has_it_open(file)) {
    sqlite3_close(database_);
    open(as_unchanging(file), flags | SQLITE_OPEN_URI);
  }
}

void Database::open(const std::string& name, int flags) {
  if (sqlite3_open_v2(name.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
    const std::string reason = sqlite3_errmsg(database_);
    const bool is_fault = sqlite3_system_errno(database_) == EIO;
    sqlite3_close(database_);
    fail(ErrorKind::system, "cannot open '{}': {} ({})", name, reason,
         is_fault ? "the disk or the network filesystem reports a fault: see the system's log"
                  : "check who owns it and its permissions");
  }
  sqlite3_busy_timeout(database_, static_cast<int>(patience_.count()));
}

void Database::make_commits_durable() { execute("PRAGMA synchronous = FULL"); }

/// False where a WAL database needs files beside it that cannot be made there.
bool Database::can_be_read() {
  sqlite3_busy_timeout(database_, 0);  // one that is locked is waited for when it is read
  const int code = sqlite3_exec(database_, "PRAGMA user_version", nullptr, nullptr, nullptr) & 0xFF;
  sqlite3_busy_timeout(database_, static_cast<int>(patience_.count()));
  return code != SQLITE_CANTOPEN && code != SQLITE_READONLY;
}

Database::~Database() {
  const WorkTimer timer(Work::recording);  // the last one out writes the log back
  statements_.clear();
  sqlite3_close(database_);
}

void Database::execute(const std::string& sql) {
  const WorkTimer timer(Work::recording);
  if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail_sqlite(database_, "use");
}

void Database::write_ahead() {
  const auto limit = std::chrono::steady_clock::now() + patience_;
  // SQLite turns a reader into the only user here, for which it never waits: two could for ever.
  while (sqlite3_exec(database_, "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr) !=
         SQLITE_OK) {
    if ((sqlite3_errcode(database_) & 0xFF) != SQLITE_BUSY ||
        std::chrono::steady_clock::now() > limit)
      fail_sqlite(database_, "write");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

Statement& Database::cached(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end())
    found = statements_.emplace(std::string(sql), Statement(database_, sql)).first;
  return found->second.reset();
}

std::int64_t Database::last_insert_row() const { return sqlite3_last_insert_rowid(database_); }

std::int64_t Database::scanned_rows() const {
  std::int64_t rows = 0;
  for (auto* each = ::sqlite3_next_stmt(database_, nullptr); each != nullptr;
       each = ::sqlite3_next_stmt(database_, each))
    rows += ::sqlite3_stmt_status(each, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
  return rows;
}

std::int64_t Database::changed_rows() const { return sqlite3_changes64(database_); }

ReadView::ReadView(Database& database) : database_(database) { database_.cached("BEGIN").run(); }

ReadView::~ReadView() {
  try {
    database_.cached("COMMIT").run();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): nothing was written in it
  }
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK");
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): it was rolled back already
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace mlpipe
