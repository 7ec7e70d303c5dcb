// A note of a copy beside an output's path: any bytes are taken as one or as nothing; what is taken
// names a copy beside the path, and is written as the same bytes.
#include "engine/copy_note.h"

#include "base/hash.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  std::string bytes(text_of(data, size));
  (void)decode_copy_note(bytes);
  bytes += "mlpipe copy 1\n";
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  const auto note = decode_copy_note(bytes);
  if (!note) return 0;
  require(note->making.parent_path() == note->path.parent_path(), "it lies beside the path");
  require(note->making.filename().native().starts_with(".mlpipe-"), "it is named as ours are");
  require(encode(*note) == bytes, "written it is the same bytes");
  return 0;
}
