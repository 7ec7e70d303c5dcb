// The part of RemoteHost that sends and fetches objects.

#include <utility>

#include "base/error.h"
#include "base/work_time.h"
#include "remote/remote_host.h"

namespace mlpipe {

std::vector<Hash> RemoteHost::missing(const std::vector<Hash>& objects) {
  const auto link = current_link();
  const auto unknown = link ? link->known().unknown(objects) : objects;
  if (unknown.empty()) return {};
  auto missing = decode_hashes(ask(FindMissing{.request = {}, .objects = unknown},
                                   {.when_canceled = WhenCanceled::give_up}));
  if (link) link->known().add(unknown, missing);
  return missing;
}

void RemoteHost::put(const ObjectToSend& object) {
  const WorkTimer timer(Work::moving, options_.ssh.target);
  const bool asks = is_worth_asking(object.head);
  TransferWatch watch(options_.transferred, options_.ssh.target, false);
  const auto send = [&](Pending& pending, RequestId request) {
    if (asks) return send_wanted({object, watch}, pending, request);
    watch.begin(object.head);
    send_bytes(object, watch, pending, request);
  };
  (void)ask(PutObject{.request = {}, .head = object.head, .asks = asks},
            {.more = send, .when_canceled = WhenCanceled::give_up});
  watch.is_whole();
  if (const auto link = current_link()) link->known().add({object.head.id});
}

/// Until the other side has said what it wants or offers, or will not.
void RemoteHost::wait_for_word(Lock& lock, const Pending& pending, WhenCanceled when_canceled) {
  changed_.wait(lock, [&] {
    return pending.wanted || pending.offered || pending.done || pending.gone ||
           is_given_up(when_canceled);
  });
}

/// What the other side does not have: it says so, or that it has all.
void RemoteHost::send_wanted(const Sending& sending, Pending& pending, RequestId request) {
  Lock lock(mutex_);
  wait_for_word(lock, pending, WhenCanceled::give_up);
  const auto wanted = std::exchange(pending.wanted, std::nullopt);
  lock.unlock();
  if (!wanted) return;
  sending.watch.begin(sending.object.head, *wanted);
  send_bytes(part_of(sending.object, *wanted), sending.watch, pending, request);
}

/// Stops where the other side refuses, or is gone, or the run is canceled.
void RemoteHost::send_bytes(const ObjectToSend& object, TransferWatch& watch, Pending& pending,
                            RequestId request) {
  struct Stopped {};
  try {
    read_object(object, [&](const ObjectPiece& piece) {
      Lock lock(mutex_);
      const auto link = pending.done || pending.gone || is_canceled_ ? nullptr : link_;
      lock.unlock();
      if (!link || !link->send(request, piece)) throw Stopped();
      watch.went(piece.size());
    });
  } catch (const Stopped&) {  // NOLINT(bugprone-empty-catch): the answer, or its want, tells
  }
}

bool RemoteHost::is_waited_for(const Pending& pending, WhenCanceled when_canceled) {
  const std::lock_guard lock(mutex_);
  return !pending.done && !pending.gone && !is_given_up(when_canceled);
}

StoredObject RemoteHost::get(const Hash& object, ObjectStore& into,
                             const std::filesystem::path& scratch, WhenCanceled when_canceled) {
  const WorkTimer timer(Work::moving, options_.ssh.target);
  std::unique_ptr<ObjectReceiver> receiver;
  TransferWatch watch(options_.transferred, options_.ssh.target, true);
  const auto begun = [&](ObjectHead head, const CopyFromStore* copy) {
    if (head.id != object)
      fail(ErrorKind::system, "compute target '{}': another object came than {}",
           options_.ssh.target, object.hex());
    auto fresh = std::make_unique<ObjectReceiver>(std::move(head), into, scratch, copy);
    watch.begin(fresh->head(), fresh->wanted());
    return fresh;
  };
  const auto add_piece = [&](std::string_view bytes) {
    receiver->add(bytes);
    watch.went(bytes.size());
  };
  const auto take_piece = [&](const HelperNews& news) {
    if (const auto* comes = std::get_if<ObjectComes>(&news))
      receiver = begun(comes->head, nullptr);
    else if (receiver)
      add_piece(std::get<ObjectBytes>(news).bytes);
  };
  // Not on the connection's own thread: copying what is here may take long.
  const auto say_what_is_wanted = [&](Pending& pending, RequestId request) {
    Lock lock(mutex_);
    wait_for_word(lock, pending, when_canceled);
    auto head = std::exchange(pending.offered, std::nullopt);
    lock.unlock();
    if (!head) return;
    const CopyFromStore copy{.goes_on = [&] { return is_waited_for(pending, when_canceled); }};
    auto fresh = begun(std::move(*head), &copy);
    const FilesWanted said{.request = request, .files = fresh->wanted()};
    lock.lock();
    receiver.swap(fresh);
    const auto link = pending.gone ? nullptr : link_;
    lock.unlock();
    if (link) link->send(encode(HelperCommand(said)));
  };
  (void)ask(GetObject{.request = {}, .object = object},
            {.more = say_what_is_wanted, .stream = take_piece, .when_canceled = when_canceled});
  if (!receiver || !receiver->is_complete())
    fail(ErrorKind::system, "compute target '{}': the object {} did not come whole",
         options_.ssh.target, object.hex());
  watch.is_whole();
  return receiver->store();
}

/// Of an object that asks.
void RemoteHost::take_word(RequestId request, const HelperNews& news) {
  const std::lock_guard lock(mutex_);
  const auto found = pending_.find(request);
  if (found == pending_.end()) return;
  if (const auto* comes = std::get_if<ObjectComes>(&news)) found->second->offered = comes->head;
  if (const auto* said = std::get_if<FilesWanted>(&news)) found->second->wanted = said->files;
  changed_.notify_all();
}

}  // namespace mlpipe
