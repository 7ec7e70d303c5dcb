#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "remote/protocol.h"

namespace mlpipe {

/// How far an object is on its way to or from another machine.
struct TransferNews {
  std::uint64_t number = 0;  ///< Tells the transfers of one process apart.
  std::string compute_target;
  std::string what;         ///< "table.csv", "12 files": what had to go, not what was there.
  bool comes_here = false;  ///< Else it goes there.
  std::uint64_t bytes = 0;  ///< That went so far.
  std::uint64_t of_bytes = 0;
  std::chrono::milliseconds elapsed{0};
  bool has_ended = false;  ///< The last news of it.
  bool is_whole = false;   ///< It has ended well.
};

/// Where news of transfers go, on other threads.
using TransferTold = std::function<void(const TransferNews&)>;

/// Counts one transfer and tells of it now and then, once it has taken longer than people wait
/// without a word. Of a shorter one nothing is ever told. Used by one thread at a time.
class TransferWatch {
 public:
  /// `told` outlives it, and may be empty.
  TransferWatch(const TransferTold& told, std::string compute_target, bool comes_here);
  /// Tells of the end of what was told of before.
  ~TransferWatch();
  TransferWatch(const TransferWatch&) = delete;
  TransferWatch& operator=(const TransferWatch&) = delete;

  /// These files of it, by the numbers of their entries, are about to go; after a lost connection
  /// once more.
  void begin(const ObjectHead& head, const std::vector<std::uint32_t>& files);
  /// The same with all of its files.
  void begin(const ObjectHead& head);
  void went(std::size_t bytes);
  void is_whole() { news_.is_whole = true; }

 private:
  using Steady = std::chrono::steady_clock;

  void tell(Steady::time_point moment);

  const TransferTold& told_;
  TransferNews news_;
  Steady::time_point began_{};
  Steady::time_point told_at_{};
  bool was_told_ = false;
};

}  // namespace mlpipe
