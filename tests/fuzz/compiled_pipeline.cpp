// A pipeline that was read, as it is kept: any bytes are taken as one or as nothing; what is taken
// can be used as one, and is written as the same bytes.
#include "engine/pipeline_codec.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto bytes = text_of(data, size);
  const auto pipeline = decode_pipeline(bytes);
  if (!pipeline) return 0;
  require(encode(*pipeline) == bytes, "written it is the same bytes");
  for (const auto& step : pipeline->steps) (void)step.sources->place();
  return 0;
}
