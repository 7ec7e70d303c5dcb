#include "spec/fields.h"

#include "base/text.h"

namespace mlpipe {

namespace {

/// Azure ML takes any key in a component, in a step that uses one, and in `settings`.
bool takes_any_key(const YamlValue& value, Place place, Spelling spelling) {
  if (spelling == Spelling::ours) return false;
  if (place == Place::settings || place == Place::component || place == Place::trial) return true;
  const auto* component = place == Place::step ? value.find("component") : nullptr;
  return component != nullptr && !component->is_null();
}

}  // namespace

void Fields::report_unknown(const YamlValue::Entry& entry, std::string_view what,
                            Problems& problems) {
  const auto known = known_words(place_, spelling_);
  const auto expected = "expected one of: " + fmt::format("{}", fmt::join(known, ", "));
  const auto other = spelling_ == Spelling::ours ? Spelling::cli_v2 : Spelling::ours;
  if (const auto* synonym = find_keyword(place_, other, entry.key)) {
    const auto here = synonym->word(spelling_);
    const auto* const whose = spelling_ == Spelling::ours
                                  ? "a file with 'jobs:' (Azure ML CLI v2)"
                                  : "mlpipe's own spelling, a file with 'steps:'";
    problems.error(entry.mark,
                   fmt::format("'{}' belongs to {}{}", entry.key, whose,
                               here.empty() ? "" : fmt::format("; here it is '{}'", here)),
                   expected);
    return;
  }
  const auto other_word = word_of_other_tools(place_, spelling_, entry.key);
  const auto meant = other_word.empty() ? problems.suggestion(entry.key, known)
                                        : fmt::format(" (did you mean '{}'?)", other_word);
  const auto key = printable(entry.key);
  unknown_.push_back(entry.key);
  if (takes_any_key_) {
    problems.warning(
        entry.mark,
        place_ == Place::settings
            ? fmt::format("unknown setting '{}', which has no effect{}", key, meant)
            : fmt::format("unknown key '{}' in {}, which has no effect{}", key, what, meant));
    return;
  }
  problems.error(entry.mark, fmt::format("unknown key '{}' in {}{}", key, what, meant), expected);
}

Fields::Fields(const YamlValue& value, Place place, Spelling spelling, std::string_view what,
               Problems& problems, UnknownKeys unknown)
    : place_(place),
      spelling_(spelling),
      mark_(value.mark),
      takes_any_key_(unknown == UnknownKeys::warn || takes_any_key(value, place, spelling)) {
  if (!value.is_map()) {
    if (!value.is_null())
      problems.error(
          value.mark, fmt::format("{} must be a map, not {}", what, kind_name(value)),
          fmt::format("expected keys such as {}", fmt::join(known_words(place, spelling), ", ")));
    return;
  }
  entries_.reserve(value.entries.size());
  for (const auto& entry : value.entries) add(entry, what, problems);
}

void Fields::add(const YamlValue::Entry& entry, std::string_view what, Problems& problems) {
  const auto* keyword = find_keyword(place_, spelling_, entry.key);
  if (keyword == nullptr) {
    report_unknown(entry, what, problems);
    return;
  }
  switch (keyword->use) {
    case Use::read:
      entries_.emplace_back(keyword, &entry);
      return;
    case Use::ignored:
      return;
    case Use::not_yet:
      has_not_yet_ = true;
      problems.error(entry.mark,
                     fmt::format("mlpipe does not run '{}' yet (in {})", entry.key, what),
                     "take it out, or wait for a later version");
      return;
  }
}

const YamlValue::Entry* Fields::entry(std::string_view meaning) const {
  for (const auto& [keyword, entry] : entries_)
    if (keyword->meaning() == meaning) return entry;
  return nullptr;
}

const YamlValue* Fields::find(std::string_view meaning) const {
  const auto* found = entry(meaning);
  return found == nullptr || found->value->is_null() ? nullptr : found->value;
}

void Fields::check_single(std::string_view meaning, std::string_view what,
                          Problems& problems) const {
  const auto* value = find(meaning);
  if (value != nullptr && !value->is_scalar())
    problems.error(value->mark, fmt::format("'{}' of {} must be a single value, not {}",
                                            word(meaning), what, kind_name(*value)));
}

std::string Fields::misspelt(std::string_view meaning) const {
  const std::vector<std::string> wanted = {word(meaning)};
  for (const auto& key : unknown_)
    if (!did_you_mean(key, wanted).empty())
      return fmt::format(" (did you mean '{}' by '{}'?)", wanted.front(), printable(key));
  return {};
}

std::string Fields::word(std::string_view meaning) const {
  return std::string(keyword_of(place_, meaning).word(spelling_));
}

}  // namespace mlpipe
