// The file of remembered hashes: any bytes are taken as it or as nothing, and what is taken is
// saved and read again.
#include "store/stat_cache.h"

#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("stats");
  std::string bytes(text_of(data, size));
  const bool whole = !bytes.empty() && bytes.front() == 'm';
  if (whole) bytes.append(hash_bytes(bytes).view());
  file.write(bytes);
  StatCache cache(file.path());
  require(cache.size() <= bytes.size() / 76, "no more entries than there is room for");
  FileStat look;
  look.kind = FileKind::file;
  look.mtime_ns = 1;
  look.ctime_ns = 1;
  const Hash hash = hash_bytes("content");
  cache.remember("/a", look, hash, 10'000'000'000);
  require(cache.find("/a", look) == hash, "what is remembered is found");
  ++look.size;
  require(!cache.find("/a", look), "what has moved is not");
  --look.size;
  cache.save();
  StatCache again(file.path());
  require(again.find("/a", look) == hash, "what was saved is found");
  require(again.size() <= cache.size(), "nothing is added by saving");
  return 0;
}
