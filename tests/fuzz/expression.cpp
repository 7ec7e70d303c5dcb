// Expressions: cutting a text at them and writing it again gives a text that is cut in the same
// way.
#include "spec/expression.h"

#include "base/text.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

using Kind = Piece::Kind;

/// A literal text as it is written where expressions count.
std::string written(const std::string& text, bool groups) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = std::string_view(text).substr(i);
    if (rest.starts_with("${{") || (groups && rest.starts_with("$[["))) result += '$';
    result += text[i];
  }
  return result;
}

std::string written(const std::vector<Piece>& pieces, bool groups) {
  std::string text;
  for (const auto& piece : pieces) switch (piece.kind) {
      case Kind::text:
        text += written(piece.text, groups);
        break;
      case Kind::reference:
        text += piece.text;
        break;
      case Kind::group_begin:
        text += "$[[";
        break;
      case Kind::group_end:
        text += "]]";
        break;
      case Kind::bad:
        break;
    }
  return text;
}

bool same(const std::vector<Piece>& a, const std::vector<Piece>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].kind != b[i].kind || a[i].text != b[i].text ||
        a[i].reference.scope != b[i].reference.scope ||
        a[i].reference.step != b[i].reference.step || a[i].reference.name != b[i].reference.name)
      return false;
  return true;
}

void check(std::string_view text, bool groups) {
  const auto pieces = split_expressions(text, groups);
  bool good = true;
  int open = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& piece = pieces[i];
    if (piece.kind == Kind::bad) {
      good = false;
      require(!piece.text.empty() && !piece.expected.empty(), "what is wrong is said");
      if (is_utf8(text)) require_good_message(piece.text, "", "");
    }
    if (piece.kind == Kind::text) {
      require(!piece.text.empty(), "no empty text");
      require(i == 0 || pieces[i - 1].kind != Kind::text, "neighbouring texts are one piece");
    }
    if (piece.kind == Kind::group_begin) ++open;
    if (piece.kind == Kind::group_end) --open;
    require(open >= 0 && (open <= 1 || !good), "groups do not nest");
    require(groups || (piece.kind != Kind::group_begin && piece.kind != Kind::group_end),
            "no groups where there are none");
  }
  if (!good) return;
  require(open == 0, "a group that begins ends");
  const std::string again = written(pieces, groups);
  require(same(split_expressions(again, groups), pieces), "written and read again it is the same",
          again);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  check(text, false);
  check(text, true);
  (void)mlpipe::written_as(text);
  return 0;
}
