// What an isolated step sees. It guards against oversights, not against a step that means to get
// out: processes and network are the machine's.
#include "engine/isolation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/distribution.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using Shown = ShownPath::How;

std::optional<FileKind> kind_of_link(const fs::path& path) {
  try {
    const auto look = stat_link(path);
    return look ? std::optional(look->kind) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool leads_somewhere(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

void show_system(ShownPaths& shown) {
  for (const auto& folder : system_folders()) {
    const auto kind = kind_of_link(folder);
    if (kind == FileKind::link)
      shown[folder] = {Shown::link, fs::read_symlink(folder)};
    else if (kind)
      shown[folder] = {Shown::read_only, folder};
  }
  shown["/proc"] = {Shown::processes, "/proc"};
  shown["/sys"] = {Shown::read_only, "/sys"};
  shown["/dev"] = {Shown::devices, "/dev"};
  // Where systemd or a DHCP client writes it; without it there are no names of hosts.
  const auto names = real_path("/etc/resolv.conf");
  if (!lies_in(names, "/etc") && leads_somewhere(names)) shown[names] = {Shown::read_only, names};
}

/// Of NVIDIA, AMD, Intel and WSL. A step that was given no GPU of those configured sees none.
void show_gpus(const StepExecution& execution, ShownPaths& shown) {
  if (execution.visible_gpus && execution.visible_gpus->empty()) return;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/dev", error)) {
    const auto name = entry.path().filename().native();
    if (name.starts_with("nvidia") || name == "dri" || name == "kfd" || name == "dxg")
      shown[entry.path()] = {Shown::device, entry.path()};
  }
}

/// Empty, in the place that the step knows them by.
void hide_home_and_tmp(const StepExecution& execution, ShownPaths& shown) {
  const auto& directory = execution.directory;
  shown["/tmp"] = {Shown::hidden, directory.private_tmp()};
  shown["/var/tmp"] = {Shown::hidden, directory.private_tmp()};
  const auto home = execution.base_environment.find("HOME");
  if (home == execution.base_environment.end()) return;
  auto path = fs::path(home->second).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // a '/' at its end
  const bool holds_system = std::any_of(shown.begin(), shown.end(), [&path](const auto& entry) {
    return lies_in(entry.first, path);
  });
  if (path.is_absolute() && !holds_system) shown[path] = {Shown::hidden, directory.private_home()};
}

void show(const fs::path& path, const fs::path& from, ShownPaths& shown) {
  shown[path] = {Shown::read_only, from};
}

/// Take out what is there with a folder above it. It could not be put there once more if it is a
/// link: what that leads to is shown instead.
void leave_out_twice_shown(ShownPaths& shown) {
  for (auto entry = shown.begin(); entry != shown.end();) {
    const auto& [path, what] = *entry;
    const bool twice = what.how == Shown::read_only && path.has_relative_path() &&
                       is_shown(shown, path.parent_path()) &&
                       real_path(path) == real_path(what.from);
    if (!twice) {
      ++entry;
      continue;
    }
    const auto from = what.from;
    entry = shown.erase(entry);
    if (!is_shown(shown, from)) {
      show(from, from, shown);
      entry = shown.begin();  // it may make others superfluous
    }
  }
}

void show_with_real(const fs::path& path, ShownPaths& shown) {
  auto plain = path.lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  if (!plain.is_absolute() || plain == plain.root_path() || !leads_somewhere(plain)) return;
  const auto real = real_path(plain);
  show(real, real, shown);
  show(plain, real, shown);
}

/// What links in a folder lead to that leave it: the step follows them itself.
void show_followed(const Contents& contents, ShownPaths& shown) {
  for (const auto& link : contents.followed) {
    std::error_code error;
    const auto text = fs::read_symlink(link, error);
    if (error) continue;  // it is reached by way of another link, and so is shown with that one
    const auto from = real_path(link);
    show(from, from, shown);
    show((link.parent_path() / text).lexically_normal(), from, shown);
    // The same from where the link lies in truth, if a link led to it.
    show((real_path(link.parent_path()) / text).lexically_normal(), from, shown);
  }
}

void show_inputs(const StepExecution& execution, ShownPaths& shown) {
  for (std::size_t i = 0; i < execution.inputs.size(); ++i) {
    if (execution.step->inputs[i].mode == InputMode::download) continue;  // lies in its directory
    const auto& place = execution.inputs[i];
    show(place.path.lexically_normal(), real_path(place.path), shown);
    if (place.contents != nullptr) show_followed(*place.contents, shown);
  }
  for (const auto& path : execution.hashed) show(path, real_path(path), shown);
}

void add_arguments(const fs::path& path, const ShownPath& what, std::vector<std::string>& argv) {
  const auto add = [&argv](const char* option, const fs::path& first, const fs::path& second) {
    argv.insert(argv.end(), {option, first.native(), second.native()});
  };
  switch (what.how) {
    case Shown::read_only:
      return add("--ro-bind", what.from, path);
    case Shown::writable:
    case Shown::hidden:
      return add("--bind", what.from, path);
    case Shown::link:
      return add("--symlink", what.from, path);
    case Shown::devices:
      argv.insert(argv.end(), {"--dev", path.native()});
      return;
    case Shown::device:
      return add("--dev-bind-try", what.from, path);
    case Shown::processes:
      return add("--dev-bind", what.from, path);
  }
}

}  // namespace

const std::vector<fs::path>& system_folders() {
  // /opt holds what is installed; the last ones are made by packages' own tools (fonts, TeX).
  static const std::vector<fs::path> folders{
      "/usr",          "/bin", "/sbin", "/lib",       "/lib32",     "/lib64",
      "/libx32",       "/etc", "/opt",  "/nix/store", "/gnu/store", "/var/cache/fontconfig",
      "/var/lib/texmf"};
  return folders;
}

ShownPaths shown_to(const StepExecution& execution) {
  ShownPaths shown;
  show_system(shown);
  show_gpus(execution, shown);
  hide_home_and_tmp(execution, shown);
  for (const auto& place : execution.installed) show_with_real(place, shown);
  if (!execution.python_folder.empty()) show_with_real(execution.python_folder, shown);
  if (!execution.traced_by.empty()) show_with_real(execution.traced_by, shown);
  show_inputs(execution, shown);
  leave_out_twice_shown(shown);
  const auto& root = execution.directory.root;
  shown[root.lexically_normal()] = {Shown::writable, root};
  if (has_rank_logs(*execution.step)) {
    const auto logs = rank_logs(execution.stdout_file);
    shown[logs.lexically_normal()] = {Shown::writable, logs};
  }
  return shown;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  return !folder.empty() &&
         std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
             folder.end();
}

fs::path real_path(const fs::path& path) {
  std::error_code error;
  auto real = fs::canonical(path, error);
  return error ? path : real;
}

bool is_shown(const ShownPaths& shown, const fs::path& path) {
  for (auto at = path;; at = at.parent_path()) {
    if (const auto found = shown.find(at); found != shown.end())
      return found->second.how != Shown::hidden;
    if (!at.has_relative_path()) return false;
  }
}

bool leads_to_shown(const ShownPaths& shown, const fs::path& path) {
  const auto next = shown.lower_bound(path);
  return next != shown.end() && lies_in(next->first, path);
}

std::optional<fs::path> leaving_link(const ShownPaths& shown, const fs::path& path) {
  std::error_code error;
  const auto leads_out = [&shown](const fs::path& link) -> std::optional<fs::path> {
    auto to = real_path(link);
    if (to == link || is_shown(shown, to)) return std::nullopt;  // or it dangles
    return to;
  };
  if (fs::is_symlink(path, error)) return leads_out(path);
  if (!fs::is_directory(path, error)) return std::nullopt;
  for (auto entry = fs::recursive_directory_iterator(path, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_symlink(error)) continue;
    if (auto to = leads_out(entry->path())) return to;
  }
  return std::nullopt;
}

std::vector<std::string> enclosure_of(const StepExecution& execution) {
  // It refuses more than 9000 words, of which each path takes three.
  constexpr std::size_t most_paths = 2800;
  const auto shown = shown_to(execution);
  if (shown.size() > most_paths)
    fail(ErrorKind::invalid_file,
         "step '{}' cannot be isolated: {} single files and folders would have to be shown to it, "
         "and bubblewrap takes {}; put its inputs into folders, or write `isolation: none`",
         execution.step->name, shown.size(), most_paths);
  std::vector<std::string> argv{execution.isolated_by};
  for (const auto& [path, what] : shown) add_arguments(path, what, argv);
  argv.insert(argv.end(), {"--remount-ro", "/", "--chdir", execution.directory.code().native()});
  return argv;
}

}  // namespace mlpipe
