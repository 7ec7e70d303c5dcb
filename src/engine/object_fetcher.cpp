#include "engine/object_fetcher.h"

#include <fmt/format.h>

#include <exception>

#include "base/error.h"
#include "remote/no_connection.h"

namespace mlpipe {

bool ObjectFetcher::fetch(const Hash& object, const std::vector<std::string>& from,
                          WhenCanceled when_canceled) {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return !coming_.contains(object); });
  coming_.insert(object);
  lock.unlock();
  const auto ended = [&] {
    lock.lock();
    coming_.erase(object);
    arrived_.notify_all();
  };
  try {
    const bool is_here = bring(object, from, when_canceled);
    ended();
    return is_here;
  } catch (...) {
    ended();
    throw;
  }
}

bool ObjectFetcher::bring(const Hash& object, const std::vector<std::string>& from,
                          WhenCanceled when_canceled) {
  std::exception_ptr unreached;
  try {
    if (store_.check(object) == ObjectState::intact) return true;
  } catch (const Error&) {  // it cannot be read here: what comes takes its place
    unreached = std::current_exception();
  }
  for (const auto& machine : machines_.known(from)) {
    try {
      (void)machines_.host_called(machine).get(object, store_, scratch_, when_canceled);
      return true;
    } catch (const NoConnection& error) {
      unreached = std::make_exception_ptr(NoConnection(
          fmt::format("an output that is needed lies elsewhere and cannot be fetched: {}",
                      error.what()),
          error.may_be_another()));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::not_found) unreached = std::current_exception();
    }
  }
  if (unreached) std::rethrow_exception(unreached);
  return false;
}

void ObjectFetcher::in_background(std::function<void()> work) {
  constexpr unsigned threads = 4;  // more would only wait for each other
  const std::lock_guard lock(mutex_);
  if (!pool_) pool_.emplace(threads);
  pool_->run(std::move(work));
}

}  // namespace mlpipe
