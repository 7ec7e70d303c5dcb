#include "engine/value_changes.h"

#include <map>
#include <set>

namespace mlpipe {

namespace {

using nlohmann::json;

std::string shown(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool has_children(const json& value) { return value.is_object() || value.is_array(); }

/// A part of an object or array; points into it.
struct Child {
  const json* value = nullptr;
  bool named = false;  ///< Goes by its own "name", which is then no part of its value.
};

/// An object's members by name, an array's elements by their name or position.
std::map<std::string, Child> children(const json& value) {
  std::map<std::string, Child> result;
  if (value.is_object())
    for (const auto& [name, child] : value.items()) result.emplace(name, Child{&child});
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) {
      const json& child = value[i];
      const auto name = child.is_object() ? child.find("name") : child.end();
      if (name != child.end() && name->is_string())
        result.emplace(name->get<std::string>(), Child{&child, true});
      else
        result.emplace(std::to_string(i + 1), Child{&child});
    }
  return result;
}

std::string shown(const Child& child) {
  if (!child.named) return shown(*child.value);
  json unnamed = *child.value;
  unnamed.erase("name");
  return shown(unnamed);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the document
void collect(const std::string& path, const Child& before, const Child& now,
             std::vector<ValueChange>& changes) {
  if (*before.value == *now.value) return;
  if (!has_children(*before.value) || before.value->type() != now.value->type()) {
    changes.push_back({path, shown(before), shown(now)});
    return;
  }
  const auto a = children(*before.value);
  const auto b = children(*now.value);
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

/// Whether the value at this path is one that parameters are put into: a step's command, argument
/// or input. Names of steps may hold dots.
bool takes_parameters(std::string_view path, const std::map<std::string, Child>& steps) {
  constexpr std::string_view head = "steps.";
  if (!path.starts_with(head)) return false;
  path.remove_prefix(head.size());
  for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = path.rfind('.', dot - 1)) {
    if (!steps.contains(std::string(path.substr(0, dot)))) continue;
    const auto field = path.substr(dot + 1);
    return field == "command" || field.starts_with("arguments.") || field.starts_with("inputs.");
  }
  return false;
}

/// A member, or an empty one of the kind.
const json& member(const json& document, const char* name, const json& otherwise) {
  const auto found = document.find(name);
  return found != document.end() && found->type() == otherwise.type() ? *found : otherwise;
}

}  // namespace

std::vector<ValueChange> value_changes(const json& before, const json& now) {
  std::vector<ValueChange> changes;
  collect("", {&before}, {&now}, changes);
  return changes;
}

bool differ_just_by(std::string_view before, std::string_view now,
                    const std::vector<ValueChange>& values) {
  // Beyond this it is told rather than looked into for long.
  const std::size_t most_places = 1000 + 8 * (before.size() + now.size());
  using Place = std::pair<std::size_t, std::size_t>;
  std::set<Place> seen{{0, 0}};
  std::vector<Place> open{{0, 0}};
  const auto reach = [&](std::size_t i, std::size_t j) {
    if (seen.emplace(i, j).second) open.emplace_back(i, j);
  };
  while (!open.empty() && seen.size() < most_places) {
    const auto [i, j] = open.back();
    open.pop_back();
    if (i == before.size() && j == now.size()) return true;
    for (const auto& value : values)
      if (value.before && value.now && before.substr(i).starts_with(*value.before) &&
          now.substr(j).starts_with(*value.now))
        reach(i + value.before->size(), j + value.now->size());
    // Last, so that it is tried first: most of two texts is equal.
    if (i < before.size() && j < now.size() && before[i] == now[j]) reach(i + 1, j + 1);
  }
  return false;
}

std::vector<ValueChange> parameter_changes(const json& before, const json& now) {
  const json none = json::object();
  return value_changes(member(before, "parameters", none), member(now, "parameters", none));
}

std::vector<ValueChange> spec_changes(const json& before, const json& now) {
  const auto parameters = parameter_changes(before, now);
  const json none = json::array();
  const auto steps = children(member(now, "steps", none));
  const auto follows = [&](const ValueChange& change) {
    return change.before && change.now && takes_parameters(change.path, steps) &&
           differ_just_by(*change.before, *change.now, parameters);
  };
  std::vector<ValueChange> changes;
  for (auto& change : value_changes(before, now))
    if (!change.path.starts_with("parameters.") && change.path != "parameters" && !follows(change))
      changes.push_back(std::move(change));
  return changes;
}

}  // namespace mlpipe
