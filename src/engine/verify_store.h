#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "history/history.h"
#include "store/object_store.h"

namespace mlpipe {

/// How far a check of the store is. Told from one thread at a time.
struct VerifyProgress {
  std::size_t objects = 0;
  std::size_t of_objects = 0;
  std::uint64_t bytes = 0;
};

/// An object that is not as it should be, and what follows from that.
struct SpoiltObject {
  Hash object;
  InspectedObject found;          ///< Its state is `missing` or `damaged`.
  std::vector<KnownObject> uses;  ///< What the history knows it as, the oldest first.
  std::vector<ResultKey> withdrawn;
};

/// What a check of the whole store and of the database's view of it has found.
struct StoreReport {
  std::size_t objects = 0;  ///< Looked at.
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<SpoiltObject> spoilt;
  std::vector<SpoiltObject> faulty;    ///< Not known, for a fault of the machine (found.fault).
  std::vector<UnsoundResult> unsound;  ///< Withdrawn.
  std::vector<std::string> database;   ///< What is wrong with the file itself.
  std::vector<Hash> renewed;           ///< Looked other, but are whole.
  std::size_t recorded_anew = 0;       ///< Objects whose row was missing or out of date.
  std::size_t elsewhere = 0;           ///< Objects that lie only on other machines: not looked at.
  std::vector<Hash> unknown;           ///< Objects that the history does not know.
  std::uint64_t unknown_bytes = 0;
  std::vector<std::filesystem::path> strange;  ///< In the store, and no objects.
  std::string not_recorded;                    ///< Why nothing could be withdrawn or renewed.
  std::size_t withdrawn = 0;                   ///< Results that were offered and no longer are.

  /// Whether anything is lost or wrong.
  [[nodiscard]] bool is_whole() const {
    return spoilt.empty() && faulty.empty() && unsound.empty() && database.empty();
  }
};

/// Look at every object and at every result. Damaged objects go to quarantine; results that need
/// one that is not there are withdrawn, so that their steps run when they are needed. Safe beside
/// running drivers and other checks: an object that one of them makes anew meanwhile counts.
[[nodiscard]] StoreReport verify_store(History& history, ObjectStore& store, WorkerPool& pool,
                                       Closeness closeness,
                                       const std::function<void(const VerifyProgress&)>& progress);

}  // namespace mlpipe
