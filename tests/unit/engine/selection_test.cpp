#include "engine/selection.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;

/// prep -> train -> report, prep -> check; `other` stands alone.
Pipeline pipeline() {
  Pipeline made;
  const auto add = [&made](const std::string& name, std::vector<StepId> after) {
    made.steps.push_back({.name = name, .depends_on = std::move(after)});
  };
  add("prep", {});
  add("train", {{0}});
  add("check", {{0}});
  add("report", {{1}});
  add("other", {});
  return made;
}

/// One letter a step: '-' not selected, 'a' allowed, 'r' regenerate, 'n' not allowed; in capitals
/// if it must be reused.
std::string rules(const Pipeline& of, const Selection& selection) {
  std::string text;
  for (const auto& rule : rules_for(of, Graph(of), selection)) {
    const char letter = rule.lookup == Lookup::allowed      ? 'a'
                        : rule.lookup == Lookup::regenerate ? 'r'
                                                            : 'n';
    text += !rule.selected        ? '-'
            : rule.must_be_reused ? static_cast<char>(letter - 'a' + 'A')
                                  : letter;
  }
  return text;
}

}  // namespace

TEST_CASE("a selection says which steps take part, and whether they may be reused") {
  const auto [selection, expected] = GENERATE(table<Selection, std::string>({
      {Selection{}, "aaaaa"},
      {Selection{.from = {"train"}}, "arara"},
      {Selection{.from = {"prep"}}, "rrrra"},
      {Selection{.from = {"check", "report"}}, "aarra"},
      {Selection{.only = {"train"}}, "Aa---"},
      {Selection{.only = {"report"}}, "AA-a-"},
      {Selection{.only = {"prep", "report"}}, "aA-a-"},
      {Selection{.until = {"train"}}, "aa---"},
      {Selection{.until = {"train", "other"}}, "aa--a"},
      {Selection{.from = {"train"}, .until = {"report"}}, "ar-r-"},
      {Selection{.regenerate_outputs = true}, "rrrrr"},
      {Selection{.only = {"train"}, .regenerate_outputs = true}, "Ar---"},
      {Selection{.from = {"prep"}, .only = {"train"}}, "Ar---"},
  }));
  CHECK(rules(pipeline(), selection) == expected);
}

TEST_CASE("regenerate_outputs may stand in the file") {
  Pipeline made = pipeline();
  made.regenerate_outputs = true;
  CHECK(rules(made, {}) == "rrrrr");
}

TEST_CASE("a step that allows no reuse is never looked up, whatever is selected") {
  Pipeline made = pipeline();
  made.steps[0].settings.edit().allow_reuse = false;
  CHECK(rules(made, {}) == "naaaa");
  CHECK(rules(made, {.regenerate_outputs = true}) == "nrrrr");
  CHECK(rules(made, {.only = {"train"}}) == "Na---");
}

TEST_CASE("an unknown step is a wrong usage, with the nearest name") {
  const Pipeline made = pipeline();
  for (const auto& selection : {Selection{.from = {"trian"}}, Selection{.only = {"trian"}},
                                Selection{.until = {"train", "trian"}}}) {
    try {
      (void)rules_for(made, Graph(made), selection);
      FAIL("it was taken");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      CHECK_THAT(error.what(), Contains("'trian'") && Contains("'train'"));
    }
  }
}

}  // namespace mlpipe
