#include "view/html.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace mlpipe {

namespace {

/// Characters that make a text read in another order than it is written: U+200E, U+200F,
/// U+202A–202E, U+2066–2069.
bool turns_direction(std::string_view at) {
  if (at.size() < 3 || at[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(at[1]);
  const auto third = static_cast<unsigned char>(at[2]);
  return (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
         (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

std::string start_tag(std::string_view tag, Attributes attributes) {
  std::string html = fmt::format("<{}", tag);
  for (const auto& [name, value] : attributes)
    if (value.data() != nullptr) html += fmt::format(" {}=\"{}\"", name, escaped(value));
  return html + ">";
}

}  // namespace

std::string visible(std::string_view bytes) {
  std::string result;
  std::size_t plain = 0;  // what came since then is handed to printable() as one piece
  const auto flush = [&](std::size_t end) {
    result += printable(bytes.substr(plain, end - plain));
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n' || bytes[i] == '\t') {
      flush(i);
      result += bytes[i];
      plain = i + 1;
    } else if (turns_direction(bytes.substr(i))) {
      flush(i);
      const auto code = 0x2000U | ((static_cast<unsigned char>(bytes[i + 1]) & 0x3FU) << 6U) |
                        (static_cast<unsigned char>(bytes[i + 2]) & 0x3FU);
      result += fmt::format("\\u{:04x}", code);
      i += 2;
      plain = i + 1;
    }
  }
  flush(bytes.size());
  return result;
}

std::string escaped(std::string_view bytes) {
  const std::string shown = visible(bytes);
  std::string result;
  result.reserve(shown.size());
  for (const char c : shown) switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  return result;
}

Markup text(std::string_view bytes) { return Markup::trusted(escaped(bytes)); }

Markup element(std::string_view tag, Attributes attributes, const Markup& content) {
  return Markup::trusted(fmt::format("{}{}</{}>", start_tag(tag, attributes), content.html(), tag));
}

Markup element(std::string_view tag, Attributes attributes, std::string_view content) {
  return element(tag, attributes, text(content));
}

Markup void_element(std::string_view tag, Attributes attributes) {
  return Markup::trusted(start_tag(tag, attributes));
}

std::string data_uri(std::string_view media_type, std::string_view bytes) {
  static constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string uri = fmt::format("data:{};base64,", media_type);
  uri.reserve(uri.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) -> unsigned {
      return k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U;
    };
    const unsigned group = (at(i) << 16U) | (at(i + 1) << 8U) | at(i + 2);
    uri += digits[(group >> 18U) & 63U];
    uri += digits[(group >> 12U) & 63U];
    uri += i + 1 < bytes.size() ? digits[(group >> 6U) & 63U] : '=';
    uri += i + 2 < bytes.size() ? digits[group & 63U] : '=';
  }
  return uri;
}

std::string log_text(std::string_view bytes) {
  std::string result;
  std::size_t line = 0;    // where the current line begins
  bool rewritten = false;  // by what follows a carriage return
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\x1b' && i + 1 < bytes.size() && bytes[i + 1] == '[') {
      for (i += 2; i < bytes.size() && (bytes[i] < '@' || bytes[i] > '~');) ++i;
      continue;
    }
    if (c == '\r') {
      rewritten = true;
      continue;
    }
    if (rewritten && c != '\n') result.resize(line);
    rewritten = false;
    result += c;
    if (c == '\n') line = result.size();
  }
  return result;
}

}  // namespace mlpipe
