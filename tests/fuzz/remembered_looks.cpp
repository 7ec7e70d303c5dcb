// What a plan looked at: any bytes are taken as it or as nothing, and what is taken is written as
// the same bytes.
#include "engine/seen_again.h"
#include "fuzz/remembered_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto write = [](const StateDirectory& state, const Hash& key, const RememberedLooks& last) {
    require(write_remembered_looks(state, key, last.looks) == last.id, "they have the same id");
  };
  const auto last = read_remembered(text_of(data, size), "looks", "mlpipe looks 1\n",
                                    read_remembered_looks, write);
  if (!last) return 0;
  for (const auto& look : last->looks) (void)look.holds(look.stat);
  return 0;
}
