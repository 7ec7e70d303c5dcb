#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "store/format_difference.h"
#include "store/zip_archive.h"

namespace mlpipe {

namespace {

constexpr std::size_t most_members_named = 5;

struct MemberPair {
  const ZipMember* before = nullptr;
  const ZipMember* now = nullptr;
};

std::string dos_time(std::uint64_t value) {
  const auto bits = [value](unsigned from, unsigned count) {
    return (value >> from) & ((1U << count) - 1U);
  };
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", 1980 + bits(25, 7), bits(21, 4),
                     bits(16, 5), bits(11, 5), bits(5, 6), 2 * bits(0, 5));
}

/// Adds lines up to a number; counts the rest.
class ShortList {
 public:
  void add(std::string line) {
    if (lines_.size() < most_members_named)
      lines_.push_back(std::move(line));
    else
      ++more_;
  }
  void move_to(std::vector<std::string>& lines) {
    if (more_ > 0) lines_.push_back(fmt::format("and {} more", counted(more_, "member")));
    lines.insert(lines.end(), lines_.begin(), lines_.end());
  }

 private:
  std::vector<std::string> lines_;
  std::size_t more_ = 0;
};

/// What of a member is another format that we know: an array of an .npz.
std::vector<std::string> inner_lines(const ZipMember& before, const ZipMember& now) {
  constexpr std::size_t most = std::size_t{256} << 20U;
  const auto first = unpack_all(before.packed, *before.packing(), most);
  const auto second = unpack_all(now.packed, *now.packing(), most);
  if (!first || !second) return {};
  const auto inner = npy_difference(*first, *second);
  return inner ? inner->lines : std::vector<std::string>();
}

/// How the contents of two members of one name differ; "" if they do not.
std::string content_difference(const ZipMember& before, const ZipMember& now) {
  const std::string name = printable(before.name);
  if (!before.packing() || !now.packing()) {
    const bool same = before.method == now.method && before.flags == now.flags &&
                      before.checksum == now.checksum && before.packed == now.packed;
    return same ? "" : fmt::format("'{}' differs (packed in a way that is not known here)", name);
  }
  Unpacker a(before.packed, *before.packing());
  Unpacker b(now.packed, *now.packing());
  const auto unpacked = compare_unpacked(a, b);
  if (!unpacked.readable) return fmt::format("'{}' cannot be unpacked", name);
  if (!unpacked.offset) return {};
  std::string text = fmt::format("'{}' differs, first at byte {} of it ({} before, {} now)", name,
                                 *unpacked.offset, size_text(before.size), size_text(now.size));
  for (const auto& line : inner_lines(before, now)) text += "; " + line;
  return text;
}

/// What else is told of members whose contents are equal.
void add_packing_lines(const std::vector<MemberPair>& pairs, const ZipArchive& before,
                       const ZipArchive& now, std::vector<std::string>& lines) {
  const auto differing = [&pairs](auto value) {
    std::vector<MemberPair> found;
    for (const auto& pair : pairs)
      if (value(*pair.before) != value(*pair.now)) found.push_back(pair);
    return found;
  };
  if (const auto dates = differing([](const ZipMember& member) { return member.time; });
      !dates.empty())
    lines.push_back(
        fmt::format("the dates of {}: '{}' has {} before, {} now", counted(dates.size(), "member"),
                    printable(dates.front().before->name), dos_time(dates.front().before->time),
                    dos_time(dates.front().now->time)));
  const auto add = [&](const std::vector<MemberPair>& found, std::string_view what) {
    if (!found.empty())
      lines.push_back(fmt::format("the {} of {}, such as '{}'", what,
                                  counted(found.size(), "member"),
                                  printable(found.front().before->name)));
  };
  add(differing([](const ZipMember& member) { return member.attributes; }), "permissions");
  add(differing([](const ZipMember& member) { return std::pair(member.method, member.packed); }),
      "compression");
  const auto same_name = [](const ZipMember& a, const ZipMember& b) { return a.name == b.name; };
  if (!std::equal(before.members.begin(), before.members.end(), now.members.begin(),
                  now.members.end(), same_name))
    lines.emplace_back("the order of the members");
  if (before.comment != now.comment) lines.emplace_back("the comment of the archive");
  if (lines.empty()) lines.emplace_back("other fields of the archive's headers");
}

}  // namespace

std::optional<FormatDifference> zip_difference(std::string_view before, std::string_view now) {
  if (!before.starts_with("PK") || !now.starts_with("PK")) return std::nullopt;
  const auto first = read_zip(before);
  const auto second = read_zip(now);
  if (!first || !second) return std::nullopt;
  std::map<std::string_view, MemberPair> by_name;
  for (const auto& member : first->members) by_name[member.name].before = &member;
  for (const auto& member : second->members) by_name[member.name].now = &member;
  // A name that is there twice: which one counts is the reader's choice.
  const auto both = first->members.size() + second->members.size();
  std::size_t sides = 0;
  ShortList differing;
  std::vector<MemberPair> pairs;
  bool same = true;
  for (const auto& [name, pair] : by_name) {
    if (pair.before == nullptr || pair.now == nullptr) {
      ++sides;
      same = false;
      differing.add(
          fmt::format("'{}' is {}", printable(name), pair.now == nullptr ? "missing" : "new"));
      continue;
    }
    sides += 2;
    pairs.push_back(pair);
    auto line = content_difference(*pair.before, *pair.now);
    if (line.empty()) continue;
    same = false;
    differing.add(std::move(line));
  }
  if (sides != both) return std::nullopt;
  FormatDifference difference{.format = "zip", .same_content = same};
  if (!same) {
    differing.move_to(difference.lines);
    return difference;
  }
  std::vector<std::string> lines;
  add_packing_lines(pairs, *first, *second, lines);
  difference.lines.push_back(fmt::format("the contents of all {} are the same; what differs:",
                                         counted(pairs.size(), "member")));
  difference.lines.insert(difference.lines.end(), lines.begin(), lines.end());
  return difference;
}

}  // namespace mlpipe
