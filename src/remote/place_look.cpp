#include "remote/place_look.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "target/slots.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr mode_t all_rights = 0777;
constexpr mode_t writing_by_others = 0022;

std::string system_text() {
  struct utsname name {};
  if (::uname(&name) != 0) return {};
  return fmt::format("{} {}, {}", static_cast<const char*>(name.sysname),
                     static_cast<const char*>(name.release),
                     static_cast<const char*>(name.machine));
}

/// Of more bytes than fit beside a file's entry: a full disk has room for empty ones.
std::string write_problem_in(const fs::path& folder) {
  const auto file = folder / fmt::format(".try-{}", ::getpid());
  std::string problem;
  try {
    write_file_atomically(file, std::string(std::size_t{64} << 10U, 'x'), true);
  } catch (const Error& error) {
    problem = error.what();
  }
  (void)::unlink(file.c_str());
  return problem;
}

bool is_open_to_others(const fs::path& folder) {
  struct stat look {};
  return ::stat(folder.c_str(), &look) == 0 &&
         (look.st_uid != ::geteuid() || (look.st_mode & writing_by_others) != 0);
}

}  // namespace

std::vector<std::uint32_t> nvidia_devices() {
  constexpr std::string_view prefix = "nvidia";
  std::vector<std::uint32_t> devices;
  for (const auto& name : list_names("/dev")) {
    if (!name.starts_with(prefix)) continue;
    const auto digits = name.substr(prefix.size());
    if (!digits.empty() && digits.size() < 5 &&
        digits.find_first_not_of("0123456789") == std::string::npos)
      devices.push_back(static_cast<std::uint32_t>(std::stoul(digits)));
  }
  std::sort(devices.begin(), devices.end());
  return devices;
}

PlaceAnswer look_at_place(const fs::path& folder, const std::vector<fs::path>& around) {
  PlaceAnswer answer{.at = now(), .system = system_text()};
  struct stat look {};
  if (::stat(folder.c_str(), &look) == 0) answer.rights = look.st_mode & all_rights;
  answer.write_problem = write_problem_in(folder);
  for (const auto& each : around)
    if (is_open_to_others(each)) answer.open_folders.push_back(each.lexically_normal());
  answer.has_bash = ::access("/bin/bash", X_OK) == 0;
  answer.has_other_gpus = ::access("/dev/kfd", F_OK) == 0;
  try {
    answer.taken_slots = taken_slots_text(slot_directory_name());
  } catch (const Error& error) {
    answer.slot_problem = error.what();
  }
  return answer;
}

}  // namespace mlpipe
