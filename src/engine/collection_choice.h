#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "history/object_holders.h"

namespace mlpipe {

/// What gc was asked for. Without either: only what nobody can use any more.
struct CollectionRule {
  /// Results, and downloads, whose last use is earlier go.
  std::optional<TimePoint> unused_since;
  std::optional<std::uint64_t> max_bytes;  ///< Results go until the objects take no more.
};

/// Why a result is given up.
enum class CollectionCause : std::uint8_t {
  not_shown,  ///< Only deleted runs have it, or none.
  unused,     ///< By --older-than.
  too_much,   ///< By --max-size.
};

/// A result to be given up.
struct ChosenResult {
  const HeldResult* result = nullptr;
  CollectionCause cause = CollectionCause::not_shown;
};

/// What no size makes go, in bytes; each object counts once, for the first of these that holds it.
struct BytesToStay {
  std::uint64_t registered = 0;
  std::uint64_t of_runs = 0;    ///< That are pinned, or go on.
  std::uint64_t downloads = 0;  ///< Go by age.
  std::uint64_t sources = 0;    ///< Snapshots of step runs without a result; go by age.
};

/// What is to go, before anything is done.
struct CollectionChoice {
  std::vector<ChosenResult> results;
  std::vector<const HeldDownload*> downloads;
  std::vector<Hash> objects;     ///< That nothing refers to, once the results are given up.
  std::uint64_t kept_bytes = 0;  ///< What the other objects take.
  BytesToStay to_stay;           ///< Of that.
};

/// What is on disk, by id, in bytes.
using ObjectSizes = std::map<Hash, std::uint64_t>;

/// Choose what goes. Never a result that is `kept`. For the size: what costs the least time to make
/// again for each byte that its going frees. An object that several results share is freed only
/// with the last of them, so they are weighed together. A download goes by its age alone: what is
/// fetched again may be something else.
[[nodiscard]] CollectionChoice choose_collection(const ObjectHolders& holders,
                                                 const ObjectSizes& sizes,
                                                 const CollectionRule& rule);

}  // namespace mlpipe
