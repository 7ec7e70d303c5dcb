#include "engine/trace_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/isolation.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using How = FileAccess::How;
using Place = UndeclaredAccess::Place;

/// More than these are put together by folder.
constexpr std::size_t most_listed = 12;

/// State of the machine, not data: sockets of services, what systemd wrote for the resolver.
bool is_of_machine(const fs::path& path) {
  static const std::array<fs::path, 4> folders{"/run", "/var/run", "/var/cache", "/sys"};
  return std::any_of(folders.begin(), folders.end(),
                     [&path](const fs::path& folder) { return lies_in(path, folder); });
}

/// What is at `path`, links followed; nothing if there is nothing, or it cannot be seen.
std::optional<fs::file_type> type_at(const fs::path& path) {
  std::error_code error;
  const auto type = fs::status(path, error).type();
  if (error || type == fs::file_type::not_found || type == fs::file_type::none) return std::nullopt;
  return type;
}

class Report {
 public:
  Report(const StepExecution& execution, const TraceContext& context)
      : execution_(execution), context_(context), shown_(shown_to(execution)) {
    const auto home = execution.base_environment.find("HOME");
    if (home != execution.base_environment.end()) home_ = fs::path(home->second).lexically_normal();
    for (const auto& place : execution.inputs)
      input_places_.emplace_back(place.path, real_path(place.path));
  }

  StepTrace make(const FileAccesses& accesses) {
    StepTrace trace{.step = execution_.step->name};
    std::vector<bool> used(execution_.inputs.size(), false);
    for (const auto& [path, access] : accesses) {
      mark_used(path, access, used);
      if (auto found = undeclared(path, access)) trace.undeclared.push_back(std::move(*found));
    }
    trace.undeclared_paths = trace.undeclared.size();
    trace.undeclared = grouped(std::move(trace.undeclared));
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i] && execution_.step->inputs[i].mode != InputMode::direct)
        trace.unused_inputs.push_back(execution_.step->inputs[i].name);
    return trace;
  }

 private:
  void mark_used(const fs::path& path, const FileAccess& access, std::vector<bool>& used) const {
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i]) continue;
      used[i] = lies_in(path, told_path(execution_, i)) || lies_in(path, input_places_[i].second) ||
                lies_in(access.real, input_places_[i].second);
    }
  }

  [[nodiscard]] std::optional<UndeclaredAccess> undeclared(const fs::path& path,
                                                           const FileAccess& access) const {
    if (is_shown(shown_, path) || is_of_machine(path) || is_own_log(path)) return std::nullopt;
    const bool isolated = !execution_.isolated_by.empty();
    // What the step found in an empty folder of its own, or above what it is shown, is no input.
    if (isolated && (access.found || leads_to_shown(shown_, path))) return std::nullopt;
    if (!isolated && !access.found) return std::nullopt;
    const auto type = type_at(path);
    const bool is_folder = type == fs::file_type::directory;
    // Every program looks at the folders on its way; a file that has gone since was the step's.
    if (!type || (is_folder && access.how == How::looked_at)) return std::nullopt;
    if (type != fs::file_type::regular && !is_folder) return std::nullopt;
    return UndeclaredAccess{.path = path,
                            .how = is_folder ? How::listed : access.how,
                            .found = access.found,
                            .place = place_of(path)};
  }

  /// Who opens /dev/stderr opens the file that its stderr goes to.
  [[nodiscard]] bool is_own_log(const fs::path& path) const {
    return path == execution_.stdout_file || path == execution_.stderr_file;
  }

  [[nodiscard]] Place place_of(const fs::path& path) const {
    if (lies_in(path, execution_.step->sources->directory)) return Place::source;
    if (lies_in(path, context_.workspace)) return Place::workspace;
    if (home_.has_relative_path() && lies_in(path, home_)) return Place::home;
    return Place::elsewhere;
  }

  const StepExecution& execution_;
  const TraceContext& context_;
  ShownPaths shown_;
  fs::path home_;
  std::vector<std::pair<fs::path, fs::path>> input_places_;  ///< As told, and in truth.
};

std::size_t depth_of(const fs::path& path) {
  return static_cast<std::size_t>(std::distance(path.begin(), path.end()));
}

/// The folder itself, if it was listed, is none of the files in it.
void add_to_group(const UndeclaredAccess& one, const fs::path& folder,
                  std::map<fs::path, UndeclaredAccess>& groups) {
  const std::size_t files = one.files != 0 ? one.files : (one.path == folder ? 0 : 1);
  const auto [group, is_new] = groups.try_emplace(folder, one);
  auto& all = group->second;
  if (is_new) {
    all.path = folder;
    all.files = files;
    return;
  }
  all.files += files;
  all.how = std::max(all.how, one.how);
  all.found = all.found && one.found;
  all.place = std::min(all.place, one.place);
}

}  // namespace

std::string_view to_text(FileAccess::How how) {
  switch (how) {
    case How::looked_at:
      return "looked at";
    case How::listed:
      return "listed";
    case How::read:
      return "read";
    case How::executed:
      return "executed";
  }
  return {};
}

std::string_view to_text(UndeclaredAccess::Place place) {
  switch (place) {
    case Place::source:
      return "source";
    case Place::workspace:
      return "workspace";
    case Place::home:
      return "home";
    case Place::elsewhere:
      return "elsewhere";
  }
  return {};
}

std::vector<UndeclaredAccess> grouped(std::vector<UndeclaredAccess> accesses) {
  constexpr std::size_t least_depth = 3;  // "/data/x": never just "/"
  std::size_t depth = 0;
  for (const auto& each : accesses) depth = std::max(depth, depth_of(each.path));
  for (; accesses.size() > most_listed && depth >= least_depth; --depth) {
    std::map<fs::path, std::size_t> in_folder;  // what would become one
    for (const auto& each : accesses) {
      const auto its_depth = depth_of(each.path);
      if (its_depth == depth) ++in_folder[each.path.parent_path()];
      if (its_depth == depth - 1) ++in_folder[each.path];
    }
    std::map<fs::path, UndeclaredAccess> groups;
    std::vector<UndeclaredAccess> rest;
    for (auto& each : accesses) {
      const bool is_deep = depth_of(each.path) == depth;
      const fs::path folder = is_deep ? each.path.parent_path() : each.path;
      const auto count = in_folder.find(folder);
      if (count != in_folder.end() && count->second > 1)
        add_to_group(each, folder, groups);
      else
        rest.push_back(std::move(each));
    }
    for (auto& [path, each] : groups) rest.push_back(std::move(each));
    std::sort(rest.begin(), rest.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    accesses = std::move(rest);
  }
  return accesses;
}

StepTrace report_accesses(const FileAccesses& accesses, const StepExecution& execution,
                          const TraceContext& context) {
  return Report(execution, context).make(accesses);
}

StepTrace report_trace(const StepExecution& execution, const TraceContext& context) {
  StepTrace trace{.step = execution.step->name};
  try {
    std::ifstream file(execution.directory.trace());
    if (!file) {
      trace.problem = "what strace wrote is not there: the step removed its directory";
      return trace;
    }
    TraceReader reader(execution.directory.code());
    for (std::string line; std::getline(file, line);) reader.add(line);
    return report_accesses(reader.accesses(), execution, context);
  } catch (const std::exception& error) {
    trace.problem = fmt::format("what strace wrote cannot be read: {}", error.what());
    return trace;
  }
}

}  // namespace mlpipe
