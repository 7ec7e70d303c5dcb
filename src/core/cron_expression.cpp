#include "core/cron_expression.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::array<std::string_view, 7> week_day_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

/// What is allowed in one of the five fields.
struct CronField {
  std::string_view name;
  unsigned least = 0;
  unsigned most = 0;
  std::span<const std::string_view> names = {};
  unsigned first_named = 0;
};

constexpr std::array<CronField, 5> cron_fields = {{
    {"minute", 0, 59},
    {"hour", 0, 23},
    {"day of the month", 1, 31},
    {"month", 1, 12, month_names, 1},
    {"day of the week", 0, 7, week_day_names, 0},
}};

struct Nickname {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<Nickname, 7> nicknames = {{{"@hourly", "0 * * * *"},
                                                {"@daily", "0 0 * * *"},
                                                {"@midnight", "0 0 * * *"},
                                                {"@weekly", "0 0 * * 0"},
                                                {"@monthly", "0 0 1 * *"},
                                                {"@yearly", "0 0 1 1 *"},
                                                {"@annually", "0 0 1 1 *"}}};

/// The index of the name that `word` is, in full or its first three letters.
std::optional<unsigned> name_index(std::span<const std::string_view> names, std::string_view word) {
  const auto asked = lower_case(word);
  for (unsigned index = 0; index < names.size(); ++index) {
    const auto name = lower_case(names[index]);
    if (asked == name || asked == std::string_view(name).substr(0, 3)) return index;
  }
  return std::nullopt;
}

std::string allowed_in(const CronField& field) {
  const auto numbers = field.names.size() == 7 ? std::string("0-7 (0 and 7 are Sunday)")
                                               : fmt::format("{}-{}", field.least, field.most);
  return field.names.empty() ? numbers
                             : fmt::format("{} or names such as {}", numbers,
                                           lower_case(field.names[1].substr(0, 3)));
}

/// Reads one expression; columns count from its first character.
class CronReader {
 public:
  explicit CronReader(std::string_view text) : text_(text) {}

  CronExpression read() {
    struct Word {
      std::string_view text;
      std::size_t column = 0;
    };
    std::vector<Word> words;
    for (std::size_t at = 0; at < text_.size();) {
      if (text_[at] == ' ' || text_[at] == '\t') {
        ++at;
        continue;
      }
      const auto end = std::min(text_.find_first_of(" \t", at), text_.size());
      words.push_back({text_.substr(at, end - at), at + 1});
      at = end;
    }
    if (words.empty()) refuse(1, "there is nothing; expected five fields: " + field_list());
    if (words.front().text.starts_with('@')) return read_nickname(words.front().text, words.size());
    for (std::size_t index = 0; index < std::min<std::size_t>(words.size(), 7); ++index)
      refuse_other_dialects(words[index].text, words[index].column);
    if (words.size() == 6)
      refuse(words.back().column,
             "there are six fields, but seconds (or years) are not known here; expected five: " +
                 field_list());
    if (words.size() != 5)
      refuse(words.size() > 5 ? words[5].column : text_.size() + 1,
             fmt::format("there {} {}; expected five: {}", words.size() == 1 ? "is" : "are",
                         counted(words.size(), "field"), field_list()));
    CronExpression cron;
    for (std::size_t index = 0; index < words.size(); ++index) {
      cron.text += (index == 0 ? "" : " ") + std::string(words[index].text);
      enter(cron, index, read_field(cron_fields[index], words[index].text, words[index].column));
    }
    cron.follows_clock = words[0].text.starts_with('*') || words[1].text.starts_with('*');
    cron.either_day = !words[2].text.starts_with('*') && !words[4].text.starts_with('*');
    refuse_never_due(cron, words[2].column);
    return cron;
  }

 private:
  [[noreturn]] void refuse(std::size_t column, const std::string& problem) const {
    fail(ErrorKind::usage, "cron expression '{}': character {}: {}", printable(text_), column,
         problem);
  }

  static std::string field_list() {
    return "minute, hour, day of the month, month, day of the week";
  }

  CronExpression read_nickname(std::string_view word, std::size_t words) {
    const auto asked = lower_case(word);
    for (const auto& nickname : nicknames) {
      if (asked != nickname.name || words != 1) continue;
      auto cron = CronReader(nickname.meaning).read();
      cron.text = asked;
      return cron;
    }
    refuse(1, words > 1 && asked != "@every"
                  ? "a word with @ stands alone"
                  : "expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly or "
                    "@annually, or five fields");
  }

  /// L, W, # and ? of other schedulers, which cron has not.
  void refuse_other_dialects(std::string_view word, std::size_t column) const {
    for (std::size_t at = 0; at < word.size(); ++at) {
      const char character = word[at];
      const bool in_word = at > 0 && std::isalpha(static_cast<unsigned char>(word[at - 1])) != 0;
      const bool word_goes_on =
          at + 1 < word.size() && std::isalpha(static_cast<unsigned char>(word[at + 1])) != 0;
      if (character == '?') refuse(column + at, "'?' is not known here; write * for any day");
      if (character == '#')
        refuse(
            column + at,
            "'#' (the second Monday and its like) is not known here; write the days of the month "
            "that it can be, such as 8-14, and check the weekday in the pipeline");
      if ((character == 'L' || character == 'l') && !in_word && !word_goes_on)
        refuse(column + at,
               "'L' (the last day) is not known here; a schedule for the first day, 1, comes "
               "nearest");
      if ((character == 'W' || character == 'w') && !in_word && !word_goes_on)
        refuse(column + at,
               "'W' (the nearest working day) is not known here; write weekdays, such as 1-5");
    }
  }

