#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// What to do with an entry of a tree that cannot be taken: the end of a message.
inline constexpr std::string_view what_to_do =
    ": remove it, or leave it out by an ignore file (.mlpipeignore, .amlignore or .gitignore) if "
    "it is in a source directory";

/// Tell who records looks by what the folder of `path` is found: of each folder on the way which
/// one it is, of each link where it leads. Many have the way in common, so it is for everybody.
void look_at_way(const std::filesystem::path& path);

/// realpath(3), its way looked at. Throws Error(not_found) if there is nothing, else Error(system).
[[nodiscard]] std::filesystem::path canonical_path(const std::filesystem::path& path);

/// `path` relative to `root`, if it is `root` ("") or below it; both without links and dots.
[[nodiscard]] std::optional<std::string> path_below(std::string_view root, std::string_view path);

/// Where a link leads.
struct LinkTarget {
  std::filesystem::path end;  ///< Without links and dots.
  bool stays_inside = true;   ///< No step of the way was outside the root.
  /// What the way inside led over, relative to the root, links before what they lead to.
  std::vector<std::string> way;
};

/// Follow the link with this `text` that is in the folder `from`; `root` and `from` are canonical,
/// `from` at or below `root`. Throws Error(invalid_file) that names `shown` if it dangles or goes
/// in circles.
[[nodiscard]] LinkTarget follow_link(const std::filesystem::path& root,
                                     const std::filesystem::path& from, std::string_view text,
                                     const std::filesystem::path& shown);

/// The text of a link at `link` that leads to `target`: both relative to one root, with no links
/// on the way.
[[nodiscard]] std::string relative_link(std::string_view link, std::string_view target);

/// readlink(2). Throws Error(system).
[[nodiscard]] std::string read_link(const std::filesystem::path& path);

}  // namespace mlpipe
