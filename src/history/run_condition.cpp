#include "history/run_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "base/when.h"
#include "core/run.h"

namespace mlpipe {

namespace {

using Subject = RunCondition::Subject;
using Operator = RunCondition::Operator;

struct Field {
  std::string_view word;
  Subject subject;
};

constexpr std::array<Field, 8> plain_fields = {{{"status", Subject::status},
                                                {"pipeline", Subject::pipeline},
                                                {"experiment", Subject::experiment},
                                                {"user", Subject::user},
                                                {"host", Subject::host},
                                                {"started", Subject::started},
                                                {"duration", Subject::duration},
                                                {"took", Subject::duration}}};
constexpr std::array<Field, 4> families = {{{"metrics", Subject::metric},
                                            {"parameters", Subject::parameter},
                                            {"tags", Subject::tag},
                                            {"git", Subject::git}}};
constexpr std::string_view fields_text =
    "status, pipeline, experiment, user, host, started, duration, metrics.NAME, "
    "metrics.STEP.NAME, parameters.NAME, tags.NAME or git.branch";

// Longer ones first: "<=" is not "<" and then "=".
constexpr std::array<std::pair<std::string_view, Operator>, 9> operators = {
    {{"==", Operator::equal},
     {"!=", Operator::not_equal},
     {"<=", Operator::less_equal},
     {">=", Operator::greater_equal},
     {"=~", Operator::contains},
     {"=", Operator::equal},
     {"<", Operator::less},
     {">", Operator::greater},
     {"~", Operator::contains}}};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_quote(char c) { return c == '"' || c == '\''; }
bool is_operator(char c) { return c == '=' || c == '!' || c == '<' || c == '>' || c == '~'; }

/// Goes through one filter text; knows how to show a place in it.
class ConditionReader {
 public:
  using FieldsNamed = std::function<std::vector<std::string>(std::string_view)>;

  ConditionReader(std::string_view text, std::string_view option, TimePoint now,
                  const FieldsNamed& fields_named)
      : text_(text), option_(option), now_(now), fields_named_(fields_named) {}

  std::vector<RunCondition> read_all() {
    std::vector<RunCondition> conditions;
    for (;;) {
      conditions.push_back(read_one());
      skip_blanks();
      if (at_ == text_.size()) return conditions;
      const auto start = at_;
      while (at_ < text_.size() && !is_blank(text_[at_])) ++at_;
      const auto word = text_.substr(start, at_ - start);
      if (lower_case(word) == "or" || word == "||")
        refuse(start, "there is no 'or': all conditions must hold ('and'); ask twice instead");
      if (word != "and" && word != "AND" && word != "&&")
        refuse(start, "expected 'and' or the end here; a value with spaces must be quoted");
    }
  }

