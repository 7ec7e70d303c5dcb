#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/hash.h"

namespace mlpipe {

/// A folder of the cache with a file for each request that is remembered (request_key()), of
/// which the newest twenty stay, of 400 MB together at most. It is only a cache: a file that is not
/// whole, or of another format, is not there, and a failure to write is none.
class RememberedFiles {
 public:
  /// `format`: what its files are (store/sealed.h).
  RememberedFiles(std::filesystem::path folder, std::string format);

  [[nodiscard]] std::optional<std::string> read(const Hash& key) const;
  void write(const Hash& key, std::string contents) const;

 private:
  void forget_oldest() const;

  std::filesystem::path folder_;
  std::string format_;
};

}  // namespace mlpipe
