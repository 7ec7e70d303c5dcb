// A workspace file: read, or refused with places inside it.
#include "base/error.h"
#include "fuzz/fuzz_target.h"
#include "spec/read_workspace.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("mlpipe.yaml");
  const auto text = text_of(data, size);
  file.write(text);
  try {
    (void)read_workspace(file.folder());
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
    require_good_message(error.what(), file.path().native(), text);
  }
  return 0;
}
