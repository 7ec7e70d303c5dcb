#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/worker_pool.h"
#include "remote/frame_channel.h"
#include "remote/object_transfer.h"
#include "remote/protocol.h"
#include "store/object_store.h"

namespace mlpipe {

/// The objects that a helper gets and sends. What is asked of it gives the bytes of the answer, or
/// nothing while there is none yet, or throws why it is refused. Any thread, but for take().
class HelperTransfers {
 public:
  /// All of these outlive it. `driver_is_there`: once it is false, nothing is begun any more.
  HelperTransfers(ObjectStore& store, FrameChannel& out, WorkerPool& pool,
                  std::filesystem::path scratch, const std::atomic<bool>& driver_is_there)
      : store_(store),
        out_(out),
        pool_(pool),
        scratch_(std::move(scratch)),
        driver_is_there_(driver_is_there) {}

  /// An object comes. If it asks, what is here of it is copied first, which may take long.
  [[nodiscard]] std::optional<std::string> receive(const PutObject& asked);
  /// The next bytes of one; those of one that was refused count for nothing. One call at a time.
  [[nodiscard]] std::optional<std::string> take(const ObjectBytes& bytes);
  /// Send an object, or if it is a large one, ask which files of it are wanted.
  [[nodiscard]] std::optional<std::string> send(const GetObject& asked);
  /// Send these.
  [[nodiscard]] std::string send(const FilesWanted& said);
  /// Nobody waits for the answer to this request.
  void drop(RequestId request);

 private:
  [[nodiscard]] bool is_dropped(RequestId request);
  void forget(RequestId request);
  [[nodiscard]] std::string send_bytes(RequestId request, const ObjectToSend& object);

  ObjectStore& store_;
  FrameChannel& out_;
  WorkerPool& pool_;
  std::filesystem::path scratch_;
  const std::atomic<bool>& driver_is_there_;
  std::mutex mutex_;  ///< For all below.
  std::map<RequestId, std::unique_ptr<ObjectReceiver>> incoming_;
  std::map<RequestId, ObjectToSend> offered_;  ///< The driver was asked which files it wants.
  std::set<RequestId> dropped_;
};

}  // namespace mlpipe
