#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "base/look_recorder.h"
#include "store/stat_cache.h"

namespace mlpipe {

/// Of each look, whether nothing was so young, when it was seen, that it could change without its
/// times telling (semantics.md 2). `age`: how long ago that may have been. Objects do not
/// change: what counts of them is the look that was recorded when they were stored.
[[nodiscard]] std::vector<char> which_are_at_rest(const std::vector<Look>& looks,
                                                  const std::filesystem::path& objects,
                                                  StatCache& cache, std::chrono::nanoseconds age);
/// The same of all together.
[[nodiscard]] bool are_at_rest(const std::vector<Look>& looks, const std::filesystem::path& objects,
                               StatCache& cache, std::chrono::nanoseconds age);

}  // namespace mlpipe
