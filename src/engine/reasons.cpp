#include "engine/reasons.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t most_files_named = 5;
constexpr std::uint64_t largest_text_compared = std::uint64_t{4} << 20U;

std::string ago(TimePoint moment) {
  return duration_text(std::max(Duration{}, now() - moment)) + " ago";
}

using EntriesByPath = std::map<std::string, const TreeEntry*>;

EntriesByPath by_path(const ReadableTree& tree) {
  EntriesByPath entries;
  for (const auto& entry : tree.entries)
    if (entry.kind != FileKind::folder) entries.emplace(entry.path, &entry);
  return entries;
}

/// " (line 12)": where two texts begin to differ; "" for files that are no text or gone by now.
std::string first_difference(const std::filesystem::path& before,
                             const std::filesystem::path& now) {
  try {
    const std::string a = read_file(before);
    const std::string b = read_file(now);
    if (a.find('\0') != std::string::npos || b.find('\0') != std::string::npos) return {};
    const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return fmt::format(" (line {})", std::count(a.begin(), differ.first, '\n') + 1);
  } catch (const Error&) {
    return {};
  }
}

std::string file_change(const TreeEntry& a, const TreeEntry& b, const ReadableTree& before,
                        const ReadableTree& now) {
  if (a.kind != b.kind || a.link != b.link) return "is of another kind (file, folder or link)";
  if (a.hash == b.hash) return b.executable ? "became executable" : "is no longer executable";
  std::string where;
  if (b.kind == FileKind::file && std::max(a.size, b.size) <= largest_text_compared)
    where = first_difference(before.place(a.path), now.place(b.path));
  return "changed" + where;
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : std::string(between)) + text;
  return all;
}

/// What is installed, by name: "numpy" -> "1.24". A line without "==" stands for itself.
std::map<std::string, std::string> versions_by_name(const std::string& identity) {
  std::map<std::string, std::string> versions;
  for (const auto line : split(identity, '\n')) {
    const auto equals = line.find("==");
    const bool versioned = equals != std::string_view::npos;
    versions.emplace(line.substr(0, equals), versioned ? line.substr(equals + 2) : "");
  }
  return versions;
}

/// "numpy 1.24 -> 1.26, scipy 1.10 is new" between two interpreters' lists.
std::string distribution_changes(const std::string& before, const std::string& now) {
  if (before.empty() || now.empty()) return {};
  std::vector<std::string> changes;
  for (const auto& change : package_changes(before, now)) {
    const std::string& version = change.now ? *change.now : change.before.value_or("");
    const std::string shown = version.empty() ? change.path : change.path + " " + version;
    if (!change.before)
      changes.push_back(shown + " is new");
    else if (!change.now)
      changes.push_back(shown + " is gone");
    else
      changes.push_back(fmt::format("{} {} -> {}", change.path, *change.before, *change.now));
  }
  if (changes.size() > most_files_named) {
    const auto more = changes.size() - most_files_named;
    changes.resize(most_files_named);
    changes.push_back(fmt::format("and {} more", more));
  }
  return joined(changes, ", ");
}

std::optional<Hash> trailing_hash(const std::string& value) {
  return value.size() < 32 ? std::nullopt
                           : parse_hash(std::string_view(value).substr(value.size() - 32));
}

/// The trees before and now of a change in a source directory or a folder input.
std::vector<std::string> changed_files(const PartChange& change, const Evidence& evidence) {
  const bool tree = change.kind == PartKind::source ||
                    (change.kind == PartKind::input && change.now->find(" folder ") == 32);
  const auto a = parse_hash(std::string_view(*change.before).substr(0, 32));
  const auto b = parse_hash(std::string_view(*change.now).substr(0, 32));
  if (!tree || !a || !b || *a == *b) return {};
  const auto before = evidence.find_tree(*a);
  const auto now = evidence.find_tree(*b);
  if (!before || !now) return {};
  return tree_changes(*before, *now, most_files_named);
}

std::string explain_change(const PartChange& change, const Evidence& evidence) {
  std::string plain = describe(change);
  if (!change.before || !change.now) return plain;
  if (change.kind == PartKind::input)
    if (const auto origin = evidence.origin_of(change.name); !origin.empty())
      plain += fmt::format(" (from {})", origin);
  const auto files = changed_files(change, evidence);
  if (!files.empty()) return fmt::format("{}: {}", plain, joined(files, ", "));
  if (change.kind == PartKind::environment) {
    const auto a = trailing_hash(*change.before);
    const auto b = trailing_hash(*change.now);
    const std::string changes =
        a && b ? distribution_changes(evidence.find_text(*a), evidence.find_text(*b)) : "";
    if (!changes.empty()) return fmt::format("{} environment changed: {}", change.name, changes);
  }
  return plain;
}

}  // namespace