 private:
  [[noreturn]] void refuse(std::size_t place, const std::string& why) const {
    const std::string shown = printable(text_);
    const std::string before = printable(text_.substr(0, place));
    const auto columns = std::count_if(before.begin(), before.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    fail(ErrorKind::usage, "{}: {}\n  {}\n  {}^", option_, why, shown,
         std::string(static_cast<std::size_t>(columns), ' '));
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  std::string read_quoted() {
    const auto start = at_;
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    if (at_ == text_.size()) refuse(start, "this quote is not closed");
    ++at_;
    return value;
  }

  /// The parts between dots.
  std::vector<std::string> read_field() {
    std::vector<std::string> parts(1);
    const auto start = at_;
    while (at_ < text_.size() && !is_blank(text_[at_]) && !is_operator(text_[at_])) {
      if (is_quote(text_[at_])) {
        parts.back() += read_quoted();
      } else if (text_[at_] == '.') {
        parts.emplace_back();
        ++at_;
      } else {
        parts.back() += text_[at_++];
      }
    }
    if (at_ == start) refuse(start, fmt::format("expected a field: {}", fields_text));
    return parts;
  }

  Operator read_operator() {
    const auto rest = text_.substr(at_);
    for (const auto& [word, comparison] : operators)
      if (rest.starts_with(word)) {
        at_ += word.size();
        return comparison;
      }
    refuse(at_, "expected an operator: = != < <= > >= or ~ (contains)");
  }

  std::string read_value() {
    if (at_ < text_.size() && is_quote(text_[at_])) return read_quoted();
    std::string value;
    while (at_ < text_.size() && !is_blank(text_[at_])) {
      if (is_operator(text_[at_]) || is_quote(text_[at_]))
        refuse(at_, "expected a value; one with spaces, quotes or operators must be quoted");
      value += text_[at_++];
    }
    if (value.empty()) refuse(at_, "expected a value; an empty one is written ''");
    return value;
  }

  void set_subject(RunCondition& condition, std::size_t start) {
    at_ = start;
    const auto parts = read_field();
    std::string rest;
    for (std::size_t i = 1; i < parts.size(); ++i) rest += (i == 1 ? "" : ".") + parts[i];
    for (const auto& field : plain_fields)
      if (parts.size() == 1 && parts.front() == field.word) {
        condition.subject = field.subject;
        return;
      }
    for (const auto& family : families)
      if (parts.front() == family.word) {
        if (rest.empty()) refuse(at_, fmt::format("expected a name: {}.NAME", family.word));
        condition.subject = family.subject;
        condition.name = rest;
        return;
      }
    if (const auto meant = parts.size() == 1 && fields_named_ ? fields_named_(parts.front())
                                                              : std::vector<std::string>();
        !meant.empty())
      refuse(start, fmt::format("unknown field '{}' (did you mean '{}'?)", printable(parts.front()),
                                printable(fmt::format("{}", fmt::join(meant, "' or '")))));
    std::vector<std::string> known;
    for (const auto& field : plain_fields) known.emplace_back(field.word);
    for (const auto& family : families) known.emplace_back(family.word);
    refuse(start, fmt::format("unknown field '{}'{}; expected {}", printable(parts.front()),
                              did_you_mean(parts.front(), known), fields_text));
  }

  /// What a number is written as depends on the field.
  void set_number(RunCondition& condition, std::size_t start) const {
    const std::string& value = condition.value;
    const bool text_is_meant = condition.comparison == Operator::contains;
    if (condition.subject == Subject::duration && !text_is_meant) {
      const auto duration = parse_duration(value);
      if (!duration) refuse(start, "expected a duration such as 90s, 10m, 2h or 1d");
      condition.number = static_cast<double>(duration->count());
    } else if (condition.subject == Subject::started && !text_is_meant) {
      const auto moment = parse_moment(value, now_);
      if (!moment) refuse(start, fmt::format("expected a time such as {}", moment_forms));
      condition.number = static_cast<double>(to_micros(*moment));
    } else if (condition.subject == Subject::status && !text_is_meant) {
      std::vector<std::string> known;
      for (const Status status : all_statuses) known.emplace_back(to_text(status));
      const auto same = std::find_if(known.begin(), known.end(), [&value](const std::string& word) {
        return lower_case(word) == lower_case(value);
      });
      if (same == known.end())
        refuse(start,
               fmt::format("unknown status '{}'{}", printable(value), did_you_mean(value, known)));
      condition.value = *same;
    } else {
      double number = 0;
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
      if (parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size() &&
          !std::isnan(number))  // a NaN is recorded as a text
        condition.number = number;
    }
  }

  RunCondition read_one() {
    RunCondition condition;
    skip_blanks();
    const auto field_start = at_;
    set_subject(condition, field_start);
    skip_blanks();
    const auto operator_start = at_;
    condition.comparison = read_operator();
    skip_blanks();
    const auto value_start = at_;
    condition.value = read_value();
    const bool textual = condition.subject == Subject::status;
    if (textual && condition.comparison != Operator::equal &&
        condition.comparison != Operator::not_equal && condition.comparison != Operator::contains)
      refuse(operator_start, "a status has no order: expected = or != or ~");
    const bool number =
        condition.subject == Subject::duration || condition.subject == Subject::started;
    if (number && condition.comparison == Operator::contains)
      refuse(operator_start, "expected = != < <= > or >= here");
    set_number(condition, value_start);
    return condition;
  }

  std::string_view text_;
  std::string_view option_;
  TimePoint now_;
  const FieldsNamed& fields_named_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<std::string> condition_fields() {
  std::vector<std::string> fields;
  for (const auto& field : plain_fields) fields.emplace_back(field.word);
  fields.emplace_back("git.branch");
  return fields;
}

std::vector<RunCondition> parse_conditions(
    std::string_view text, std::string_view option, TimePoint now,
    const std::function<std::vector<std::string>(std::string_view)>& fields_named) {
  return ConditionReader(text, option, now, fields_named).read_all();
}

}  // namespace mlpipe
