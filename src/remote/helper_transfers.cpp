#include "remote/helper_transfers.h"

#include <utility>

#include "base/error.h"

namespace mlpipe {

std::optional<std::string> HelperTransfers::receive(const PutObject& asked) {
  const CopyFromStore copy{
      .pool = &pool_, .goes_on = [&] { return driver_is_there_ && !is_dropped(asked.request); }};
  auto receiver =
      std::make_unique<ObjectReceiver>(asked.head, store_, scratch_, asked.asks ? &copy : nullptr);
  if (receiver->is_complete()) {
    (void)receiver->store();
    return "";
  }
  const FilesWanted said{.request = asked.request, .files = receiver->wanted()};
  {
    const std::lock_guard lock(mutex_);
    if (dropped_.contains(asked.request)) return std::nullopt;
    incoming_[asked.request] = std::move(receiver);
  }
  if (asked.asks) out_.send(encode(HelperNews(said)));
  return std::nullopt;
}

/// Only drop() removes one too, and comes on the thread that this one does.
std::optional<std::string> HelperTransfers::take(const ObjectBytes& bytes) {
  ObjectReceiver* receiver = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto found = incoming_.find(bytes.request);
    if (found == incoming_.end()) return std::nullopt;
    receiver = found->second.get();
  }
  try {
    receiver->add(bytes.bytes);
    if (!receiver->is_complete()) return std::nullopt;
    (void)receiver->store();
  } catch (...) {
    forget(bytes.request);
    throw;
  }
  forget(bytes.request);
  return "";
}

std::optional<std::string> HelperTransfers::send(const GetObject& asked) {
  if (store_.check(asked.object) != ObjectState::intact)
    fail(ErrorKind::not_found, "the object {} is not there any more, or was damaged",
         asked.object.hex());
  const auto object = object_in(store_, asked.object, false);
  const bool asks = is_worth_asking(object.head);
  if (asks) {
    const std::lock_guard lock(mutex_);
    if (dropped_.contains(asked.request)) return std::nullopt;
    offered_.emplace(asked.request, object);
  }
  out_.send(
      encode(HelperNews(ObjectComes{.request = asked.request, .head = object.head, .asks = asks})));
  if (asks) return std::nullopt;
  return send_bytes(asked.request, object);
}

std::string HelperTransfers::send(const FilesWanted& said) {
  std::unique_lock lock(mutex_);
  const auto offered = offered_.extract(said.request);
  lock.unlock();
  if (offered.empty()) fail(ErrorKind::system, "no object waits to hear which files are wanted");
  return send_bytes(said.request, part_of(offered.mapped(), said.files));
}

std::string HelperTransfers::send_bytes(RequestId request, const ObjectToSend& object) {
  read_object(object, [&](const ObjectPiece& piece) {
    if (is_dropped(request)) fail(ErrorKind::system, "nobody waits for it any more");
    send_piece(out_, request, piece);
  });
  return {};
}

void HelperTransfers::drop(RequestId request) {
  {
    const std::lock_guard lock(mutex_);
    dropped_.insert(request);
  }
  forget(request);
}

bool HelperTransfers::is_dropped(RequestId request) {
  const std::lock_guard lock(mutex_);
  return dropped_.contains(request);
}

/// What came of an object is removed from the disk without keeping others waiting.
void HelperTransfers::forget(RequestId request) {
  decltype(incoming_)::node_type came;
  const std::lock_guard lock(mutex_);
  offered_.erase(request);
  came = incoming_.extract(request);
}

}  // namespace mlpipe
