#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "store/byte_difference.h"
#include "store/format_difference.h"
#include "store/pickle_reader.h"

namespace mlpipe {

namespace {

bool same_code(const PickleOp& a, const PickleOp& b) { return a.code == b.code; }

/// The same instructions in the same order; some have other values.
std::vector<std::string> value_lines(const std::vector<PickleOp>& before,
                                     const std::vector<PickleOp>& now) {
  std::size_t differing = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].argument != now[i].argument && differing++ == 0) first = i;
  const auto& a = before[first];
  const auto& b = now[first];
  std::string line = fmt::format(
      "the structure is the same, {} {}; the first is a {} at byte {}: {} before, {} now",
      counted(differing, "value"), differing == 1 ? "differs" : "differ", pickle_op_name(a.code),
      a.offset, pickle_argument_text(a), pickle_argument_text(b));
  if (a.argument.size() > sizeof(std::uint64_t))
    if (const auto bytes = first_difference(a.argument, b.argument))
      line += fmt::format(", which differ from their byte {} on", bytes->offset);
  return {std::move(line)};
}

using Values = std::vector<std::pair<std::uint8_t, std::string_view>>;

/// All instructions but those that only remember or fetch what was made before.
Values values_of(const Pickle& pickle) {
  Values values;
  for (const auto& op : pickle.ops)
    if (!is_memo_op(op.code)) values.emplace_back(op.code, op.argument);
  return values;
}

/// What they have in common that is worth telling; "" if that is nothing.
std::string same_values_line(const Pickle& before, const Pickle& now) {
  Values a = values_of(before);
  Values b = values_of(now);
  if (a == b)
    return "the values and their order are the same: only which of them are one object, or the "
           "framing, differs";
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b ? "the same values in another order; that of a set varies with PYTHONHASHSEED" : "";
}

}  // namespace

std::optional<FormatDifference> pickle_difference(std::string_view before, std::string_view now) {
  const auto first = read_pickle(before);
  const auto second = read_pickle(now);
  if (!first || !second) return std::nullopt;
  FormatDifference difference{.format = "pickle"};
  auto& lines = difference.lines;
  if (first->protocol != second->protocol) {
    lines.push_back(
        fmt::format("the protocol: {} before, {} now", first->protocol, second->protocol));
    return difference;  // the same object is written with other instructions
  }
  const auto& a = first->ops;
  const auto& b = second->ops;
  const bool same_structure = std::equal(a.begin(), a.end(), b.begin(), b.end(), same_code);
  if (auto line = same_values_line(*first, *second); !line.empty()) {
    lines.push_back(std::move(line));
  } else if (same_structure) {
    lines = value_lines(a, b);
  } else {
    const auto shorter = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
    const auto at = std::mismatch(a.begin(), a.begin() + shorter, b.begin(), same_code).first;
    lines.push_back(
        fmt::format("the structure differs from byte {} on ({} instructions before, {} now)",
                    at == a.end() ? before.size() : at->offset, a.size(), b.size()));
  }
  return difference;
}

}  // namespace mlpipe
