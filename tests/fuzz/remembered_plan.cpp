// What is remembered of a plan: any bytes are taken as it or as nothing, and what is taken is
// written as the same bytes.
#include "engine/remembered_plan.h"

#include "fuzz/remembered_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  auto plan = read_remembered(text_of(data, size), "plans", "mlpipe plan 3\n", read_remembered_plan,
                              write_remembered_plan);
  if (!plan) return 0;
  Pipeline pipeline;
  pipeline.steps.resize(plan->steps.size());
  const std::vector<char> holds(plan->seen.owners.size(), 0);
  (void)keep_what_holds(*plan, holds, pipeline, {});
  return 0;
}
