#include "engine/looks_at_rest.h"

#include <algorithm>
#include <map>

namespace mlpipe {

std::vector<char> which_are_at_rest(const std::vector<Look>& looks,
                                    const std::filesystem::path& objects, StatCache& cache,
                                    std::chrono::nanoseconds age) {
  const std::int64_t margin_ns = 2'000'000'000 + age.count();
  const std::string in_objects = objects.native() + "/";
  std::map<std::uint64_t, std::int64_t> now_of;
  std::vector<char> all;
  all.reserve(looks.size());
  for (const Look& look : looks) {
    // An output that is not here lies on another machine, of which no look tells.
    if (look.path.starts_with(in_objects)) {
      all.push_back(look.stat ? 1 : 0);
      continue;
    }
    if (!look.stat || (!look.exact && look.stat->kind == FileKind::folder)) {
      all.push_back(1);
      continue;
    }
    const auto [now, is_new] = now_of.try_emplace(look.stat->dev, 0);
    if (is_new) now->second = cache.now_for(look.path, look.stat->dev);
    const bool rests = std::max(look.stat->mtime_ns, look.stat->ctime_ns) < now->second - margin_ns;
    all.push_back(rests ? 1 : 0);
  }
  return all;
}

bool are_at_rest(const std::vector<Look>& looks, const std::filesystem::path& objects,
                 StatCache& cache, std::chrono::nanoseconds age) {
  const auto all = which_are_at_rest(looks, objects, cache, age);
  return std::all_of(all.begin(), all.end(), [](char rests) { return rests != 0; });
}

}  // namespace mlpipe
