// What strace wrote, which may be cut anywhere and holds names of any bytes: every path that is
// told is absolute and normal, however far the trace goes. A text in quotes stands for the bytes
// that strace was to write.
#include "engine/file_trace.h"

#include "base/text.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

void check_accesses(const FileAccesses& accesses) {
  for (const auto& [path, access] : accesses) {
    require(path.is_absolute(), "a path is absolute", path.native());
    require(path.lexically_normal().native() == path.native(), "a path is normal", path.native());
    require(path.has_filename() || path.native() == "/", "no path ends with /", path.native());
    require(access.real.empty() || access.real.is_absolute(), "where it leads to is absolute",
            access.real.native());
  }
}

/// As strace writes it, with every byte escaped that could be.
std::string as_escaped(std::string_view bytes) {
  constexpr std::string_view digits = "01234567";
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += '\\';
    if (c == '"' || c == '\\')
      text += c;
    else
      for (const unsigned shift : {6U, 3U, 0U}) text += digits[(byte >> shift) & 7U];
  }
  return text + '"';
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  TraceReader reader("/work/src");
  for (const auto line : split(text, '\n')) reader.add(line);
  check_accesses(reader.accesses());
  (void)unescaped(text);
  require(unescaped(as_escaped(text)) == text, "a text is what was written", text);
  const auto call = "7 openat(AT_FDCWD</work>, " + as_escaped("/a/" + std::string(text) + "/b") +
                    ", O_RDONLY) = 3";
  TraceReader one("/work/src");
  one.add(call);
  require(one.accesses().size() == 1, "a name of any bytes is read", call);
  check_accesses(one.accesses());
  return 0;
}
