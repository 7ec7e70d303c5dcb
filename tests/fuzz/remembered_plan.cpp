// What is remembered of a plan: any bytes are taken as it or as nothing, and what is taken is
// written as the same bytes.
#include "engine/remembered_plan.h"

#include "base/file.h"
#include "base/hash.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const TemporaryFolder folder;
  static const StateDirectory state{folder.path()};
  static const Hash key = hash_bytes("key");
  const auto file = state.cache() / "plans" / key.hex();
  make_folders(file.parent_path());
  std::string bytes(text_of(data, size));
  write_file_atomically(file, bytes);
  (void)read_remembered_plan(state, key);
  bytes += "mlpipe plan 2\n";
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  write_file_atomically(file, bytes);
  auto plan = read_remembered_plan(state, key);
  if (!plan) return 0;
  write_remembered_plan(state, key, *plan);
  require(read_file(file) == bytes, "written it is the same bytes");
  Pipeline pipeline;
  pipeline.steps.resize(plan->steps.size());
  static WorkerPool pool(1);
  (void)keep_what_holds(*plan, pipeline, {}, pool);
  return 0;
}
