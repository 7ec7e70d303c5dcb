#include "store/source_filter.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "store/links.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::string normal_path(const fs::path& path) {
  std::string text = path.lexically_normal().native();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

/// Where `path`, which need not exist, is below the source root.
std::optional<std::string> place_in(const std::string& root, const std::string& real_root,
                                    const fs::path& path) {
  if (auto below = path_below(root, normal_path(path))) return below;
  look_at_way(path);
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(path.parent_path(), error);
  if (error) return std::nullopt;
  return path_below(real_root, normal_path(folder / path.filename()));
}

bool has_entry_below(const std::set<std::string, std::less<>>& paths, std::string_view folder) {
  const std::string start = std::string(folder) + '/';
  const auto next = paths.lower_bound(start);
  return next != paths.end() && next->starts_with(start);
}

constexpr std::string_view run_id_mark = "${{name}}";

}  // namespace

SourceFilter::SourceFilter(const SourceFolder& source)
    : rules_(source.root),
      run_id_letters_(source.run_id_letters),
      run_id_length_(source.run_id_length) {
  add_include(source);
  if (source.left_out.empty() && source.usually_left_out.empty()) return;
  const std::string root = normal_path(source.root);
  const std::string real = canonical_path(source.root).native();
  for (const auto& path : source.left_out)
    if (const auto below = place_in(root, real, path)) add_left_out(*below);
  for (const auto& path : source.usually_left_out)
    if (auto below = place_in(root, real, path)) usually_left_out_.insert(*below);
}

void SourceFilter::add_include(const SourceFolder& source) {
  bool everything = false;
  for (const auto& name : source.include) {
    const std::string path = normal_path(name);
    if (path.starts_with('/') || path == ".." || path.starts_with("../"))
      fail(ErrorKind::invalid_file,
           "'include' names '{}', which is not inside the source directory '{}'", printable(name),
           printable(source.root.native()));
    if (!stat_link(source.root / path))
      fail(ErrorKind::invalid_file,
           "'include' names '{}', which is not in the source directory '{}'", printable(name),
           printable(source.root.native()));
    everything = everything || path == "." || path.empty();
    include_.insert(path);
  }
  if (everything) include_.clear();
}

void SourceFilter::add_left_out(const std::string& path) {
  const auto id = path.find(run_id_mark);
  if (id == std::string::npos) {
    left_out_.insert(path);
    return;
  }
  const auto behind = path.substr(id + run_id_mark.size());
  left_out_of_runs_.emplace_back(path.substr(0, id), behind.substr(0, behind.find('/')));
}

bool SourceFilter::is_of_a_run(std::string_view path) const {
  const auto is_one_of = [&](const std::string& before, const std::string& behind) {
    if (path.size() != before.size() + run_id_length_ + behind.size()) return false;
    const auto id = path.substr(before.size(), run_id_length_);
    return path.starts_with(before) && path.ends_with(behind) &&
           id.find_first_not_of(run_id_letters_) == std::string_view::npos;
  };
  return std::any_of(left_out_of_runs_.begin(), left_out_of_runs_.end(),
                     [&](const auto& each) { return is_one_of(each.first, each.second); });
}

bool SourceFilter::is_for_outputs(std::string_view path) const {
  if (include_.contains(path)) return false;
  const std::string inside = std::string(path) + '/';
  return has_entry_below(left_out_, path) ||
         std::any_of(left_out_of_runs_.begin(), left_out_of_runs_.end(),
                     [&](const auto& each) { return each.first.starts_with(inside); });
}

Taken SourceFilter::take(const IgnoreScope& scope, Taken around, std::string_view path,
                         bool is_folder) const {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (IgnoreRules::never_taken(name) || left_out_.contains(path) || is_of_a_run(path))
    return Taken::nothing;
  if (around == Taken::partly) {
    if (include_.contains(path)) return Taken::wholly;
    if (!has_entry_below(include_, path)) return Taken::nothing;
    return is_folder ? Taken::partly : Taken::wholly;  // wholly: by way of a link
  }
  if (include_.contains(path)) return Taken::wholly;
  if (usually_left_out_.contains(path) && !rules_.brought_back(scope, path, is_folder))
    return Taken::nothing;
  return rules_.ignored(scope, path, is_folder) ? Taken::nothing : Taken::wholly;
}

}  // namespace mlpipe
