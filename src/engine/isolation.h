#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/execution.h"

namespace mlpipe {

/// How an isolated step finds a path.
struct ShownPath {
  enum class How {
    read_only,  ///< What the machine has there.
    writable,   ///< The same, to be written to.
    link,       ///< A symbolic link, as the machine has it there; `from` is its text.
    hidden,     ///< A writable folder of the step's own, whatever the machine has there.
    devices,    ///< A new /dev with what every program needs.
    device,     ///< One more in it.
    processes,  ///< /proc.
  };

  How how = How::read_only;
  std::filesystem::path from;  ///< What is shown there.
};

/// All that an isolated step is shown (`isolation: declared`), by the path where it finds it, which
/// is where the machine has it too: parents before children.
using ShownPaths = std::map<std::filesystem::path, ShownPath>;

/// Folders of the system that every step may read: programs and their settings, no data.
[[nodiscard]] const std::vector<std::filesystem::path>& system_folders();

/// What a step is shown: the system, its private directory, its inputs and `hash_paths`, where its
/// interpreters lie. Of everything else there is nothing; $HOME and /tmp are empty folders of its
/// own. Looks at the disk.
[[nodiscard]] ShownPaths shown_to(const StepExecution& execution);

/// `path` is in `folder`, or is it; both absolute and normal. No folder holds nothing.
[[nodiscard]] bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Without links; `path` as it is if it leads nowhere.
[[nodiscard]] std::filesystem::path real_path(const std::filesystem::path& path);

/// Whether what the machine has at `path` (absolute, normal) is shown.
[[nodiscard]] bool is_shown(const ShownPaths& shown, const std::filesystem::path& path);

/// Whether `path` is there for the step as a folder, since it is one of those above what is shown
/// (or its $HOME), though not all that the machine has in it.
[[nodiscard]] bool leads_to_shown(const ShownPaths& shown, const std::filesystem::path& path);

/// A link in an output of an isolated step, at `path`, that leads to what it was not shown: where
/// to. It would be followed outside of the isolation. Looks at the disk.
[[nodiscard]] std::optional<std::filesystem::path> leaving_link(const ShownPaths& shown,
                                                                const std::filesystem::path& path);

/// The command line of bubblewrap that shows it, for Job::enclosure. Throws Error(invalid_file) for
/// more inputs than it can take.
[[nodiscard]] std::vector<std::string> enclosure_of(const StepExecution& execution);

}  // namespace mlpipe
