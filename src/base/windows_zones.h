#pragma once

#include <span>
#include <string_view>

namespace mlpipe {

/// What Windows, and with it Azure, calls a time zone: "W. Europe Standard Time".
struct WindowsZone {
  std::string_view windows_name;
  std::string_view iana_name;  ///< The zone's usual one: "Europe/Berlin".
};

[[nodiscard]] std::span<const WindowsZone> all_windows_zones();

/// In any case; "" if Windows has no such zone.
[[nodiscard]] std::string_view iana_name_of_windows_zone(std::string_view windows_name);

}  // namespace mlpipe
