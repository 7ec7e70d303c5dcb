#include "engine/asset_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "registry/asset_names.h"

namespace mlpipe {

AssetFields::AssetFields(const YamlValue* root, std::string_view what,
                         std::vector<std::string> known, Problems& problems)
    : root_(root), what_(what), problems_(problems) {
  if (root_ == nullptr) return;
  if (!root_->is_map()) {
    problems_.error(root_->mark, fmt::format("the {} must be a map from keys to values, not {}",
                                             what_, kind_name(*root_)));
    root_ = nullptr;
    return;
  }
  std::sort(known.begin(), known.end());
  for (const auto& entry : root_->entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      problems_.error(entry.mark,
                      fmt::format("unknown key '{}' in the {}{}", printable(entry.key), what_,
                                  problems_.suggestion(entry.key, known)),
                      fmt::format("expected one of: {}", fmt::join(known, ", ")));
}

const YamlValue* AssetFields::find(std::string_view key) const {
  const auto* value = root_ == nullptr ? nullptr : root_->find(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string AssetFields::text(std::string_view key) {
  const auto* value = find(key);
  if (value == nullptr) return {};
  if (value->is_scalar()) return value->text;
  problems_.error(value->mark,
                  fmt::format("'{}' must be a single value, not {}", key, kind_name(*value)));
  return {};
}

std::map<std::string, std::string> AssetFields::texts(std::string_view key) {
  std::map<std::string, std::string> texts;
  const auto* value = find(key);
  if (value == nullptr) return texts;
  if (!value->is_map()) {
    problems_.error(value->mark, fmt::format("'{}' must be a map from names to texts, not {}", key,
                                             kind_name(*value)));
    return texts;
  }
  for (const auto& entry : value->entries) {
    if (entry.value->is_map() || entry.value->is_sequence())
      problems_.error(entry.value->mark,
                      fmt::format("'{}.{}' must be a text, not {}", key, printable(entry.key),
                                  kind_name(*entry.value)));
    texts[entry.key] = entry.value->text;
  }
  return texts;
}

Mark AssetFields::mark(std::string_view key) const {
  if (const auto* value = find(key)) return value->mark;
  return root_ == nullptr ? Mark{1, 1} : root_->mark;
}

void AssetFields::read_common(AssetRecord& record) {
  const auto checked = [this](std::string_view key) {
    std::string value = text(key);
    if (!value.empty() && !is_asset_word(value)) {
      problems_.error(mark(key), fmt::format("'{}' cannot be a {}", printable(value), key),
                      fmt::format("expected {}", asset_name_rule));
    }
    return value;
  };
  record.name = checked("name");
  record.version = checked("version");
  record.display_name = text("display_name");
  record.description = text("description");
  record.tags = texts("tags");
  record.properties = texts("properties");
}

}  // namespace mlpipe
