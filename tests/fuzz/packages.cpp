// What an installed package says of itself: the head of METADATA, and R's DESCRIPTION.
#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "target/installed_packages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile python("x.egg-info");
  static const ScratchFile r("DESCRIPTION");
  python.write(text_of(data, size));
  r.write(text_of(data, size));
  for (const auto& found :
       {python_packages({python.folder()}), r_packages({r.folder().parent_path()})})
    for (const auto& name : found.names)
      require(!name.empty() && name.find('\n') == std::string::npos, "a name is one line", name);
  return 0;
}
