#include "history/run_condition.h"

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using Subject = RunCondition::Subject;
using Operator = RunCondition::Operator;

const TimePoint noon = from_micros(std::int64_t{1'795'176'000} * 1'000'000);

RunCondition one(std::string_view text) {
  const auto conditions = parse_conditions(text, "--where", noon);
  REQUIRE(conditions.size() == 1);
  return conditions.front();
}

std::string refusal(std::string_view text) {
  try {
    (void)parse_conditions(text, "--where", noon);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "accepted";
}

/// In which column the caret stands, from 0.
std::size_t caret(std::string_view text) {
  const std::string message = refusal(text);
  return message.size() - message.rfind('\n') - 4;
}

}  // namespace

TEST_CASE("a comparison is a field, an operator and a value, with blanks or without") {
  for (const char* text : {"metrics.accuracy>=0.9", "metrics.accuracy >= 0.9",
                           " metrics.accuracy >= '0.9' ", "metrics.\"accuracy\">=\"0.9\""}) {
    const auto condition = one(text);
    CHECK(condition.subject == Subject::metric);
    CHECK(condition.name == "accuracy");
    CHECK(condition.comparison == Operator::greater_equal);
    CHECK(condition.value == "0.9");
    CHECK(condition.number == 0.9);
  }
}

TEST_CASE("every operator is known") {
  CHECK(one("user=a").comparison == Operator::equal);
  CHECK(one("user==a").comparison == Operator::equal);
  CHECK(one("user!=a").comparison == Operator::not_equal);
  CHECK(one("took<1s").comparison == Operator::less);
  CHECK(one("took<=1s").comparison == Operator::less_equal);
  CHECK(one("took>1s").comparison == Operator::greater);
  CHECK(one("user~a").comparison == Operator::contains);
}

TEST_CASE("names may have dots, blanks and operators in quotes") {
  CHECK(one("metrics.train.loss<1").name == "train.loss");
  CHECK(one("tags.'a b'=x").name == "a b");
  CHECK(one("metrics.\"f1>0\"=1").name == "f1>0");
  CHECK(one("tags.note='it\\'s'").value == "it's");
  CHECK(one("parameters.C=''").value.empty());
}

TEST_CASE("durations, moments and statuses are read as such") {
  CHECK(one("duration>10m").number == 600e6);
  CHECK(one("started>=3d").number == static_cast<double>(to_micros(noon)) - 3 * 86400e6);
  CHECK(one("status=Failed").value == "Failed");
  CHECK(one("status~Cancel").value == "Cancel");
}

TEST_CASE("several conditions stand with and between") {
  const auto conditions =
      parse_conditions("metrics.a>1 and tags.kind = 'x and y' and status=Failed", "--where", noon);
  REQUIRE(conditions.size() == 3);
  CHECK(conditions[1].value == "x and y");
  CHECK(conditions[2].subject == Subject::status);
}

TEST_CASE("a wrong filter is shown with the place where it goes wrong") {
  CHECK(refusal("metrics.accuracy>>0.9") ==
        "--where: expected a value; one with spaces, quotes or operators must be quoted\n"
        "  metrics.accuracy>>0.9\n"
        "                   ^");
  CHECK(caret("metrics.accuracy") == 16);
  CHECK(caret("metrics.accuracy >") == 18);
  CHECK(caret("> 5") == 0);
  CHECK(caret("") == 0);
  CHECK(caret("metrics. > 5") == 8);
  CHECK(caret("user=a b=c") == 7);
  CHECK(caret("user=a and ") == 11);
  CHECK(caret("user='abc") == 5);
  CHECK(caret("duration>5") == 9);
  CHECK(caret("started>never") == 8);
  CHECK(caret("status>Failed") == 6);
  CHECK(caret("tags.größe>>1") == 11);  // columns, not bytes
  CHECK_THAT(refusal("status=Faild"), Contains("did you mean 'Failed'?"));
  CHECK_THAT(refusal("metric.accuracy>1"), Contains("did you mean 'metrics'?"));
}

}  // namespace mlpipe
