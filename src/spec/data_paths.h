#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/pipeline.h"
#include "spec/keywords.h"
#include "spec/problems.h"

namespace mlpipe {

/// `text` below `folder`: absolute, normal, without a slash at the end. `file://` is understood.
[[nodiscard]] std::filesystem::path resolve_path(const std::filesystem::path& folder,
                                                 std::string_view text);

/// Whether `text` names something that is not on this machine's file system: `azureml:…`,
/// `https://…`, `abfss://…`.
[[nodiscard]] bool is_remote(std::string_view text);

/// Whether `path` is relative and stays below where it starts.
[[nodiscard]] bool stays_below(std::string_view path);

/// `uri_file` or `uri_folder`; a CLI v2 file may also say `mltable` or name a kind of model, which
/// count as folders. Reports anything else.
[[nodiscard]] std::optional<DataType> to_data_type(std::string_view text, Mark mark,
                                                   Spelling spelling, Problems& problems);
[[nodiscard]] std::string_view data_type_name(DataType type);
[[nodiscard]] std::optional<InputMode> to_input_mode(std::string_view text, Mark mark,
                                                     Spelling spelling, Problems& problems);

/// A path to data as written, and what it is for: "the input 'raw'".
struct DataPath {
  std::filesystem::path path;
  std::string text;
  std::string what;
  Mark mark;
};

/// What is really at `path`; nothing after a problem was reported: it is remote, not there, or (in
/// our spelling) not of the `expected` type.
[[nodiscard]] std::optional<DataType> check_data_path(const DataPath& path, DataType expected,
                                                      Spelling spelling, Problems& problems);

/// Why nothing can be found at a path: "does not exist", "is a link that leads nowhere (…)".
[[nodiscard]] std::string why_missing(const std::filesystem::path& path);
/// A neighbour of a path with a similar name: " (did you mean 'x'?)", or "".
[[nodiscard]] std::string similar_path(const std::filesystem::path& path);

/// Report a bare text where a path may have been meant: an error in our spelling, a warning in a
/// CLI v2 file.
void check_bare_text(const DataPath& path, Spelling spelling, Problems& problems);

}  // namespace mlpipe
