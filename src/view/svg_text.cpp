#include "view/svg_text.h"

#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

/// The code points of well-formed UTF-8, each with its bytes.
std::vector<std::string_view> letters_of(std::string_view text) {
  std::vector<std::string_view> letters;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = begin + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    letters.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return letters;
}

/// The width of a letter in a wide common font (DejaVu Sans Bold), in ems.
double width_of(std::string_view letter) {
  const char first = letter.front();
  if (letter.size() >= 3) return 1;  // Chinese and the like; a few others are narrower
  if (letter.size() == 2) return 0.7;
  if (std::string_view("iljftrI.,:;'|! ()[]").find(first) != std::string_view::npos) return 0.42;
  if (std::string_view("mwMW@%").find(first) != std::string_view::npos) return 0.98;
  if (first >= 'A' && first <= 'Z') return 0.74;
  return 0.64;
}

}  // namespace

std::string xml_text(std::string_view bytes) {
  const std::string whole = printable(bytes);
  std::string text;
  for (const auto letter : letters_of(whole)) {
    if (letter == "\xEF\xBF\xBE" || letter == "\xEF\xBF\xBF") continue;  // not in XML at all
    const char c = letter.front();
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\'':
        text += "&#39;";
        break;
      default:
        text += letter;
    }
  }
  return text;
}

double text_width(std::string_view text, double font_size) {
  double width = 0;
  for (const auto letter : letters_of(text)) width += width_of(letter);
  return width * font_size;
}

std::string shortened(std::string_view text, double font_size, double width, Cut cut) {
  const std::string whole = printable(text);
  if (text_width(whole, font_size) <= width) return whole;
  const auto letters = letters_of(whole);
  double room = width / font_size - 1;  // for the "…"
  std::string head;
  std::string tail;
  std::size_t begin = 0;
  std::size_t end = letters.size();
  while (begin < end) {
    const bool at_end = cut == Cut::middle && tail.size() < head.size();
    const auto letter = at_end ? letters[end - 1] : letters[begin];
    room -= width_of(letter);
    if (room < 0) break;
    if (at_end) {
      tail.insert(0, letter);
      --end;
    } else {
      head += letter;
      ++begin;
    }
  }
  return head + "…" + tail;
}

}  // namespace mlpipe
