#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mlpipe {

/// What one look into folders of installed packages found.
struct InstalledPackages {
  std::vector<std::string> names;  ///< Sorted, each once: "numpy==1.24.2".
  /// Files whose content had a say: metadata that was read, and .pth files, which add folders.
  std::vector<std::filesystem::path> files;
};

/// Python: *.dist-info, *.egg-info, *.egg, *.egg-link, *.pth and __editable__* in site folders;
/// versions from the names, where a name holds none from the METADATA or PKG-INFO inside. Folders
/// that are not there or not readable hold nothing.
[[nodiscard]] InstalledPackages python_packages(const std::vector<std::filesystem::path>& folders);

/// R: each folder with a DESCRIPTION file that names a package and its version.
[[nodiscard]] InstalledPackages r_packages(const std::vector<std::filesystem::path>& folders);

}  // namespace mlpipe
