// Filters of runs: what is read, written again with every value in quotes, is read as the same.
#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"
#include "history/run_condition.h"

namespace mlpipe::fuzz {

namespace {

using Subject = RunCondition::Subject;
using Operator = RunCondition::Operator;

std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') word += '\\';
    word += c;
  }
  return word + "'";
}

std::string field(const RunCondition& condition) {
  switch (condition.subject) {
    case Subject::status:
      return "status";
    case Subject::pipeline:
      return "pipeline";
    case Subject::experiment:
      return "experiment";
    case Subject::user:
      return "user";
    case Subject::host:
      return "host";
    case Subject::started:
      return "started";
    case Subject::duration:
      return "took";
    case Subject::metric:
      return "metrics." + quoted(condition.name);
    case Subject::parameter:
      return "parameters." + quoted(condition.name);
    case Subject::tag:
      return "tags." + quoted(condition.name);
    case Subject::git:
      return "git." + quoted(condition.name);
  }
  return {};
}

std::string_view word(Operator comparison) {
  switch (comparison) {
    case Operator::equal:
      return "=";
    case Operator::not_equal:
      return "!=";
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::contains:
      return "~";
  }
  return {};
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  const auto now = from_micros(1'800'000'000'000'000);
  try {
    const auto conditions = parse_conditions(text, "--where", now);
    require(!conditions.empty(), "a filter has a condition");
    std::string again;
    for (const auto& condition : conditions)
      again += fmt::format("{}{} {} {}", again.empty() ? "" : " and ", field(condition),
                           word(condition.comparison), quoted(condition.value));
    const auto read = parse_conditions(again, "--where", now);
    require(read.size() == conditions.size(), "written again, it has as many conditions", again);
    for (std::size_t i = 0; i < read.size(); ++i)
      require(read[i].subject == conditions[i].subject && read[i].name == conditions[i].name &&
                  read[i].step == conditions[i].step &&
                  read[i].comparison == conditions[i].comparison &&
                  read[i].value == conditions[i].value && read[i].number == conditions[i].number,
              "written again, a condition is the same", again);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage, "a wrong filter is the caller's", error.what());
    require_good_message(error.what(), "", "");
  }
  return 0;
}
