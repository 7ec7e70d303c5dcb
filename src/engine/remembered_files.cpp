#include "engine/remembered_files.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "store/sealed.h"

namespace mlpipe {

namespace fs = std::filesystem;

RememberedFiles::RememberedFiles(fs::path folder, std::string format)
    : folder_(std::move(folder)), format_(std::move(format)) {}

std::optional<std::string> RememberedFiles::read(const Hash& key) const {
  std::string bytes;
  try {
    const auto file = folder_ / key.hex();
    if (!stat_file(file)) return std::nullopt;
    bytes = read_file(file);
  } catch (const Error&) {
    return std::nullopt;
  }
  const auto contents = unsealed(bytes, format_);
  if (!contents) return std::nullopt;
  bytes.resize(contents->size());
  return bytes;
}

void RememberedFiles::write(const Hash& key, std::string contents) const {
  try {
    make_folders(folder_);
    write_file_atomically(folder_ / key.hex(), sealed(std::move(contents), format_));
    forget_oldest();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
}

void RememberedFiles::forget_oldest() const {
  constexpr std::size_t most_kept = 20;
  std::vector<std::pair<std::int64_t, fs::path>> files;
  for (const auto& name : list_names(folder_))
    if (const auto look = stat_link(folder_ / name))
      files.emplace_back(look->mtime_ns, folder_ / name);
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i + most_kept < files.size(); ++i) ::unlink(files[i].second.c_str());
}

}  // namespace mlpipe
