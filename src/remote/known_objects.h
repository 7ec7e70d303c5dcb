#pragma once

#include <mutex>
#include <unordered_set>
#include <vector>

#include "base/hash.h"

namespace mlpipe {

/// Objects that were seen in the store of another machine over one connection. They may be gone
/// again: who uses them looks once more. Any thread.
class KnownObjects {
 public:
  [[nodiscard]] std::vector<Hash> unknown(const std::vector<Hash>& objects) const {
    const std::lock_guard lock(mutex_);
    std::vector<Hash> unknown;
    for (const auto& object : objects)
      if (!seen_.contains(object)) unknown.push_back(object);
    return unknown;
  }
  void add(const std::vector<Hash>& objects, const std::vector<Hash>& but_not = {}) {
    const std::lock_guard lock(mutex_);
    seen_.insert(objects.begin(), objects.end());
    for (const auto& object : but_not) seen_.erase(object);
  }
  void remove(const std::vector<Hash>& objects) {
    const std::lock_guard lock(mutex_);
    for (const auto& object : objects) seen_.erase(object);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_set<Hash, HashOfHash> seen_;
};

}  // namespace mlpipe
