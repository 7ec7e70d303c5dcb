#include "core/asset.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::string_view prefix = "azureml:";
constexpr std::string_view registries = "azureml://registries/";

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of("/@: \t\n") == std::string_view::npos;
}

/// REGISTRY/KINDS/NAME[/versions/VERSION|/labels/LABEL]
std::optional<AssetReference> parse_in_registry(std::string_view text) {
  const std::string owned(text);
  const auto parts = split(owned, '/');
  if (parts.size() != 3 && parts.size() != 5) return std::nullopt;
  for (const auto part : parts)
    if (!is_plain(part)) return std::nullopt;
  AssetReference reference{.name = std::string(parts[2])};
  if (parts.size() == 3) return reference;
  if (parts[3] == "versions")
    reference.version = parts[4];
  else if (parts[3] == "labels")
    reference.label = parts[4];
  else
    return std::nullopt;
  return reference;
}

}  // namespace

std::string_view to_text(AssetKind kind) {
  static constexpr std::array<std::string_view, 4> names = {"component", "data", "environment",
                                                            "model"};
  return names.at(static_cast<std::size_t>(kind));
}

std::optional<AssetReference> parse_asset_reference(std::string_view text) {
  if (text.starts_with(registries)) return parse_in_registry(text.substr(registries.size()));
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  AssetReference reference;
  const auto end = text.find_first_of(":@");
  reference.name = text.substr(0, end);
  if (!is_plain(reference.name)) return std::nullopt;
  if (end == std::string_view::npos) return reference;
  const auto rest = text.substr(end + 1);
  if (!is_plain(rest)) return std::nullopt;
  (text[end] == ':' ? reference.version : reference.label) = rest;
  return reference;
}

bool is_asset_word(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= 255 && is_plain(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_plain(c) || c == '_' || c == '.' || c == '-'; });
}

std::string to_text(const AssetReference& reference) {
  if (!reference.version.empty()) return reference.name + ":" + reference.version;
  if (!reference.label.empty()) return reference.name + "@" + reference.label;
  return reference.name;
}

std::optional<RunOutputReference> parse_run_output(std::string_view text) {
  const auto take = [&text](std::string_view end) {
    const auto at = text.find(end);
    std::string taken(text.substr(0, at));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
    return taken;
  };
  RunOutputReference reference;
  std::string output;
  if (text.starts_with("azureml://jobs/")) {
    text.remove_prefix(std::string_view("azureml://jobs/").size());
    reference.run = take("/outputs/");
    output = take("/paths/");
  } else if (text.starts_with("runs:/")) {
    text.remove_prefix(std::string_view("runs:/").size());
    while (text.starts_with('/')) text.remove_prefix(1);
    reference.run = take("/");
    output = take("/");
  } else {
    return std::nullopt;
  }
  reference.path = text;
  while (reference.path.ends_with('/')) reference.path.pop_back();
  while (output.ends_with('/')) output.pop_back();
  const auto dot = output.rfind('.');
  if (dot != std::string::npos) reference.step = output.substr(0, dot);
  reference.output = dot == std::string::npos ? output : output.substr(dot + 1);
  if (reference.run.empty() || reference.output.empty()) return std::nullopt;
  return reference;
}

}  // namespace mlpipe
