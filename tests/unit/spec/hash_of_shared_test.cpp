// Steps that differ have different numbers: else each would be compared with all before it.
#include "spec/hash_of_shared.h"

#include <set>

#include "support/catch.h"

namespace mlpipe {
namespace {

/// How many numbers so many values have, of which `differ` makes each another one.
template <class T, class Differ>
std::size_t numbers(int count, Differ differ) {
  std::set<std::size_t> all;
  for (int i = 0; i < count; ++i) {
    T value;
    differ(value, i);
    all.insert(HashOfShared()(value));
  }
  return all.size();
}

}  // namespace

TEST_CASE("what steps may differ in is in the number that they are found by") {
  constexpr int count = 1000;
  const auto settings = [](auto differ) { return numbers<StepSettings>(count, differ); };
  CHECK(settings([](StepSettings& at, int i) {
          at.environment_variables["SEED"] = std::to_string(i);
        }) == count);
  CHECK(settings([](StepSettings& at, int i) { at.pass_environment = {std::to_string(i)}; }) ==
        count);
  CHECK(settings([](StepSettings& at, int i) { at.resources.cpus = i; }) == count);
  CHECK(settings([](StepSettings& at, int i) { at.timeout = std::chrono::seconds(i); }) == count);
  CHECK(settings([](StepSettings& at, int i) { at.retry.delay_seconds = i; }) == count);
  const auto sources = [](auto differ) { return numbers<StepSources>(count, differ); };
  CHECK(sources([](StepSources& at, int i) { at.include = {"step_" + std::to_string(i)}; }) ==
        count);
  CHECK(sources([](StepSources& at, int i) { at.added = {"/in/" + std::to_string(i)}; }) == count);
  CHECK(sources([](StepSources& at, int i) { at.frozen = hash_bytes(std::to_string(i)); }) ==
        count);
  CHECK(numbers<RegisteredOutput>(
            count, [](RegisteredOutput& at, int i) { at.version = std::to_string(i); }) == count);
  CHECK(settings([](StepSettings& at, int) { at.environment = "same"; }) == 1);
}

}  // namespace mlpipe
