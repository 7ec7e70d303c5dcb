#include "engine/looks_at_rest.h"

#include <algorithm>
#include <map>

namespace mlpipe {

bool are_at_rest(const std::vector<Look>& looks, const std::filesystem::path& objects,
                 StatCache& cache, std::chrono::nanoseconds age) {
  const std::int64_t margin_ns = 2'000'000'000 + age.count();
  const std::string in_objects = objects.native() + "/";
  std::map<std::uint64_t, std::int64_t> now_of;
  return std::all_of(looks.begin(), looks.end(), [&](const Look& look) {
    // An output that is not here lies on another machine, of which no look tells.
    if (look.path.starts_with(in_objects)) return look.stat.has_value();
    if (!look.stat || (!look.exact && look.stat->kind == FileKind::folder)) return true;
    const auto [now, is_new] = now_of.try_emplace(look.stat->dev, 0);
    if (is_new) now->second = cache.now_for(look.path, look.stat->dev);
    return std::max(look.stat->mtime_ns, look.stat->ctime_ns) < now->second - margin_ns;
  });
}

}  // namespace mlpipe
