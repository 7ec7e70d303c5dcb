#include "spec/fields.h"

#include "base/text.h"

namespace mlpipe {

namespace {

void report_unknown(const YamlValue::Entry& entry, Place place, Spelling spelling,
                    std::string_view what, Problems& problems) {
  const auto known = known_words(place, spelling);
  const auto expected = "expected one of: " + fmt::format("{}", fmt::join(known, ", "));
  const auto other = spelling == Spelling::ours ? Spelling::cli_v2 : Spelling::ours;
  if (const auto* synonym = find_keyword(place, other, entry.key)) {
    const auto here = synonym->word(spelling);
    const auto* const whose = spelling == Spelling::ours
                                  ? "a file with 'jobs:' (Azure ML CLI v2)"
                                  : "mlpipe's own spelling, a file with 'steps:'";
    problems.error(entry.mark,
                   fmt::format("'{}' belongs to {}{}", entry.key, whose,
                               here.empty() ? "" : fmt::format("; here it is '{}'", here)),
                   expected);
    return;
  }
  if (place == Place::settings && spelling == Spelling::cli_v2) {
    problems.warning(
        entry.mark, fmt::format("unknown setting '{}', which has no effect{}", printable(entry.key),
                                problems.suggestion(entry.key, known)));
    return;
  }
  const auto meant = word_of_other_tools(place, spelling, entry.key);
  problems.error(entry.mark,
                 fmt::format("unknown key '{}' in {}{}", printable(entry.key), what,
                             meant.empty() ? problems.suggestion(entry.key, known)
                                           : fmt::format(" (did you mean '{}'?)", meant)),
                 expected);
}

}  // namespace

Fields::Fields(const YamlValue& value, Place place, Spelling spelling, std::string_view what,
               Problems& problems)
    : place_(place), spelling_(spelling), mark_(value.mark) {
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
    report_unknown(entry, place_, spelling_, what, problems);
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

std::string Fields::word(std::string_view meaning) const {
  return std::string(keyword_of(place_, meaning).word(spelling_));
}

}  // namespace mlpipe
