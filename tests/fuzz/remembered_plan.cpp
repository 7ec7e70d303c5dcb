// What is remembered of a plan: any bytes are taken as it or as nothing, and what is taken is
// written as the same bytes.
#include "engine/remembered_plan.h"

#include "fuzz/remembered_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  auto plan = read_remembered(text_of(data, size), "plans", "mlpipe plan 2\n", read_remembered_plan,
                              write_remembered_plan);
  if (!plan) return 0;
  Pipeline pipeline;
  pipeline.steps.resize(plan->steps.size());
  static WorkerPool pool(1);
  (void)keep_what_holds(*plan, pipeline, {}, pool);
  return 0;
}