  using Values = std::bitset<61>;

  static void enter(CronExpression& cron, std::size_t field, const Values& values) {
    const auto copy = [&values](auto& set, std::size_t fold) {
      for (std::size_t value = 0; value < values.size(); ++value)
        if (values.test(value)) set.set(value % fold);
    };
    if (field == 0) copy(cron.minutes, 60);
    if (field == 1) copy(cron.hours, 24);
    if (field == 2) copy(cron.days, 32);
    if (field == 3) copy(cron.months, 13);
    if (field == 4) copy(cron.week_days, 7);
  }

  [[nodiscard]] Values read_field(const CronField& field, std::string_view word,
                                  std::size_t column) const {
    Values values;
    for (const auto item : split(word, ',')) {
      read_item(field, item, column, values);
      column += item.size() + 1;
    }
    return values;
  }

  /// `*`, `5`, `5-9`, each also with `/STEP`.
  void read_item(const CronField& field, std::string_view item, std::size_t column,
                 Values& values) const {
    const auto slash = std::min(item.find('/'), item.size());
    const auto range = item.substr(0, slash);
    const bool has_step = slash < item.size();
    unsigned least = field.least;
    unsigned most = field.names.size() == 7 ? 6 : field.most;
    if (range != "*") {
      const auto hyphen = std::min(range.find('-'), range.size());
      least = read_value(field, range.substr(0, hyphen), column);
      if (hyphen < range.size()) {
        most = read_value(field, range.substr(hyphen + 1), column + hyphen + 1);
        if (most < least) refuse_backwards(field, range, column);
      } else if (!has_step ||
                 least > most) {  // from 7, which is Sunday too, there is no further one
        most = least;
      }
    }
    const auto step = has_step ? read_step(field, item.substr(slash + 1), column + slash + 1) : 1;
    for (unsigned value = least; value <= most; value += step) values.set(value);
  }

  [[noreturn]] void refuse_backwards(const CronField& field, std::string_view range,
                                     std::size_t column) const {
    const bool to_sunday =
        field.names.size() == 7 &&
        (range.ends_with("-0") || lower_case(range).find("-sun") != std::string::npos);
    refuse(
        column,
        fmt::format("the range {} of the {} runs backwards; write {}", printable(range), field.name,
                    to_sunday ? "7 for a Sunday at the end" : "two ranges with a comma"));
  }

  [[nodiscard]] unsigned read_value(const CronField& field, std::string_view word,
                                    std::size_t column) const {
    if (word.empty())
      refuse(column, fmt::format("a {} is missing; expected {}", field.name, allowed_in(field)));
    if (const auto named = name_index(field.names, word)) return *named + field.first_named;
    const auto number = read_digits(word);
    if (!number)
      refuse(column, fmt::format("'{}' is no {}; expected {}", printable(word), field.name,
                                 allowed_in(field)));
    if (*number < field.least || *number > field.most)
      refuse(column, fmt::format("{} {} is not within {}-{}", field.name, printable(word),
                                 field.least, field.most));
    return *number;
  }

  [[nodiscard]] unsigned read_step(const CronField& field, std::string_view word,
                                   std::size_t column) const {
    const auto number = read_digits(word);
    if (!number || *number < 1 || *number > field.most)
      refuse(column, fmt::format("'{}' is no step of the {}; expected a number from 1 to {}",
                                 printable(word), field.name, field.most));
    return *number;
  }

  static std::optional<unsigned> read_digits(std::string_view word) {
    unsigned number = 0;
    const auto* const end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, number);
    if (word.empty() || parsed.ptr != end) return std::nullopt;
    return parsed.ec == std::errc{} ? number : 1'000'000;  // too many digits: too large for any
  }

  /// A day that no month in question has. (Any date falls on any weekday in some year.)
  void refuse_never_due(const CronExpression& cron, std::size_t column) const {
    constexpr std::array<unsigned, 13> longest = {0,  31, 29, 31, 30, 31, 30,
                                                  31, 31, 30, 31, 30, 31};
    if (cron.either_day) return;
    for (unsigned month = 1; month <= 12; ++month)
      for (unsigned day = 1; cron.months.test(month) && day <= longest[month]; ++day)
        if (cron.days.test(day)) return;
    refuse(column, "it is never due: no month that it names has such a day");
  }

  std::string_view text_;
};

}  // namespace

CronExpression parse_cron_expression(std::string_view text) {
  return CronReader(trim(text)).read();
}

std::string_view week_day_name(unsigned week_day) { return week_day_names.at(week_day); }

std::optional<unsigned> parse_week_day(std::string_view word) {
  return name_index(week_day_names, word);
}

}  // namespace mlpipe
