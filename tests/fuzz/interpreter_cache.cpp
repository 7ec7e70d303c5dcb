// The file of remembered interpreters: any bytes are taken as it or as nothing, and what is taken
// is written and read as the same.
#include "target/interpreter_cache.h"

#include "base/hash.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("interpreters");
  std::string bytes(text_of(data, size));
  file.write(bytes);
  (void)read_interpreter_cache(file.path());
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  file.write(bytes);
  const auto cache = read_interpreter_cache(file.path());
  if (cache.empty()) return 0;
  write_interpreter_cache(file.path(), cache);
  const auto again = read_interpreter_cache(file.path());
  require(again.size() == cache.size(), "written and read it is as long");
  for (const auto& [key, entry] : cache) {
    const auto found = again.find(key);
    require(found != again.end() && found->second.identity == entry.identity &&
                found->second.watched.size() == entry.watched.size(),
            "written and read it is the same", key);
    for (std::size_t i = 0; i < entry.watched.size(); ++i) {
      const auto& a = entry.watched[i];
      const auto& b = found->second.watched[i];
      require(a.path == b.path && a.stat.has_value() == b.stat.has_value() &&
                  (!a.stat || a.stat->same_content_as(*b.stat)),
              "a watched path is the same", key);
    }
  }
  return 0;
}
