#include "base/platform.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cctype>

namespace mlpipe {

std::string platform_name() {
  struct utsname name {};
  ::uname(&name);
  std::string system = name.sysname;
  std::transform(system.begin(), system.end(), system.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return fmt::format("{} {}", system, name.machine);
}

}  // namespace mlpipe
