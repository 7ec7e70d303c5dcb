#include "engine/machine_memory.h"

#include <string>

#include "base/file.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

const MachineQuestion python_of_a{.machine = "a ~/.cache/mlpipe",
                                  .language = "python",
                                  .program = {},
                                  .way = "hostname a\nport 22\n"};

MachineAnswer some_answer() {
  return {.at = from_micros(1'700'000'000'123'456),
          .interpreter = {.program = "/usr/bin/python3",
                          .identity = {.language = "python",
                                       .version = "cpython 3.11.2",
                                       .distributions = {"bar==2", "foo==1.0"}}}};
}

TEST_CASE("what a machine said last is known again, for that question alone") {
  const Playground ground;
  CHECK_FALSE(last_answer(ground / "machines", python_of_a));
  remember_answer(ground / "machines", python_of_a, some_answer());
  const auto known = last_answer(ground / "machines", python_of_a);
  REQUIRE(known);
  CHECK(known->at == some_answer().at);
  CHECK(known->interpreter.program == some_answer().interpreter.program);
  CHECK(known->interpreter.identity == some_answer().interpreter.identity);

  auto other = python_of_a;
  other.program = "/opt/python3";
  CHECK_FALSE(last_answer(ground / "machines", other));
  other = python_of_a;
  other.machine = "b ~/.cache/mlpipe";
  CHECK_FALSE(last_answer(ground / "machines", other));
}

TEST_CASE("a newer answer of a machine takes the place of the one before") {
  const Playground ground;
  remember_answer(ground / "machines", python_of_a, some_answer());
  auto newer = some_answer();
  newer.interpreter.identity.distributions.clear();
  remember_answer(ground / "machines", python_of_a, newer);
  CHECK(last_answer(ground / "machines", python_of_a)->interpreter.identity.distributions.empty());
  CHECK(list_names(ground / "machines").size() == 1);
}

TEST_CASE("a damaged answer of a machine is none") {
  const Playground ground;
  remember_answer(ground / "machines", python_of_a, some_answer());
  const auto file = ground / "machines" / list_names(ground / "machines").at(0);
  const auto whole = read_file(file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write_file_atomically(file, bytes);
    CHECK_FALSE(last_answer(ground / "machines", python_of_a));
    write_file_atomically(file, whole.substr(0, at));
    CHECK_FALSE(last_answer(ground / "machines", python_of_a));
  }
}

}  // namespace
}  // namespace mlpipe
