#include "spec/data_paths.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// What a type is called here that has other names elsewhere; "" if it has none.
std::string_view type_in_other_words(std::string_view word, TypeOf what) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> data = {
      {{"file", "uri_file"},
       {"folder", "uri_folder"},
       {"directory", "uri_folder"},
       {"dir", "uri_folder"}}};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> values = {
      {{"float", "number"},
       {"double", "number"},
       {"int", "integer"},
       {"bool", "boolean"},
       {"str", "string"},
       {"text", "string"},
       {"enum", "string"}}};
  for (const auto& [other, ours] : data)
    if (other == word) return ours;
  if (what == TypeOf::data_or_value)
    for (const auto& [other, ours] : values)
      if (other == word) return ours;
  return {};
}

/// "; write ${{parent.inputs.x}}" for a text such as `${parent.inputs.x}`, else "".
std::string expression_meant(std::string_view text) {
  const auto begin = text.find_first_not_of("${ ");
  const auto end = text.find_last_not_of("} ");
  if (begin == 0 || begin == std::string_view::npos || end + 1 == text.size()) return {};
  const auto body = text.substr(begin, end + 1 - begin);
  if (body.find('.') == std::string_view::npos ||
      body.find_first_of("{}$/") != std::string_view::npos)
    return {};
  return fmt::format("; if an expression is meant, write ${{{{{}}}}}", printable(body));
}

}  // namespace

std::optional<FileStat> stat_if_accessible(const fs::path& path) {
  try {
    return stat_file(path);
  } catch (const Error&) {
    return std::nullopt;
  }
}

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
    const auto parent = stat_if_accessible(path.parent_path());
    if (!parent || parent->kind != FileKind::folder) return {};
    return did_you_mean(path.filename().string(), list_names(path.parent_path()));
  } catch (const Error&) {
    return {};
  }
}

fs::path resolve_path(const fs::path& folder, std::string_view text) {
  if (text.starts_with("file://"))
    text.remove_prefix(7);
  else if (text.starts_with("file:"))
    text.remove_prefix(5);
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
                                     Problems& problems, TypeOf what) {
  static const std::vector<std::string> ours = {"uri_file", "uri_folder"};
  static const std::vector<std::string> azure = {"uri_file",     "uri_folder",   "mltable",
                                                 "mlflow_model", "custom_model", "triton_model"};
  const auto& known = spelling == Spelling::ours ? ours : azure;
  const auto lower = lower_case(text);
  if (lower == "uri_file") return DataType::uri_file;
  if (std::find(known.begin(), known.end(), lower) != known.end()) return DataType::uri_folder;
  if (spelling == Spelling::cli_v2 && lower == "path") return DataType::uri_folder;  // an old word
  const auto meant = type_in_other_words(lower, what);
  problems.error(
      mark,
      fmt::format("unknown data type '{}'{}", printable(text),
                  meant.empty() ? problems.suggestion(text, known)
                                : fmt::format(" (did you mean '{}'?)", meant)),
      fmt::format(
          "expected {}{}", any_of(known),
          what == TypeOf::data_or_value ? "; for a value string, integer, number or boolean" : ""));
  return std::nullopt;
}

bool is_azure_mode(std::string_view text) {
  static constexpr std::array<std::string_view, 9> known = {
      "ro_mount", "rw_mount", "mount",         "download",  "upload",
      "direct",   "link",     "eval_download", "eval_mount"};
  return std::find(known.begin(), known.end(), lower_case(text)) != known.end();
}

std::string_view data_type_name(DataType type) {
  return type == DataType::uri_file ? "uri_file" : "uri_folder";
}

std::optional<InputMode> to_input_mode(std::string_view text, Mark mark, Spelling spelling,
                                       Problems& problems) {
  const auto lower = lower_case(text);
  const bool azure = spelling == Spelling::cli_v2;
  if (lower == "download" || (azure && (lower == "eval_download" || lower == "rw_mount")))
    return InputMode::download;
  if (lower == "direct") return InputMode::direct;
  if (lower == "ro_mount" || (azure && is_azure_mode(lower))) return InputMode::ro_mount;
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
  const auto stat = stat_if_accessible(path.path);
  if (!stat) {
    problems.error(
        path.mark,
        fmt::format("the path of {}, '{}', {}{}", path.what, printable(path.text),
                    why_missing(path.path), similar_path(path.path)),
        fmt::format("looked at {}{}", printable(path.path.string()), expression_meant(path.text)));
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
  const auto stat = stat_if_accessible(path.path);
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
