#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/hash.h"

namespace mlpipe {

/// A file that was fetched from an address, and lies in the store.
struct Download {
  std::string url;  ///< Without secrets (base/url.h): the key.
  Hash object;
  Hash content_hash;      ///< Of the file's bytes.
  std::string file_name;  ///< In the object.
  std::uint64_t bytes = 0;
  std::string etag;  ///< As the server said it; "" if it did not.
  std::string last_modified;
  TimePoint fetched{};
  TimePoint last_used{};  ///< By a run.
};

}  // namespace mlpipe
