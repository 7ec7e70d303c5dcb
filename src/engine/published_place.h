#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/contents.h"
#include "store/object_store.h"
#include "store/stat_cache.h"

namespace mlpipe {

/// One output that is to be copied to its `path:`.
struct WriteBack {
  std::string output;
  std::filesystem::path path;  ///< Absolute.
  Hash object;
  Hash content_hash;
  bool is_file = false;
  bool executable = false;
  std::string file_name;
  std::optional<Hash> put_before;     ///< The content that mlpipe itself last put there.
  std::vector<std::string> machines;  ///< Where else the object may lie: machine_name().
};

/// What is at an output's `path:` now, as against the output that is to be there.
struct PublishedPlace {
  enum class State {
    free,     ///< Nothing is there.
    holds,    ///< The output.
    part,     ///< A part of what mlpipe put there, and nothing else: something was removed.
    other,    ///< Another result, put there by mlpipe.
    edited,   ///< Put there by mlpipe, and edited since.
    foreign,  ///< Not put there by mlpipe.
  };

  State state = State::free;
  std::optional<Contents> contents;  ///< What was seen, for `holds`, `part` and `other`.

  /// Whether a run would copy the output there: nothing of anybody else's is lost by that.
  [[nodiscard]] bool may_be_written() const {
    return state == State::free || state == State::part || state == State::other;
  }
};

/// Look at the path of an output; what the cache knows is not read. Throws Error for what cannot be
/// read.
[[nodiscard]] PublishedPlace look_at_place(const WriteBack& what, const ObjectStore& store,
                                           StatCache& cache, WorkerPool& pool);

/// "was edited since mlpipe put it there", of what is at the path; "" where it may be written or
/// holds the output.
[[nodiscard]] std::string_view why_kept(PublishedPlace::State state);

}  // namespace mlpipe
