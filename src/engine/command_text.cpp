#include "engine/command_text.h"

#include <string_view>

#include "base/text.h"

namespace mlpipe {

namespace {

/// Follows how bash would quote the next character. Here-documents and $'…' are not known; a
/// location that needs no escaping is safe in them too.
class QuoteState {
 public:
  enum class Inside { nothing, single_quotes, double_quotes };

  void read(std::string_view text) {
    for (const char c : text) read(c);
  }

  [[nodiscard]] Inside inside() const { return inside_; }

 private:
  void read(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (inside_ == Inside::single_quotes) {
      if (c == '\'') inside_ = Inside::nothing;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      inside_ = inside_ == Inside::double_quotes ? Inside::nothing : Inside::double_quotes;
    } else if (c == '\'' && inside_ == Inside::nothing) {
      inside_ = Inside::single_quotes;
    }
  }

  Inside inside_ = Inside::nothing;
  bool escaped_ = false;
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
      text += fitted(location(segment), quotes.inside());
    }
  }
  return text;
}

}  // namespace mlpipe
