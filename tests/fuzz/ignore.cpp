// An ignore file and paths below it. Where a single pattern needs nothing but '*', '?' and
// backslashes, the C library's fnmatch() must agree.
#include <fnmatch.h>

#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "store/ignore_rules.h"

namespace mlpipe::fuzz {

namespace {

/// Whether fnmatch(FNM_PATHNAME) reads this glob as git does. glibc's does not let "*\/" match
/// "a/", as git and "*/" do.
bool is_simple(std::string_view pattern) {
  return pattern.find('[') == std::string_view::npos &&
         pattern.find("**") == std::string_view::npos &&
         pattern.find("\\/") == std::string_view::npos &&
         pattern.find('\0') == std::string_view::npos;
}

void compare_with_library(const std::string& pattern, const std::string& path) {
  if (!is_simple(pattern) || path.find('\0') != std::string::npos) return;
  const bool library = ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
  require(Glob(pattern).matches(path) == library, "a glob matches as in the C library",
          pattern + "\n" + path);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto texts = texts_in(text_of(data, size), 2);
  const IgnoreFile file(texts[0]);
  for (const auto path : split(texts[1], '\n')) {
    const auto plain = file.judge(path, false);
    (void)file.judge(path, true);
    const auto named = file.judge(path, false, true);
    // Leaving out some negated patterns can only make more ignored.
    if (plain == IgnoreVerdict::ignored)
      require(named == IgnoreVerdict::ignored || named == IgnoreVerdict::none ||
                  named == IgnoreVerdict::kept,
              "a verdict is one");
    if (named == IgnoreVerdict::none)
      require(plain != IgnoreVerdict::ignored, "what nothing ignores is not ignored");
    for (const auto line : split(texts[0], '\n'))
      compare_with_library(std::string(line), std::string(path));
  }
  return 0;
}
