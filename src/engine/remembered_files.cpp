#include "engine/remembered_files.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>
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
  constexpr std::uint64_t most_bytes = 400'000'000;  // some twenty of pipelines with many files
  std::vector<std::tuple<std::int64_t, std::uint64_t, fs::path>> files;
  for (const auto& name : list_names(folder_))
    if (const auto look = stat_link(folder_ / name))
      files.emplace_back(look->mtime_ns, look->size, folder_ / name);
  std::sort(files.rbegin(), files.rend());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto& [made, bytes, file] = files[i];
    sum += bytes;
    if (i > 0 && (i >= most_kept || sum > most_bytes)) ::unlink(file.c_str());
  }
}

}  // namespace mlpipe
