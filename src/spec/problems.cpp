#include "spec/problems.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t most_suggestions = 50;
constexpr std::size_t most_shown = 200;
constexpr std::size_t widest_line = 160;

/// The start of the UTF-8 character that `at` lies in; `at` itself if no character that is whole
/// does: it has four bytes at most, so no run of stray bytes takes us further back.
std::size_t character_start(std::string_view text, std::size_t at) {
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  for (std::size_t back = 0; back <= std::min<std::size_t>(at, 3); ++back)
    if (!continues(at - back)) return at - back;
  return at;
}

/// The line fit to print, and how many characters stand before the caret.
std::pair<std::string, std::size_t> excerpt(std::string_view line, std::size_t caret) {
  caret = std::min(caret, line.size());
  std::string prefix;
  std::string suffix;
  if (line.size() > widest_line) {
    const auto start = character_start(line, caret > widest_line / 2 ? caret - widest_line / 2 : 0);
    const auto end = character_start(line, std::min(line.size(), start + widest_line));
    if (start > 0) prefix = "…";
    if (end < line.size()) suffix = "…";
    line = line.substr(start, end - start);
    caret -= start;
  }
  std::string before(line.substr(0, caret));
  std::string after(line.substr(caret));
  std::replace(before.begin(), before.end(), '\t', ' ');
  std::replace(after.begin(), after.end(), '\t', ' ');
  before = prefix + printable(before);
  return {before + printable(after) + suffix, character_count(before)};
}

}  // namespace

Problems::Problems(const SourceText& source, std::vector<std::string> settings)
    : source_(&source), settings_(std::move(settings)) {}

void Problems::error(Mark mark, std::string message, std::string expected) {
  errors_.push_back({mark, std::move(message), std::move(expected)});
}

void Problems::error(const SpecLocation& location, std::string message, std::string expected) {
  error(source_->mark(location), std::move(message), std::move(expected));
}

void Problems::warning(Mark mark, std::string message, std::string expected) {
  warnings_.push_back({mark, std::move(message), std::move(expected)});
}

std::string Problems::suggestion(std::string_view word, std::span<const std::string> candidates) {
  if (++suggestions_ > most_suggestions) return {};
  return did_you_mean(word, candidates);
}

bool Problems::suggests() const { return suggestions_ < most_suggestions; }

std::string Problems::place(Mark mark) const {
  const auto at = source_->location(mark);
  return at.line == 0 ? *at.file : fmt::format("{}:{}:{}", *at.file, at.line, at.column);
}

std::string Problems::print(const Problem& problem, std::string_view severity) const {
  const auto mark = problem.mark;
  if (mark.line == 0) {
    const auto index = static_cast<std::size_t>(mark.column);
    const auto setting = index < settings_.size() ? " --set " + shell_quoted(settings_[index]) : "";
    const auto hint = problem.expected.empty() ? "" : "\n      = " + problem.expected;
    return fmt::format("{}:{}{} {}: {}{}", source_->name(), setting, setting.empty() ? "" : ":",
                       severity, problem.message, hint);
  }
  return print_problem(*source_, mark, severity, problem.message, problem.expected);
}

std::string print_problem(const SourceText& source, Mark mark, std::string_view severity,
                          std::string_view message, std::string_view expected) {
  const auto at = source.location(mark);
  const auto [line, caret] =
      excerpt(source.line(mark.line), static_cast<std::size_t>(mark.column) - 1);
  std::string text = fmt::format("{}:{}:{}: {}: {}\n{:>5} | {}\n      | {:>{}}^", *at.file, at.line,
                                 at.column, severity, message, mark.line, line, "", caret);
  if (!expected.empty()) text += fmt::format("\n      = {}", expected);
  return text;
}

void Problems::throw_if_any() const {
  const Problems* const self = this;
  mlpipe::throw_if_any({&self, 1});
}

void throw_if_any(std::span<const Problems* const> all) {
  std::string message;
  bool all_set = true;
  for (const auto* problems : all) {
    const auto text = problems->error_text();
    if (!text.empty()) message += (message.empty() ? "" : "\n") + text;
    all_set = all_set && problems->is_only_settings();
  }
  if (!message.empty()) throw Error(all_set ? ErrorKind::usage : ErrorKind::invalid_file, message);
}

bool Problems::is_only_settings() const {
  return std::all_of(errors_.begin(), errors_.end(),
                     [](const Problem& problem) { return problem.mark.line == 0; });
}

std::string Problems::error_text() const {
  auto sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Problem& a, const Problem& b) { return a.mark < b.mark; });
  // One mistake may be met on two ways.
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string message;
  for (std::size_t i = 0; i < std::min(sorted.size(), most_shown); ++i) {
    if (!message.empty()) message += '\n';
    message += print(sorted[i], "error");
  }
  if (sorted.size() > most_shown)
    message += fmt::format("\n… and {} more problems", sorted.size() - most_shown);
  return message;
}

std::vector<std::string> Problems::warnings() const {
  std::vector<std::string> texts;
  std::unordered_set<std::string> told;  // a component that is used twice is read twice
  for (const auto& problem : warnings_) {
    auto text = print(problem, "warning");
    if (told.insert(text).second) texts.push_back(std::move(text));
  }
  return texts;
}

std::string any_of(std::span<const std::string> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace mlpipe
