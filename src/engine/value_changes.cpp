#include "engine/value_changes.h"

#include <map>

namespace mlpipe {

namespace {

using nlohmann::json;

std::string shown(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool has_children(const json& value) { return value.is_object() || value.is_array(); }

/// An object's members by name, an array's elements by their name or position.
std::map<std::string, json> children(const json& value) {
  std::map<std::string, json> result;
  if (value.is_object())
    for (const auto& [name, child] : value.items()) result.emplace(name, child);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) {
      json child = value[i];
      std::string name = std::to_string(i + 1);
      if (child.is_object() && child.contains("name") && child["name"].is_string()) {
        name = child["name"].get<std::string>();
        child.erase("name");
      }
      result.emplace(std::move(name), std::move(child));
    }
  return result;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the document
void collect(const std::string& path, const json& before, const json& now,
             std::vector<ValueChange>& changes) {
  if (before == now) return;
  if (!has_children(before) || before.type() != now.type()) {
    changes.push_back({path, shown(before), shown(now)});
    return;
  }
  const auto a = children(before);
  const auto b = children(now);
  const auto below = [&path](const std::string& name) {
    return path.empty() ? name : path + "." + name;
  };
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end())
      changes.push_back({below(name), shown(value), std::nullopt});
    else
      collect(below(name), value, other->second, changes);
  }
  for (const auto& [name, value] : b)
    if (!a.contains(name)) changes.push_back({below(name), std::nullopt, shown(value)});
}

}  // namespace

std::vector<ValueChange> value_changes(const json& before, const json& now) {
  std::vector<ValueChange> changes;
  collect("", before, now, changes);
  return changes;
}

}  // namespace mlpipe
