// The file of remembered hashes: any bytes are taken as it or as nothing. What is taken is saved as
// the same bytes, but for what nobody asked for in a month; what is remembered is found.
#include "store/stat_cache.h"

#include <chrono>

#include "base/clock.h"
#include "fuzz/fuzz_target.h"
#include "store/encoding.h"

namespace mlpipe::fuzz {

namespace {

constexpr std::string_view format = "mlpipe stats 1\n";
constexpr std::size_t entry_size = 76;

std::uint32_t today() {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::days>(now().time_since_epoch()).count());
}

/// Without those that were last asked for more than 30 days ago.
std::string of_this_month(std::string_view entries) {
  std::string kept;
  for (; !entries.empty(); entries.remove_prefix(entry_size)) {
    const auto entry = entries.substr(0, entry_size);
    ByteReader last(entry.substr(entry_size - 4));
    if (static_cast<std::uint32_t>(last.number(4)) + 30U >= today()) kept += entry;
  }
  return kept;
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("stats");
  std::string bytes(text_of(data, size));
  const bool whole = !bytes.empty() && bytes.front() == 'm';
  if (whole) bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  file.write(bytes);
  StatCache cache(file.path());
  std::string_view taken;
  if (cache.size() != 0) {
    require(bytes.size() == format.size() + 8 + cache.size() * entry_size + 16,
            "all entries are taken, and nothing else is there");
    taken = std::string_view(bytes).substr(format.size() + 8, cache.size() * entry_size);
  }
  const auto path = "/" + hash_bytes(bytes).hex();  // that is in no input
  FileStat look;
  look.kind = FileKind::file;
  look.mtime_ns = 1;
  look.ctime_ns = 1;
  const Hash hash = hash_bytes("content");
  cache.remember(path, look, hash, 10'000'000'000);
  require(cache.find(path, look) == hash, "what is remembered is found");
  ++look.size;
  require(!cache.find(path, look), "what has moved is not");
  --look.size;
  cache.save();
  const auto kept = of_this_month(taken);
  const auto saved = file.read();
  std::string expected(format);
  append_number(expected, kept.size() / entry_size + 1, 8);
  expected += kept;
  require(saved.starts_with(expected), "what was taken is written as the same bytes");
  require(saved.size() == expected.size() + entry_size + 16, "and what is remembered behind it");
  StatCache again(file.path());
  require(again.find(path, look) == hash, "what was saved is found");
  require(again.size() == kept.size() / entry_size + 1, "nothing is added by saving");
  return 0;
}
