// Two contents that are compared by format: the first two bytes of the input say how long the first
// is.
#include "store/format_difference.h"

#include <algorithm>

#include "fuzz/fuzz_target.h"
#include "store/byte_difference.h"
#include "store/pickle_reader.h"
#include "store/unpacker.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  if (size < 2) return 0;
  const std::size_t wanted = data[0] + std::size_t{256} * data[1];
  const auto both = text_of(data, size).substr(2);
  const auto before = both.substr(0, std::min(wanted, both.size()));
  const auto now = both.substr(before.size());
  require(first_difference(before, now).has_value() == (before != now), "a difference is found");
  if (before == now) return 0;
  const auto found = format_difference(before, now);
  const auto swapped = format_difference(now, before);
  require(found.has_value() == swapped.has_value(), "it is a format whichever comes first");
  if (!found) return 0;
  require(found->format == swapped->format, "it is one format whichever comes first");
  require(found->same_content == swapped->same_content, "contents are equal both ways");
  require(!found->lines.empty(), "what differs is told");
  if (found->format == "gzip") {
    constexpr std::size_t most = std::size_t{1} << 22U;
    const auto first = unpack_all(before, Packing::gzip, most);
    const auto second = unpack_all(now, Packing::gzip, most);
    if (first && second)
      require((*first == *second) == found->same_content, "only equal contents are called equal");
  }
  if (const auto pickle = read_pickle(before))
    for (const auto& op : pickle->ops) {
      (void)pickle_op_name(op.code);
      (void)pickle_argument_text(op);
    }
  return 0;
}
