#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mlpipe {

/// Finished HTML. Text becomes part of it only through text(), or as an attribute's value, so what
/// people wrote is always escaped.
class Markup {
 public:
  Markup() = default;
  /// Markup that this program made by other means (a drawing, its own style sheet).
  [[nodiscard]] static Markup trusted(std::string html) {
    Markup markup;
    markup.html_ = std::move(html);
    return markup;
  }

  Markup& operator+=(const Markup& more) {
    html_ += more.html_;
    return *this;
  }
  friend Markup operator+(Markup a, const Markup& b) { return std::move(a += b); }

  [[nodiscard]] bool empty() const { return html_.empty(); }
  [[nodiscard]] const std::string& html() const { return html_; }

 private:
  std::string html_;
};

/// Any bytes as a text that can be shown: what is not UTF-8, control characters other than newline
/// and tab, and characters that turn the direction of writing become visible (\xNN, \uNNNN).
[[nodiscard]] std::string visible(std::string_view bytes);

/// visible(), with the five characters that mean something in HTML and SVG escaped.
[[nodiscard]] std::string escaped(std::string_view bytes);

[[nodiscard]] Markup text(std::string_view bytes);

/// Names are ours; values are escaped here. One with the value no_attribute is left out.
using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;
inline constexpr std::string_view no_attribute{};

/// <tag attributes>content</tag>
[[nodiscard]] Markup element(std::string_view tag, Attributes attributes, const Markup& content);
/// <tag attributes>text</tag>, escaped.
[[nodiscard]] Markup element(std::string_view tag, Attributes attributes, std::string_view content);
/// <tag attributes>, for those that have no content.
[[nodiscard]] Markup void_element(std::string_view tag, Attributes attributes);

/// "data:<media type>;base64,…"
[[nodiscard]] std::string data_uri(std::string_view media_type, std::string_view bytes);

/// What a program wrote to a terminal as it would stand there: without colour codes, and of a line
/// that was rewritten after carriage returns what stood there last.
[[nodiscard]] std::string log_text(std::string_view bytes);

}  // namespace mlpipe
