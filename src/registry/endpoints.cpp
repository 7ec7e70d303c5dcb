#include "registry/endpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "core/asset.h"
#include "history/own_transaction.h"
#include "registry/asset_names.h"
#include "registry/asset_row.h"

namespace mlpipe {

namespace {

constexpr std::string_view endpoint_columns =
    "SELECT key, name, description, created, default_version, disabled, archived,"
    " max_concurrent_runs, notifications FROM endpoints ";
constexpr std::string_view version_columns =
    "SELECT key, endpoint, number, description, created, deleted, pipeline, spec, from_run,"
    " properties FROM endpoint_versions ";

Statement& statement(Database& database, std::string_view columns, std::string_view rest) {
  return database.cached(std::string(columns) + std::string(rest));
}

EndpointRecord read_endpoint(const Statement& row) {
  EndpointRecord endpoint{.key = {row.integer(0)},
                          .name = row.text(1),
                          .description = row.text(2),
                          .created = from_micros(row.integer(3)),
                          .default_version = static_cast<int>(row.integer(4)),
                          .disabled = from_micros(row.integer(5)),
                          .archived = from_micros(row.integer(6))};
  endpoint.notifications = decode_notifications(row.text(8)).value_or(std::vector<Notification>());
  if (!row.is_null(7)) endpoint.max_concurrent_runs = static_cast<int>(row.integer(7));
  return endpoint;
}

EndpointVersion read_version(const Statement& row) {
  return {.key = {row.integer(0)},
          .endpoint = {row.integer(1)},
          .number = static_cast<int>(row.integer(2)),
          .description = row.text(3),
          .created = from_micros(row.integer(4)),
          .deleted = from_micros(row.integer(5)),
          .pipeline = row.text(6),
          .spec = hash_from_bytes(row.text(7)).value_or(Hash{}),
          .from_run = row.text(8),
          .properties = decode_texts(row.text(9))};
}

template <class Record>
std::vector<Record> rows_of(Statement& query, Record (*read)(const Statement&)) {
  std::vector<Record> rows;
  while (query.step()) rows.push_back(read(query));
  query.reset();
  return rows;
}

template <class Record>
std::optional<Record> first_of(std::vector<Record> rows) {
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

std::optional<int> version_number(std::string_view text) {
  int number = 0;
  const char* const end = text.data() + text.size();  // NOLINT(*-pointer-arithmetic)
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  const bool is_number = problem == std::errc() && rest == end && number > 0;
  return is_number ? std::optional(number) : std::nullopt;
}

std::string numbers_text(const std::vector<EndpointVersion>& versions) {
  std::vector<int> numbers;
  for (const auto& each : versions) numbers.push_back(each.number);
  std::sort(numbers.begin(), numbers.end());
  return numbers.empty() ? "all its versions were deleted"
                         : fmt::format("it has {}", fmt::join(numbers, ", "));
}

}  // namespace

void Endpoints::check_name(const std::string& name) {
  if (!is_asset_word(name))
    fail(ErrorKind::usage, "'{}' cannot be the name of an endpoint: it must be {}", printable(name),
         asset_name_rule);
}

PublishedVersion Endpoints::publish(const std::string& name, const std::string& description,
                                    EndpointVersion version, bool set_default) {
  check_name(name);
  OwnTransaction transaction(history_);
  const auto found = find(name);
  PublishedVersion published{.endpoint = found ? *found : insert(name, description),
                             .version = {},
                             .made_endpoint = !found};
  if (published.endpoint.is_archived())
    fail(ErrorKind::usage,
         "the endpoint '{0}' is archived, nothing can be published under its name: `mlpipe "
         "endpoint restore {0}` takes it back",
         name);
  if (found && !description.empty() && version.description.empty())
    version.description = description;
  version.endpoint = published.endpoint.key;
  const auto there = versions_of(version.endpoint);
  const auto equal = std::find_if(there.begin(), there.end(), [&version](const auto& each) {
    return each.spec == version.spec;
  });
  published.made = equal == there.end();
  if (published.made) insert(version);
  published.version = published.made ? version : *equal;
  if (set_default || published.endpoint.default_version == 0) {
    published.endpoint.default_version = published.version.number;
    history_.database()
        .cached("UPDATE endpoints SET default_version = ? WHERE key = ?")
        .bind(std::int64_t{published.version.number})
        .bind(published.endpoint.key.value)
        .run();
  }
  transaction.commit();
  return published;
}

EndpointRecord Endpoints::insert(const std::string& name, const std::string& description) {
  EndpointRecord endpoint{.name = name, .description = description, .created = now()};
  // A deleted one's row goes on under the name: a number that it gave never means another thing.
  auto& query = history_.database().cached(
      "INSERT INTO endpoints(name, description, created) VALUES (?,?,?) ON CONFLICT(name) DO UPDATE"
      " SET description = excluded.description, created = excluded.created, default_version = 0,"
      " disabled = 0, archived = 0, max_concurrent_runs = NULL, notifications = '[]', deleted = 0"
      " RETURNING key");
  query.bind(name).bind(description).bind(to_micros(endpoint.created)).step();
  endpoint.key = {query.integer(0)};
  query.reset();
  return endpoint;
}

void Endpoints::insert(EndpointVersion& version) {
  // One more than there ever was: a deleted version's number means nothing else later.
  auto& highest = history_.database().cached(
      "SELECT coalesce(max(number), 0) FROM endpoint_versions WHERE endpoint = ?");
  highest.bind(version.endpoint.value).step();
  version.number = static_cast<int>(highest.integer(0)) + 1;
  highest.reset();
  version.created = now();
  history_.database()
      .cached(
          "INSERT INTO endpoint_versions(endpoint, number, description, created, pipeline, spec,"
          " from_run, properties) VALUES (?,?,?,?,?,?,?,?)")
      .bind(version.endpoint.value)
      .bind(std::int64_t{version.number})
      .bind(version.description)
      .bind(to_micros(version.created))
      .bind(version.pipeline)
      .bind_blob(version.spec.view())
      .bind(version.from_run)
      .bind(encode_texts(version.properties))
      .run();
  version.key = {history_.database().last_insert_row()};
  for (const auto& object : version.objects)
    history_.database()
        .cached("INSERT OR IGNORE INTO endpoint_objects VALUES (?,?)")
        .bind(version.key.value)
        .bind_blob(object.view())
        .run();
}

std::optional<EndpointRecord> Endpoints::find(std::string_view name) {
  auto& query = statement(history_.database(), endpoint_columns, "WHERE name = ? AND deleted = 0");
  return first_of(rows_of(query.bind(name), read_endpoint));
}

std::optional<EndpointRecord> Endpoints::find(EndpointKey key) {
  auto& query = statement(history_.database(), endpoint_columns, "WHERE key = ?");
  return first_of(rows_of(query.bind(key.value), read_endpoint));
}

EndpointRecord Endpoints::get(const std::string& name) {
  if (auto found = find(name)) return std::move(*found);
  std::vector<std::string> known;
  for (const auto& each : all(true)) known.push_back(each.name);
  fail(ErrorKind::not_found, "there is no endpoint '{}'{}{}", printable(name),
       did_you_mean(name, known),
       known.empty() ? ": nothing is published in this workspace; `mlpipe publish SPEC --endpoint "
                       "NAME` does that"
                     : "; `mlpipe endpoint list` shows those there are");
}

std::vector<EndpointRecord> Endpoints::all(bool with_archived) {
  auto& query = statement(history_.database(), endpoint_columns,
                          "WHERE deleted = 0 AND (archived = 0 OR ?) ORDER BY name");
  return rows_of(query.bind(std::int64_t{with_archived}), read_endpoint);
}

std::vector<EndpointVersion> Endpoints::versions_of(EndpointKey endpoint) {
  auto& query = statement(history_.database(), version_columns,
                          "WHERE endpoint = ? AND deleted = 0 ORDER BY number DESC");
  return rows_of(query.bind(endpoint.value), read_version);
}

std::optional<EndpointVersion> Endpoints::version(EndpointVersionKey key) {
  auto& query = statement(history_.database(), version_columns, "WHERE key = ?");
  return first_of(rows_of(query.bind(key.value), read_version));
}

EndpointVersion Endpoints::version(const EndpointRecord& endpoint, const std::string& text) {
  const auto number = text.empty() ? endpoint.default_version : version_number(text).value_or(-1);
  if (number < 0)
    fail(ErrorKind::usage, "'{}' is no version of an endpoint: versions are 1, 2, 3 …",
         printable(text));
  auto& query = statement(history_.database(), version_columns,
                          "WHERE endpoint = ? AND number = ? AND deleted = 0");
  query.bind(endpoint.key.value).bind(std::int64_t{number});
  if (auto found = first_of(rows_of(query, read_version))) return std::move(*found);
  const auto there = numbers_text(versions_of(endpoint.key));
  if (text.empty())
    fail(ErrorKind::not_found, "the endpoint '{}' has no default version: {}", endpoint.name,
         there);
  fail(ErrorKind::not_found, "the endpoint '{}' has no version {}: {}", endpoint.name, number,
       there);
}

}  // namespace mlpipe
