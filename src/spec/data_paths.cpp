#include "spec/data_paths.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// stat that takes an unreadable folder for "not there".
std::optional<FileStat> look(const fs::path& path) {
  try {
    return stat_file(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::string why_missing(const fs::path& path) {
  std::error_code error;
  if (fs::is_symlink(fs::symlink_status(path, error)))
    return fmt::format("is a link that leads nowhere ({} -> {})", path.string(),
                       fs::read_symlink(path, error).string());
  const auto status = fs::status(path, error);
  if (error && status.type() != fs::file_type::not_found)
    return fmt::format("cannot be accessed: {}", error.message());
  return "does not exist";
}

std::string similar_path(const fs::path& path) {
  try {
    const auto parent = look(path.parent_path());
    if (!parent || parent->kind != FileKind::folder) return {};
    return did_you_mean(path.filename().string(), list_names(path.parent_path()));
  } catch (const Error&) {
    return {};
  }
}

fs::path resolve_path(const fs::path& folder, std::string_view text) {
  if (text.starts_with("file://")) text.remove_prefix(7);
  auto path = (folder / fs::path(text)).lexically_normal();
  return path.has_filename() || path == path.root_path() ? path : path.parent_path();
}

bool is_remote(std::string_view text) {
  if (text.starts_with("azureml:") || text.starts_with("runs:/") || text.starts_with("git+"))
    return true;
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0 || text.starts_with("file://")) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(scheme), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  });
}

bool stays_below(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  const auto parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(), [](auto part) { return part == ".."; });
}

std::optional<DataType> to_data_type(std::string_view text, Mark mark, Spelling spelling,
                                     Problems& problems) {
  static constexpr std::array<std::string_view, 4> folders = {"mltable", "mlflow_model",
                                                              "custom_model", "triton_model"};
  const auto lower = lower_case(text);
  if (lower == "uri_file") return DataType::uri_file;
  if (lower == "uri_folder") return DataType::uri_folder;
  if (spelling == Spelling::cli_v2 &&
      std::find(folders.begin(), folders.end(), lower) != folders.end())
    return DataType::uri_folder;
  static const std::array<std::string, 2> known = {"uri_file", "uri_folder"};
  problems.error(
      mark,
      fmt::format("unknown data type '{}'{}", printable(text), problems.suggestion(text, known)),
      "expected uri_file or uri_folder");
  return std::nullopt;
}

std::string_view data_type_name(DataType type) {
  return type == DataType::uri_file ? "uri_file" : "uri_folder";
}

std::optional<InputMode> to_input_mode(std::string_view text, Mark mark, Spelling spelling,
                                       Problems& problems) {
  const auto lower = lower_case(text);
  const bool azure = spelling == Spelling::cli_v2;
  if (lower == "ro_mount" || (azure && lower == "eval_mount")) return InputMode::ro_mount;
  if (lower == "download" || (azure && lower == "eval_download")) return InputMode::download;
  if (lower == "direct") return InputMode::direct;
  static const std::array<std::string, 3> known = {"ro_mount", "download", "direct"};
  problems.error(
      mark,
      fmt::format("unknown input mode '{}'{}", printable(text), problems.suggestion(text, known)),
      "expected ro_mount, download or direct; it makes no difference to the files");
  return std::nullopt;
}

std::optional<DataType> check_data_path(const DataPath& path, DataType expected, Spelling spelling,
                                        Problems& problems) {
  if (is_remote(path.text)) {
    problems.error(path.mark,
                   fmt::format("mlpipe does not read '{}' yet: {} must be a path on "
                               "this machine",
                               printable(path.text), path.what),
                   "download it and write its path");
    return std::nullopt;
  }
  const auto stat = look(path.path);
  if (!stat) {
    problems.error(path.mark,
                   fmt::format("the path of {}, '{}', {}{}", path.what, printable(path.text),
                               why_missing(path.path), similar_path(path.path)),
                   fmt::format("looked at {}", printable(path.path.string())));
    return std::nullopt;
  }
  if (stat->kind == FileKind::other) {
    problems.error(path.mark,
                   fmt::format("the path of {}, '{}', is neither a file nor a folder", path.what,
                               printable(path.text)),
                   "data must be in files: a FIFO, socket or device cannot be compared");
    return std::nullopt;
  }
  const auto actual = stat->kind == FileKind::folder ? DataType::uri_folder : DataType::uri_file;
  if (actual != expected && spelling == Spelling::ours) {
    problems.error(
        path.mark,
        fmt::format("{} is declared as {}, but '{}' is a {}", path.what, data_type_name(expected),
                    printable(path.text), actual == DataType::uri_file ? "file" : "folder"),
        fmt::format("write type: {}", data_type_name(actual)));
    return std::nullopt;
  }
  return actual;
}

void check_bare_text(const DataPath& path, Spelling spelling, Problems& problems) {
  if (path.text.empty() || path.text.size() > 4000 || path.text.find('\n') != std::string::npos)
    return;
  const auto stat = look(path.path);
  if (!stat) return;
  const auto* const type = stat->kind == FileKind::folder ? "uri_folder" : "uri_file";
  const auto hint = fmt::format("write {{type: {}, path: {}}} if the {} is meant", type, path.text,
                                stat->kind == FileKind::folder ? "folder" : "file");
  const auto message = fmt::format(
      "{} is the text '{}', which is also a path that exists: as text, its contents would not "
      "count for reuse",
      path.what, printable(path.text));
  if (spelling == Spelling::ours)
    problems.error(path.mark, message,
                   hint + ", or give the text by way of a parameter if it is not");
  else
    problems.warning(path.mark, message, hint);
}

}  // namespace mlpipe
