// Text of any kind where it is shown: nothing in it can act on a page, in a drawing, in a shell or
// on a terminal.
#include "base/git.h"
#include "base/git_answer.h"
#include "base/text.h"
#include "cli/completion_line.h"
#include "fuzz/fuzz_target.h"
#include "view/html.h"
#include "view/report_files.h"
#include "view/svg_text.h"

namespace mlpipe::fuzz {

namespace {

void check_plain(std::string_view text) {
  require(is_utf8(printable(text)), "what is printable is UTF-8");
  require(printable(printable(text)) == printable(text), "what is printable stays");
  for (const char c : printable(text)) require(c < 0 || (c >= 0x20 && c != 0x7f), "no control");
  require(without_quotes(shell_quoted(text)) == text, "a quoted word is the text", text);
  require(is_utf8(lower_case(printable(text))), "small letters are UTF-8");
}

void check_markup(std::string_view shown) {
  for (const char c : {'<', '>', '"', '\''})
    require(shown.find(c) == std::string_view::npos, "nothing acts", shown);
  require_balanced(shown, false);
}

void check_page(std::string_view text) {
  check_markup(escaped(text));
  check_markup(xml_text(text));
  require(is_utf8(visible(text)), "what is visible is UTF-8");
  require_balanced(element("p", {{"title", text}}, text).html(), true);
  for (const auto cut : {Cut::middle, Cut::end}) {
    const auto shown = shortened(text, 10, 100, cut);
    require(is_utf8(shown), "a shortened text is UTF-8");
    require(text_width(shown, 10) <= 110 || shown.size() < 8, "a shortened text is short", shown);
  }
  const ShownLog log{.title = std::string(text), .content = std::string(text)};
  require_balanced(log_block(log, true).html(), true);
  ShownFile file{.path = std::string(text), .bytes = text.size(), .content = std::string(text)};
  require_balanced(preview_block(file).html(), true);
  file.media_type = image_type("a.svg", text);
  require_balanced(image_figure(file, text, text, text).html(), true);
}

void check_git(const std::vector<std::string_view>& lines) {
  GitSettings settings;
  for (const auto line : lines)
    if (const auto end = line.find('='); end != std::string_view::npos)
      settings.emplace_back(line.substr(0, end), line.substr(end + 1));
  const auto address = remote_address(settings, "main");
  const auto kept = without_credentials(address);
  require(kept.size() <= address.size(), "nothing is added to an address");
  require(without_credentials(kept) == kept, "an address without secrets stays", address);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  check_plain(text);
  check_page(text);
  check_git(split(text, '\n'));
  GitState state;
  keep_diff(text, state);
  require(is_utf8(state.diff), "a kept diff is UTF-8");
  return 0;
}
