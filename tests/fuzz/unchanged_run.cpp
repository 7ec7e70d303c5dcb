// What is remembered of a run that reused everything: any bytes are taken as it or as nothing, and
// what is taken is written as the same bytes.
#include "engine/unchanged_run_file.h"

#include "base/file.h"
#include "base/hash.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const TemporaryFolder folder;
  static const StateDirectory state{folder.path()};
  static const Hash key = hash_bytes("key");
  const auto file = state.cache() / "unchanged" / key.hex();
  make_folders(file.parent_path());
  std::string bytes(text_of(data, size));
  write_file_atomically(file, bytes);
  (void)read_unchanged_run(state, key);
  bytes += "mlpipe unchanged run 2\n";
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  write_file_atomically(file, bytes);
  const auto run = read_unchanged_run(state, key);
  if (!run) return 0;
  for (const auto& look : run->looks) (void)look.holds(look.stat);
  write_unchanged_run(state, key, *run);
  require(read_file(file) == bytes, "written it is the same bytes");
  return 0;
}
