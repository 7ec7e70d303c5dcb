#include "history/history_health.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "history/schema.h"

namespace mlpipe {

std::vector<std::string> database_problems(Database& database) {
  std::vector<std::string> problems;
  auto& check = database.cached("PRAGMA integrity_check(20)");
  while (check.step())
    if (check.text(0) != "ok") problems.push_back(check.text(0));
  check.reset();
  auto& keys = database.cached(
      "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check"
      " WHERE NOT (\"table\" = 'outputs' AND parent = 'objects') GROUP BY 1, 2");
  while (keys.step())
    problems.push_back(fmt::format("{} of table {} without {} in table {}",
                                   counted(static_cast<std::size_t>(keys.integer(2)), "row"),
                                   keys.text(0), keys.integer(2) == 1 ? "its row" : "their rows",
                                   keys.text(1)));
  keys.reset();
  return problems;
}

HistoryHealth::HistoryHealth(const std::filesystem::path& file)
    : file_(file), database_(file, Database::Mode::glance) {}

HistoryHealth::Schema HistoryHealth::schema() {
  return {.version = schema_version_of(database_), .known = known_schema_version()};
}

bool HistoryHealth::is_foreign() { return mlpipe::is_foreign(database_); }

bool HistoryHealth::is_in_wal_mode() {
  // https://www.sqlite.org/fileformat.html: the versions that a writer and a reader need.
  constexpr std::size_t versions_at = 18;
  constexpr std::string_view of_wal = "\2\2";
  std::string header(versions_at + of_wal.size(), '\0');
  const Fd file = open_file(file_, O_RDONLY);
  const auto got = ::pread(file.get(), header.data(), header.size(), 0);
  return got == static_cast<ssize_t>(header.size()) && header.substr(versions_at) == of_wal;
}

std::vector<std::string> HistoryHealth::problems() {
  auto problems = database_problems(database_);
  if (problems.empty()) return problems;
  // A glance may read what a writer is just changing: once more, with locks.
  Database locked(file_, Database::Mode::read_only);
  return database_problems(locked);
}

std::int64_t HistoryHealth::runs() {
  auto& query = database_.cached("SELECT count(*) FROM runs");
  const std::int64_t count = query.step() ? query.integer(0) : 0;
  query.reset();
  return count;
}

TimePoint HistoryHealth::newest_run() {
  auto& query = database_.cached("SELECT started FROM runs ORDER BY key DESC LIMIT 1");
  const auto started = query.step() ? from_micros(query.integer(0)) : TimePoint{};
  query.reset();
  return started;
}

std::vector<std::pair<RunKey, std::string>> HistoryHealth::unfinished_runs() {
  auto& query = database_.cached(
      "SELECT key, id FROM runs WHERE finished = 0 AND status != 'Queued' ORDER BY key");
  std::vector<std::pair<RunKey, std::string>> runs;
  while (query.step()) runs.emplace_back(RunKey{query.integer(0)}, query.text(1));
  query.reset();
  return runs;
}

}  // namespace mlpipe
