#include "spec/set_value.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

constexpr std::size_t deepest_path = 100;

/// Walks down the path and copies what it passes, as an alias may share it with other places.
class Setter {
 public:
  Setter(YamlDocument& document, Spelling spelling, const Setting& setting)
      : document_(document), spelling_(spelling), setting_(setting) {
    for (const auto part : split(setting.path, '.')) parts_.emplace_back(part);
    if (parts_.size() > deepest_path)
      refuse(fmt::format("the path has {} names, and more than {} are not accepted", parts_.size(),
                         deepest_path));
  }

  void run(Place top) { document_.set_root(in_fields(document_.root(), 0, top)); }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    fail(ErrorKind::usage, "--set {}={}: {}", printable(setting_.path), printable(setting_.value),
         why);
  }
  [[nodiscard]] Mark mark() const { return {.line = 0, .column = setting_.number}; }
  [[nodiscard]] std::string before(std::size_t depth) const {
    if (depth == 0) return "the file";
    return fmt::format("'{}'", fmt::join(parts_.begin(),
                                         parts_.begin() + static_cast<std::ptrdiff_t>(depth), "."));
  }

  /// A copy to change; an empty map if there is nothing.
  YamlValue& copy(const YamlValue* value) {
    auto& made = document_.add();
    if (value != nullptr) made = *value;
    if (made.is_null()) {
      made.kind = YamlValue::Kind::map;
      made.mark = mark();
    }
    return made;
  }

  /// Below a map with fixed keys.
  const YamlValue* in_fields(const YamlValue* value, std::size_t depth, Place place) {
    const auto& key = parts_[depth];
    const auto* keyword = find_keyword(place, spelling_, key);
    if (keyword == nullptr) {
      const auto known = known_words(place, spelling_);
      refuse(fmt::format("{1} has no key '{0}'{2}; it can have {3}", printable(key), before(depth),
                         did_you_mean(key, known), fmt::join(known, ", ")));
    }
    const auto* old = value == nullptr ? nullptr : value->find(key);
    const YamlValue* inner = nullptr;
    if (depth + 1 == parts_.size())
      inner = new_value();
    else if (keyword->inner == Inner::fields)
      inner = in_fields(old, depth + 1, keyword->inner_place);
    else if (keyword->inner == Inner::named_fields)
      inner = in_names(old, depth + 1, keyword->inner_place);
    else
      inner = in_anything(old, depth + 1);
    return replaced(value, key, inner, depth);
  }

  /// Below a map from names, which must exist.
  const YamlValue* in_names(const YamlValue* value, std::size_t depth, Place place) {
    const auto& key = parts_[depth];
    const auto* old = value == nullptr ? nullptr : value->find(key);
    if (old == nullptr) {
      std::vector<std::string> known;
      if (value != nullptr)
        for (const auto& entry : value->entries) known.push_back(entry.key);
      refuse(fmt::format(
          "{1} has no '{0}'{2}{3}", printable(key), before(depth), did_you_mean(key, known),
          known.empty() || known.size() > 20 ? ""
                                             : fmt::format("; it has {}", fmt::join(known, ", "))));
    }
    const YamlValue* inner = nullptr;
    if (depth + 1 == parts_.size()) {
      inner = new_value();
    } else if (old->is_scalar()) {
      refuse(fmt::format("{} is a single value: nothing inside it can be set", before(depth + 1)));
    } else {
      // A literal among the inputs has the keys of a parameter.
      const bool literal = place == Place::input &&
                           find_keyword(place, spelling_, parts_[depth + 1]) == nullptr &&
                           find_keyword(Place::parameter, spelling_, parts_[depth + 1]) != nullptr;
      inner = in_fields(old, depth + 1, literal ? Place::parameter : place);
    }
    return replaced(value, key, inner, depth);
  }

  /// Below a list, or a map with free keys.
  const YamlValue* in_anything(const YamlValue* value, std::size_t depth) {
    const auto& key = parts_[depth];
    if (value != nullptr && value->is_scalar())
      refuse(fmt::format("{} is a single value: nothing inside it can be set", before(depth)));
    if (value != nullptr && value->is_sequence()) {
      const auto number = parse_integer(key);
      if (!number || *number < 0 || static_cast<std::size_t>(*number) >= value->items.size())
        refuse(fmt::format("{} is a list of {}: expected a number from 0 to {} instead of '{}'",
                           before(depth), counted(value->items.size(), "item"),
                           value->items.empty() ? 0 : value->items.size() - 1, printable(key)));
      auto& made = copy(value);
      const auto index = static_cast<std::size_t>(*number);
      made.items[index] =
          depth + 1 == parts_.size() ? new_value() : in_anything(value->items[index], depth + 1);
      return &made;
    }
    const auto* old = value == nullptr ? nullptr : value->find(key);
    const auto* inner = depth + 1 == parts_.size() ? new_value() : in_anything(old, depth + 1);
    return replaced(value, key, inner, depth);
  }

  const YamlValue* replaced(const YamlValue* map, const std::string& key, const YamlValue* inner,
                            std::size_t depth) {
    if (map != nullptr && !map->is_map() && !map->is_null())
      refuse(fmt::format("{} is {}, not a map", before(depth), kind_name(*map)));
    auto& made = copy(map);
    const auto found =
        std::find_if(made.entries.begin(), made.entries.end(),
                     [&](const YamlValue::Entry& entry) { return entry.key == key; });
    if (found == made.entries.end())
      made.entries.push_back({.key = key, .mark = mark(), .value = inner});
    else
      found->value = inner;
    return &made;
  }

  const YamlValue* new_value() {
    const auto text = trim(setting_.value);
    auto& made = document_.add();
    made.mark = mark();
    if (text.empty()) return &made;
    if (text.front() == '[' || text.front() == '{' || text.front() == '"' || text.front() == '\'') {
      const SourceText source("--set " + setting_.path, std::string(text));
      Problems problems(source);
      const auto parsed = parse_yaml(source, problems);
      problems.throw_if_any();
      if (parsed.root() != nullptr) copy_tree(*parsed.root(), made);
      return &made;
    }
    made.kind = YamlValue::Kind::scalar;
    made.text = std::string(text);
    return &made;
  }

  void copy_tree(const YamlValue& from, YamlValue& to) {
    to.kind = from.kind;
    to.quoted = from.quoted;
    to.mark = mark();
    to.text = from.text;
    for (const auto& entry : from.entries) {
      auto& value = document_.add();
      copy_tree(*entry.value, value);
      to.entries.push_back({.key = entry.key, .mark = mark(), .value = &value});
    }
    for (const auto* item : from.items) {
      auto& value = document_.add();
      copy_tree(*item, value);
      to.items.push_back(&value);
    }
  }

  YamlDocument& document_;
  Spelling spelling_;
  const Setting& setting_;
  std::vector<std::string> parts_;
};

}  // namespace

void set_value(YamlDocument& document, Place top, Spelling spelling, const Setting& setting) {
  Setter(document, spelling, setting).run(top);
}

}  // namespace mlpipe
