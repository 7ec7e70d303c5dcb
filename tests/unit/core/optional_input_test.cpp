#include "core/optional_input.h"

#include "core/manifest.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

using Kind = Segment::Kind;

Step step_with(Template command) {
  Step step{.name = "s", .action = CommandAction{std::move(command)}};
  step.inputs = {{.name = "a", .optional = true}, {.name = "b"}};
  return step;
}

}  // namespace

TEST_CASE("a step without an optional input is a step that never had it") {
  auto step = step_with({{.kind = Kind::text, .text = "run "},
                         {.kind = Kind::text, .text = "--a ", .only_with = {"a"}},
                         {.kind = Kind::input, .text = "a", .only_with = {"a"}},
                         {.kind = Kind::text, .text = " --b "},
                         {.kind = Kind::input, .text = "b"}});
  REQUIRE(can_do_without(step, step.inputs[0]));
  CHECK_FALSE(can_do_without(step, step.inputs[1]));
  drop_input(step, "a");
  REQUIRE(step.inputs.size() == 1);
  CHECK(step.inputs[0].name == "b");
  CHECK(encode(std::get<CommandAction>(step.action).command) ==
        encode(Template{{.kind = Kind::text, .text = "run  --b "},
                        {.kind = Kind::input, .text = "b"}}));
}

TEST_CASE("an input that the command names outside of optional parts is needed") {
  const auto step = step_with({{.kind = Kind::input, .text = "a"}});
  CHECK_FALSE(can_do_without(step, step.inputs[0]));
  const Step script{.name = "s", .action = ScriptAction{}};
  CHECK_FALSE(can_do_without(script, {.name = "a", .optional = true}));
}

TEST_CASE("texts side by side are one text, however they were put together") {
  CHECK(encode(Template{{.kind = Kind::text, .text = "a"},
                        {.kind = Kind::text, .text = "b", .only_with = {"x"}},
                        {.kind = Kind::output, .text = "o"},
                        {.kind = Kind::text, .text = "c"}}) == "t2:abo1:ot1:c");
}

}  // namespace mlpipe
