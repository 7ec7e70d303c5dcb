#include "cli/run_columns.h"

#include "support/catch.h"

namespace mlpipe {
namespace {

using ColumnKind = RunColumn::Kind;

RunRow row(const std::string& id, std::vector<StepMetric> metrics) {
  return {.run = {.id = id}, .metrics = std::move(metrics)};
}

const RunColumn accuracy{
    .kind = ColumnKind::metric, .head = "accuracy", .name = "accuracy", .step = {}};

std::string order(std::vector<RunRow> rows, bool reversed) {
  sort_rows(rows, accuracy, reversed);
  std::string ids;
  for (const auto& each : rows) ids += each.run.id;
  return ids;
}

}  // namespace

TEST_CASE("numbers sort as numbers, then texts, and runs without a value come last") {
  const std::vector<RunRow> rows = {row("n", {}), row("t", {{"s", "accuracy", "\"good\""}}),
                                    row("b", {{"s", "accuracy", "10"}}),
                                    row("a", {{"s", "accuracy", "9.5"}})};
  CHECK(order(rows, false) == "abtn");
  CHECK(order(rows, true) == "batn");
}

TEST_CASE("a metric of several steps shows each, one of a named step only that") {
  const auto both =
      row("r", {{"train", "accuracy", "0.91234567"}, {"test", "accuracy", "\"NaN\""}});
  CHECK(plain_value(both, accuracy) == "0.91234567, NaN");
  CHECK(shown_value(both, accuracy).text == "0.912346, NaN");
  CHECK(plain_value(
            both, {.kind = ColumnKind::metric, .head = "x", .name = "accuracy", .step = "test"}) ==
        "NaN");
  CHECK_FALSE(plain_value(row("r", {}), accuracy));
}

TEST_CASE("metrics are shown in few digits, whole numbers in all of theirs") {
  CHECK(short_metric("0.123456789") == "0.123457");
  CHECK(short_metric("123456789") == "123456789");
  CHECK(short_metric("1e-10") == "1e-10");
  CHECK(short_metric("true") == "true");
  CHECK(short_metric("\"a\\nb\"") == "a\\x0ab");
}

}  // namespace mlpipe
