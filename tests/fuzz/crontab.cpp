// A user's crontab, which holds anything, and the folder of a workspace: our line is put in, found
// and taken out again, and every other line stays as it is.
#include "cli/crontab.h"

#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

/// With the end of its last line.
std::string ended(std::string table) {
  if (!table.empty() && !table.ends_with('\n')) table += '\n';
  return table;
}

void check(const std::string& table, const std::filesystem::path& root, const std::string& line) {
  require(line.find('\n') == std::string::npos, "it is one line", line);
  const auto others = with_line(table, root, "");
  require(!has_line(others, root), "what was taken out is not there", others);
  require(has_line(table, root) == (others != table), "it is there or not", table);
  if (others == table) {
    const auto added = with_line(table, root, line);
    require(added == ended(table) + line + "\n", "it comes behind all others", added);
  }
  const auto with = with_line(table, root, line);
  require(has_line(with, root), "what was put in is there", with);
  require(with_line(with, root, line) == with, "it is there once", with);
  require(with_line(with, root, "") == ended(others), "all others stay as they are", with);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const bool path_is_set = ::setenv("PATH", "/usr/local/bin:/usr/bin", 1) == 0;
  require(path_is_set, "there is an environment");
  const auto texts = texts_in(text_of(data, size), 2);
  const std::filesystem::path root = "/" + texts[0];
  try {
    check(texts[1], root, crontab_line(root));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage, "a folder that it cannot name is refused",
            error.what());
    require(is_utf8(error.what()), "a message is UTF-8", error.what());
  }
  return 0;
}
