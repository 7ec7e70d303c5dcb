#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "spec/data_paths.h"
#include "spec/scope.h"

namespace mlpipe {

/// Data that exists before the run.
struct LocatedData {
  PathSource source;
  DataType type = DataType::uri_folder;
};

/// What a text leads to that names data: a path, `azureml://datastores/…`, `azureml:NAME:VERSION`,
/// an output of an earlier run, an http(s) URL (azureml.md 3.6). Nothing after a problem was
/// reported. `path.path` need not be set.
[[nodiscard]] std::optional<LocatedData> locate_data(const DataPath& path, DataType expected,
                                                     const Scope& scope, Problems& problems);

/// What `azureml://datastores/NAME/paths/PATH` says, also in its long form with subscription and
/// workspace.
struct DatastorePath {
  std::string datastore;
  std::string path;  ///< Empty: the whole of it.
};
/// Nothing if `text` is no such URI.
[[nodiscard]] std::optional<DatastorePath> parse_datastore_uri(std::string_view text);

/// The path on this machine of such a URI. Nothing if `text` is none, or after a problem was
/// reported; is_on_datastore() tells them apart.
[[nodiscard]] bool is_on_datastore(std::string_view text);
[[nodiscard]] std::optional<std::filesystem::path> path_on_datastore(std::string_view text,
                                                                     Mark mark, const Scope& scope,
                                                                     Problems& problems);

/// `azureml://datastores/NAME/paths/PATH` of the keys `datastore:` and `path:`.
[[nodiscard]] std::string datastore_uri(std::string_view datastore, std::string_view path);

}  // namespace mlpipe
