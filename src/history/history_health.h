#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/sqlite.h"
#include "core/run.h"

namespace mlpipe {

/// What SQLite finds wrong with a database of ours and its tables, at most some 20 lines; empty:
/// nothing. An output whose object has no row is not among it: a look at the object mends that.
[[nodiscard]] std::vector<std::string> database_problems(Database& database);

/// A look at the database that changes nothing, also not its schema, and makes no files beside it.
class HistoryHealth {
 public:
  /// Throws Error(system) if the file cannot be opened.
  explicit HistoryHealth(const std::filesystem::path& file);

  struct Schema {
    std::int64_t version = 0;
    std::int64_t known = 0;  ///< What this program writes.
  };
  [[nodiscard]] Schema schema();
  /// Whether another program made the database.
  [[nodiscard]] bool is_foreign();
  /// Whether it is in WAL mode, by the file itself: SQLite, where it takes the file for unchanging,
  /// answers for this look and not for the file.
  [[nodiscard]] bool is_in_wal_mode();
  [[nodiscard]] std::vector<std::string> problems();
  [[nodiscard]] std::int64_t runs();
  /// When it was started; unset if there is none.
  [[nodiscard]] TimePoint newest_run();
  /// Keys and ids of the runs that have not ended.
  [[nodiscard]] std::vector<std::pair<RunKey, std::string>> unfinished_runs();
  /// As History has them.
  [[nodiscard]] std::vector<JobElsewhere> jobs_elsewhere();

 private:
  std::filesystem::path file_;
  Database database_;
};

}  // namespace mlpipe
