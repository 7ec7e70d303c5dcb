#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_stat.h"
#include "core/pipeline.h"
#include "spec/keywords.h"
#include "spec/problems.h"

namespace mlpipe {

/// `text` below `folder`: absolute, normal, without a slash at the end. `file://` and `file:`
/// are understood.
[[nodiscard]] std::filesystem::path resolve_path(const std::filesystem::path& folder,
                                                 std::string_view text);

/// Whether `text` names something that is not on this machine's file system: `azureml:…`,
/// `https://…`, `abfss://…`.
[[nodiscard]] bool is_remote(std::string_view text);

/// Whether `path` is relative and stays below where it starts.
[[nodiscard]] bool stays_below(std::string_view path);

/// Where a type may stand.
enum class TypeOf : std::uint8_t {
  data,
  data_or_value,  ///< For the message: a value's type was possible, too.
};

/// `uri_file` or `uri_folder`; a CLI v2 file may also say `mltable`, `path` or name a kind of
/// model, which count as folders. Reports anything else.
[[nodiscard]] std::optional<DataType> to_data_type(std::string_view text, Mark mark,
                                                   Spelling spelling, Problems& problems,
                                                   TypeOf what = TypeOf::data);
[[nodiscard]] std::string_view data_type_name(DataType type);
/// Whether Azure ML knows a mode of this name, in any case: it takes all for inputs and outputs.
[[nodiscard]] bool is_azure_mode(std::string_view text);
/// In a CLI v2 file each mode that Azure ML knows, for inputs or outputs. What may be written to is
/// a copy of the step's own.
[[nodiscard]] std::optional<InputMode> to_input_mode(std::string_view text, Mark mark,
                                                     Spelling spelling, Problems& problems);

/// A path to data as written, and what it is for: "the input 'raw'".
struct DataPath {
  std::filesystem::path path;
  std::string text;
  std::string what;
  Mark mark;
  bool is_override = false;  ///< The caller gives it, not the file.
};

/// What is really at `path`; nothing after a problem was reported: it is remote, not there, or (in
/// our spelling) not of the `expected` type.
[[nodiscard]] std::optional<DataType> check_data_path(const DataPath& path, DataType expected,
                                                      Spelling spelling, Problems& problems);

/// stat_file() that takes what cannot be looked at for "not there".
[[nodiscard]] std::optional<FileStat> stat_if_accessible(const std::filesystem::path& path);
/// Why nothing can be found at a path: "does not exist", "is a link that leads nowhere (…)".
[[nodiscard]] std::string why_missing(const std::filesystem::path& path);
/// A neighbour of a path with a similar name: " (did you mean 'x'?)", or "".
[[nodiscard]] std::string similar_path(const std::filesystem::path& path);

/// Report a bare text where a path may have been meant: an error in our spelling, a warning in a
/// CLI v2 file.
void check_bare_text(const DataPath& path, Spelling spelling, Problems& problems);

}  // namespace mlpipe
