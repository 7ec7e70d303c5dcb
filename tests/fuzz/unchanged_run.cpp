// What is remembered of a run that reused everything: any bytes are taken as it or as nothing, and
// what is taken is written as the same bytes.
#include "engine/unchanged_run_file.h"
#include "fuzz/remembered_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  (void)read_remembered(text_of(data, size), "unchanged", "mlpipe unchanged run 3\n",
                        read_unchanged_run, write_unchanged_run);
  return 0;
}
