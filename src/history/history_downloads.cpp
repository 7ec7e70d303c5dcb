// What was fetched for inputs that have an address instead of a path.
#include "base/error.h"
#include "history/history.h"

namespace mlpipe {

std::optional<Download> History::find_download(std::string_view url) {
  auto& query = database_.cached(
      "SELECT object, content_hash, file_name, bytes, etag, last_modified, fetched, last_used"
      " FROM downloads WHERE url = ?");
  query.bind(url);
  std::optional<Download> found;
  if (query.step()) {
    const auto object = hash_from_bytes(query.text(0));
    const auto content = hash_from_bytes(query.text(1));
    if (object && content)
      found = Download{.url = std::string(url),
                       .object = *object,
                       .content_hash = *content,
                       .file_name = query.text(2),
                       .bytes = static_cast<std::uint64_t>(query.integer(3)),
                       .etag = query.text(4),
                       .last_modified = query.text(5),
                       .fetched = from_micros(query.integer(6)),
                       .last_used = from_micros(query.integer(7))};
  }
  query.reset();
  return found;
}

void History::save_download(const Download& download) {
  database_.cached("INSERT OR REPLACE INTO downloads VALUES (?,?,?,?,?,?,?,?,?)")
      .bind(download.url)
      .bind_blob(download.object.view())
      .bind_blob(download.content_hash.view())
      .bind_blob(download.file_name)
      .bind(static_cast<std::int64_t>(download.bytes))
      .bind(download.etag)
      .bind(download.last_modified)
      .bind(to_micros(download.fetched))
      .bind(to_micros(download.last_used))
      .run();
}

void History::use_download(std::string_view url, TimePoint at) {
  database_.cached("UPDATE downloads SET last_used = ? WHERE url = ?")
      .bind(to_micros(at))
      .bind(url)
      .run();
}

bool History::forget_download(const HeldDownload& seen) {
  database_.cached("DELETE FROM downloads WHERE url = ? AND object = ? AND last_used = ?")
      .bind(seen.url)
      .bind_blob(seen.object.view())
      .bind(to_micros(seen.last_used))
      .run();
  return database_.changed_rows() > 0;
}

}  // namespace mlpipe