std::string reused_reason(const ResultRecord& result, std::string_view step) {
  const std::string as = result.step == step ? "" : fmt::format(" (there '{}')", result.step);
  return fmt::format("reused from run {}{}, made {}", result.run_id, as,
                     local_time_text(result.made));
}

std::vector<FileDifference> file_differences(const ReadableTree& before, const ReadableTree& now) {
  const auto a = by_path(before);
  const auto b = by_path(now);
  std::vector<FileDifference> differences;
  for (const auto& [path, entry] : b) {
    const auto old = a.find(path);
    if (old == a.end())
      differences.push_back({.path = path, .what = "is new", .now = now.place(path)});
    else if (old->second->hash != entry->hash || old->second->executable != entry->executable ||
             old->second->kind != entry->kind)
      differences.push_back({.path = path,
                             .what = file_change(*old->second, *entry, before, now),
                             .before = before.place(path),
                             .now = now.place(path)});
  }
  for (const auto& [path, entry] : a)
    if (!b.contains(path))
      differences.push_back({.path = path, .what = "is gone", .before = before.place(path)});
  return differences;
}

std::vector<std::string> tree_changes(const ReadableTree& before, const ReadableTree& now,
                                      std::size_t limit) {
  std::vector<std::string> changes;
  for (const auto& difference : file_differences(before, now))
    changes.push_back(printable(difference.path) + " " + difference.what);
  if (changes.size() > limit) {
    const auto more = changes.size() - limit;
    changes.resize(limit);
    changes.push_back(fmt::format("and {} more", more));
  }
  return changes;
}

std::vector<ValueChange> package_changes(const std::string& before, const std::string& now) {
  const auto a = versions_by_name(before);
  const auto b = versions_by_name(now);
  std::vector<ValueChange> changes;
  for (const auto& [name, version] : b) {
    const auto old = a.find(name);
    if (old == a.end())
      changes.push_back({name, std::nullopt, version});
    else if (old->second != version)
      changes.push_back({name, old->second, version});
  }
  for (const auto& [name, version] : a)
    if (!b.contains(name)) changes.push_back({name, version, std::nullopt});
  return changes;
}

namespace {

/// Whether an argument or command differs just because a literal in it does, which is told anyway.
bool follows_from_literals(const PartChange& change, const std::vector<PartChange>& changes) {
  if (change.kind != PartKind::argument || !change.before || !change.now) return false;
  std::vector<ValueChange> literals;
  for (const auto& other : changes)
    if (other.kind == PartKind::literal) literals.push_back({other.name, other.before, other.now});
  return differ_just_by(readable_template(*change.before), readable_template(*change.now),
                        literals);
}

}  // namespace

std::vector<std::string> explain_changes(const Manifest& before, const Manifest& now,
                                         const Evidence& evidence) {
  std::vector<std::string> texts;
  const auto changes = manifest_changes(before, now);
  for (const auto& change : changes)
    if (!follows_from_literals(change, changes)) texts.push_back(explain_change(change, evidence));
  return texts;
}

namespace {

/// Of work that was done with the same manifest.
std::string why_not_offered(const StepRunRecord& last, const Evidence& evidence) {
  const auto result = last.result ? evidence.history->find_result(*last.result) : std::nullopt;
  if (result && result->collected != TimePoint{})
    return fmt::format("its last result was collected by gc, {}", ago(result->collected));
  if (result)
    for (const auto& output : result->outputs)
      if (!evidence.find_tree(output.object))
        return fmt::format("its stored output '{}' was damaged or lost, and set aside",
                           printable(output.name));
  return "its last result was not kept for reuse";
}

/// "run k3f…: exit code 3"
std::string in_vain(const StepRunRecord& step, History& history) {
  return fmt::format("run {}: {}", history.run_id(step.run),
                     step.message.empty() ? std::string(to_text(step.status))
                                          : printable(short_message(step.message)));
}

}  // namespace

std::string miss_reason(std::string_view pipeline, std::string_view step, const Manifest& now,
                        const Evidence& evidence) {
  constexpr const char* first = "first run of this step";
  if (evidence.history == nullptr) return first;
  const auto failed = evidence.history->last_in_vain(pipeline, step);
  const auto last = evidence.history->last_completed(pipeline, step);
  if (!last && !failed) return first;
  if (!last)
    return fmt::format("it was never completed; last tried in {}",
                       in_vain(*failed, *evidence.history));
  const auto before = decode_manifest(last->manifest);
  if (!before) return "the record of its last execution cannot be read";
  auto changes = explain_changes(*before, now, evidence);
  if (changes.empty()) changes.push_back(why_not_offered(*last, evidence));
  if (failed && failed->key > last->key)
    changes.push_back(fmt::format("last tried in {}", in_vain(*failed, *evidence.history)));
  return joined(changes, "\n");
}

}  // namespace mlpipe
