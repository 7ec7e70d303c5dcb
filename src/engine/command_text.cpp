#include "engine/command_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

/// Follows how bash would quote the next character, through quotes, (…), $(…), `…` and comments.
/// Here-documents and $'…' are not known; a location that needs no escaping is safe in them too.
class QuoteState {
 public:
  enum class Inside { nothing, single_quotes, double_quotes, parentheses, backquotes };

  void read(std::string_view text) {
    for (const char c : text) {
      read(c);
      last_ = c;
    }
  }
  void read_location() { last_ = 'x'; }

  [[nodiscard]] Inside inside() const { return open_.empty() ? Inside::nothing : open_.back(); }
  [[nodiscard]] bool anywhere_inside(Inside what) const {
    return std::find(open_.begin(), open_.end(), what) != open_.end();
  }

 private:
  void read(char c) {
    if (comment_) {
      comment_ = c != '\n';
    } else if (escaped_) {
      escaped_ = false;
    } else if (inside() == Inside::single_quotes) {
      if (c == '\'') open_.pop_back();
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      toggle(Inside::double_quotes);
    } else if (c == '`') {
      toggle(Inside::backquotes);
    } else if (inside() == Inside::double_quotes) {
      if (c == '(' && last_ == '$') open_.push_back(Inside::parentheses);
    } else if (c == '\'') {
      open_.push_back(Inside::single_quotes);
    } else if (c == '(') {
      open_.push_back(Inside::parentheses);
    } else if (c == ')') {
      if (inside() == Inside::parentheses) open_.pop_back();
    } else if (c == '#') {
      comment_ = std::string_view(" \t\n;&|()").find(last_) != std::string_view::npos;
    }
  }

  void toggle(Inside what) {
    if (inside() == what)
      open_.pop_back();
    else
      open_.push_back(what);
  }

  std::vector<Inside> open_;
  bool escaped_ = false;
  bool comment_ = false;
  char last_ = '\n';
};

std::string replaced(std::string_view text, std::string_view special, std::string_view before) {
  std::string result;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) result += before;
    result += c;
  }
  return result;
}

std::string fitted(const std::string& location, QuoteState::Inside inside) {
  switch (inside) {
    case QuoteState::Inside::nothing:
    case QuoteState::Inside::parentheses:
    case QuoteState::Inside::backquotes:
      return shell_quoted(location);
    case QuoteState::Inside::double_quotes:
      return replaced(location, "\\\"$`", "\\");
    case QuoteState::Inside::single_quotes:
      return replaced(location, "'", "'\\'");
  }
  return location;
}

}  // namespace

std::string argument_text(const Template& segments, const LocationOf& location) {
  std::string text;
  for (const auto& segment : segments)
    text += segment.kind == Segment::Kind::text ? segment.text : location(segment);
  return text;
}

std::string command_text(const Template& segments, const LocationOf& location) {
  std::string text;
  QuoteState quotes;
  for (const auto& segment : segments) {
    if (segment.kind == Segment::Kind::text) {
      text += segment.text;
      quotes.read(segment.text);
    } else {
      const std::string word = fitted(location(segment), quotes.inside());
      // Bash takes one layer of backslashes away before it reads what stands in `…`.
      text += quotes.anywhere_inside(QuoteState::Inside::backquotes) ? replaced(word, "\\$`", "\\")
                                                                     : word;
      quotes.read_location();
    }
  }
  return text;
}

}  // namespace mlpipe
