#include "remote/remote_host.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

constexpr auto first_pause = 500ms;
constexpr auto longest_pause = 30s;
/// A connection that ends sooner is no end of the trouble.
constexpr auto lasting = 30s;
constexpr Duration clocks_agree = 1min;
constexpr auto canceled_text = "the run was canceled";

std::string new_token() {
  Hash token;
  if (::getrandom(token.bytes.data(), token.bytes.size(), 0) < 0)
    fail_errno(errno, "cannot get random bytes");
  return token.hex();
}

}  // namespace

RemoteHost::RemoteHost(Options options, JobEventSink sink)
    : options_(std::move(options)),
      sink_(std::move(sink)),
      token_(new_token()),
      connector_([this] { keep_connected(); }) {}

RemoteHost::~RemoteHost() {
  std::vector<JobId> left;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, running] : jobs_) left.push_back(id);
  }
  for (const auto id : left) end_job(id, true);
  {
    Lock lock(mutex_);
    // Without a connection nobody is told; they are ended over there once nobody watches them.
    changed_.wait_for(lock, 10s, [this] { return jobs_.empty() || !link_; });
    // A helper drops what is not done when its driver goes.
    changed_.wait_for(lock, 2s, [this] { return releasing_.empty() || !link_; });
    closing_ = true;
    stop_opening_ = true;
    changed_.notify_all();
  }
  connector_.join();
  link_.reset();
  lost_link_.reset();
  for (const auto id : left)
    if (jobs_.contains(id))
      sink_(JobFinished{.job = id,
                        .outcome = JobFinished::Outcome::lost,
                        .message = "the connection is gone",
                        .at = now(),
                        .may_still_run = true});
}

// --- What is asked -------------------------------------------------------------------------------

/// Until there is a connection. Throws NoConnection if there will be none.
void RemoteHost::wait_for_link(Lock& lock, WhenCanceled when_canceled) {
  wanted_ = true;
  changed_.notify_all();
  changed_.wait(
      lock, [&] { return link_ || !given_up_.empty() || closing_ || is_given_up(when_canceled); });
  if (is_given_up(when_canceled)) throw Error(ErrorKind::system, canceled_text);
  if (!given_up_.empty()) throw NoConnection(given_up_, may_be_another_, brief_);
  if (!link_) fail(ErrorKind::system, "compute target '{}': closed", options_.ssh.target);
}

std::string RemoteHost::ask(HelperCommand command, const Exchange& exchange) {
  constexpr int most_tries = 5;  // a connection may end because of what is asked
  for (int i = 0; i < most_tries; ++i) {
    Lock lock(mutex_);
    wait_for_link(lock, exchange.when_canceled);
    const auto link = link_;
    const auto request = next_request();
    std::visit([&](auto& each) { each.request = request; }, command);
    const auto frame = encode(command);  // throws for what is too long
    Pending pending{.stream = exchange.stream};
    pending_.emplace(request, &pending);
    lock.unlock();
    if (link->send(frame) && exchange.more) go_on(pending, request, exchange);
    lock.lock();
    changed_.wait(lock, [&] {
      return !pending.in_stream &&
             (pending.done || pending.gone || is_given_up(exchange.when_canceled));
    });
    pending_.erase(request);
    if (!pending.done && !pending.gone) {
      lock.unlock();
      link->send(encode(HelperCommand(DropRequest{request})));
      throw Error(ErrorKind::system, canceled_text);
    }
    if (!pending.done) continue;  // all that is asked may be asked again
    if (pending.problem) std::rethrow_exception(pending.problem);
    if (pending.refusal)
      fail(pending.refusal->kind, "compute target '{}': {}{}", options_.ssh.target,
           printable(pending.refusal->message), advice_for_refusal(pending.refusal->message));
    return std::move(pending.answer);
  }
  fail(ErrorKind::system, "compute target '{}': the connection was lost {} times over one request",
       options_.ssh.target, most_tries);
}

/// What fails here ends the request: nobody waits for the rest.
void RemoteHost::go_on(Pending& pending, RequestId request, const Exchange& exchange) {
  try {
    exchange.more(pending, request);
  } catch (...) {
    Lock lock(mutex_);
    if (pending.gone || is_given_up(exchange.when_canceled)) return;
    pending.problem = std::current_exception();
    pending.done = true;
    const auto link = link_;
    lock.unlock();
    link->send(encode(HelperCommand(DropRequest{request})));
  }
}

/// Nothing while there is no connection.
std::shared_ptr<SshLink> RemoteHost::current_link() {
  const std::lock_guard lock(mutex_);
  return link_;
}

Greeting RemoteHost::greeting() {
  Lock lock(mutex_);
  if (!was_connected_) wait_for_link(lock);
  return greeting_;
}

void RemoteHost::ping() { (void)ask(Ping{}); }

JobState RemoteHost::find_job(const std::string& name) {
  return decode_state(ask(FindJob{.request = {}, .name = name}));
}

TakenAnswer RemoteHost::take_outputs(TakeOutputs command) {
  auto answer = decode_taken(ask(std::move(command)));
  if (const auto link = current_link())
    for (const auto& output : answer.taken.outputs) link->known().add({output.object.id});
  const std::lock_guard lock(mutex_);
  answer.metrics_time_us = to_micros(by_our_clock(from_micros(answer.metrics_time_us)));
  return answer;
}

void RemoteHost::release(ReleaseJob command) {
  Lock lock(mutex_);
  const auto link = link_;
  if (!link) return;
  command.request = next_request();
  releasing_.insert(command.request);
  lock.unlock();
  link->send(encode(HelperCommand(command)));
}

void RemoteHost::give_up_at_once() {
  Lock lock(mutex_);
  is_cut_ = true;
  stop_opening_ = true;
  options_.patience = 0ms;
  const auto link = link_;
  changed_.notify_all();
  lock.unlock();
  if (link) link->cut();
}

void RemoteHost::stop_trying() {
  const std::lock_guard lock(mutex_);
  options_.patience = 0ms;
  changed_.notify_all();
}

void RemoteHost::cancel_run() {
  const std::lock_guard lock(mutex_);
  is_canceled_ = true;
  options_.patience = 0ms;
  if (!was_connected_) stop_opening_ = true;
  changed_.notify_all();
}

InterpreterAnswer RemoteHost::identify(IdentifyInterpreter command) {
  return decode_interpreter(ask(std::move(command)));
}

CollectedAnswer RemoteHost::collect(CollectObjects command) {
  return decode_collected(ask(std::move(command)));
}

PlaceAnswer RemoteHost::look(LookAtPlace command) { return decode_place(ask(command)); }

// --- The connection ------------------------------------------------------------------------------

void RemoteHost::keep_connected() {
  Lock lock(mutex_);
  while (!closing_) {
    changed_.wait(lock, [this] {
      return closing_ || lost_link_ || !refused_.empty() ||
             (wanted_ && !link_ && given_up_.empty());
    });
    auto old = std::exchange(lost_link_, nullptr);
    const auto refused = std::exchange(refused_, {});
    lock.unlock();
    old.reset();  // waits for its thread
    tell_ends(refused);
    lock.lock();
    if (!closing_ && wanted_ && !link_ && given_up_.empty()) connect(lock);
  }
}

/// Of jobs that are not known any more.
void RemoteHost::tell_ends(const std::vector<JobFinished>& ends) {
  for (auto end : ends) {
    end.at = now();
    sink_(end);
  }
}

void RemoteHost::tell_people(const std::string& text, MachineNews::Connection connection,
                             const std::string& why) const {
  const auto& target = options_.ssh.target;
  options_.told({.text = fmt::format("compute target '{}': {}", target, text),
                 .compute_target = target,
                 .connection = connection,
                 .why = why});
}

/// Why this connection cannot be used; empty: it can.
std::string RemoteHost::unfit(const SshLink& link) const {
  const auto& there = link.greeting().platform;
  if (options_.platform.empty() || there == options_.platform) return {};
  return fmt::format(
      "compute target '{}': it is a machine of another kind ('{}', and this one is '{}'): build "
      "mlpipe_helper there and name it with `helper:`",
      options_.ssh.target, printable(there), options_.platform);
}

/// Once, and where there was a connection before, again and again until the patience ends. Several
/// that end soon count as one trouble.
void RemoteHost::connect(Lock& lock) {
  const auto may_go_on = [this] { return closing_ || is_cut_ || options_.patience == 0ms; };
  if (std::chrono::steady_clock::now() - connected_at_ > lasting) {
    trouble_since_ = std::chrono::steady_clock::now();
    pause_ = 0ms;
  }
  bool is_told = false;
  while (!closing_) {
    if (is_cut_ || (is_canceled_ && !was_connected_)) return give_up(lock, canceled_text);
    changed_.wait_for(lock, pause_, may_go_on);
    pause_ = std::clamp<std::chrono::milliseconds>(2 * pause_, first_pause, longest_pause);
    lock.unlock();
    auto problem =
        fmt::format("compute target '{}': the connection ended at once", options_.ssh.target);
    bool may_be_another = false;
    std::string brief;
    std::shared_ptr<SshLink> link;
    const auto is_gone = std::make_shared<bool>(false);  // under the mutex
    try {
      link = SshLink::open(
          options_.ssh, options_.helper, options_.workspace,
          {.news = [this](const HelperNews& news) { take(news); },
           .gone = [this, is_gone](const std::string& why) { link_gone(is_gone, why); },
           .stop = &stop_opening_});
      if (auto why = unfit(*link); !why.empty()) {
        problem = std::move(why);
        may_be_another = true;
        link.reset();
      }
    } catch (const NoConnection& error) {
      problem = error.what();
      may_be_another = error.may_be_another();
      brief = error.brief();
    } catch (const std::exception& error) {
      problem = error.what();
    }
    const auto why = brief.empty() ? problem : brief;
    lock.lock();
    may_be_another_ = may_be_another;
    brief_ = std::move(brief);
    if (link && !*is_gone) return connected(lock, std::move(link), is_gone);
    if (was_connected_ && !std::exchange(is_told, true)) {
      // Of one that went while nothing needed it, nobody has said so yet.
      lock.unlock();
      options_.told({.text = {},
                     .compute_target = options_.ssh.target,
                     .connection = MachineNews::Connection::lost,
                     .why = why});
      lock.lock();
    }
    if (!was_connected_ || std::chrono::steady_clock::now() > trouble_since_ + options_.patience)
      return give_up(lock, problem);
  }
}

void RemoteHost::connected(Lock& lock, std::shared_ptr<SshLink> link,
                           std::shared_ptr<bool> is_gone) {
  connected_at_ = std::chrono::steady_clock::now();
  link_ = std::move(link);
  link_is_gone_ = std::move(is_gone);
  greeting_ = link_->greeting();
  has_brought_helper_ = link_->has_brought_helper();
  const bool again = std::exchange(was_connected_, true);
  if (!again) clock_ahead_ = greeting_.at - now();
  const auto connection = link_;
  std::vector<std::string> frames;
  for (const auto& [id, running] : jobs_) {
    frames.push_back(encode(HelperCommand(command_for(running))));
    if (running.end_asked)
      frames.push_back(encode(HelperCommand(EndJob{
          .request = running.request, .name = running.job.name, .at_once = *running.end_asked})));
  }
  changed_.notify_all();
  lock.unlock();
  if (again)
    tell_people("connected again", MachineNews::Connection::there);
  else if (std::chrono::abs(clock_ahead_) >= clocks_agree)
    tell_people(fmt::format(
        "its clock is {} {} this machine's: set the one that is wrong (mlpipe tells times by this "
        "one; steps over there, and the times of files, have the other)",
        duration_text(std::chrono::abs(clock_ahead_)),
        clock_ahead_ > Duration{} ? "ahead of" : "behind"));
  for (const auto& frame : frames)
    if (!connection->send(frame)) break;  // then once more with the next one
  lock.lock();
}

void RemoteHost::give_up(Lock& lock, const std::string& why) {
  const auto tried = options_.patience > 0ms  // else the run was canceled
                         ? fmt::format("tried for {} s", options_.patience / 1s)
                         : std::string();
  given_up_ = why;
  if (is_cut_)
    given_up_ += " (its steps over there were asked to end; one that did not hear of it goes on)";
  else if (was_connected_ && is_canceled_)
    given_up_ += " (its steps over there may not have heard that they are to end)";
  else if (was_connected_) {
    // One that was not told to have begun may not even have been given to it.
    const bool some_began = std::any_of(jobs_.begin(), jobs_.end(),
                                        [](const auto& each) { return each.second.start_told; });
    const std::string_view rest =
        jobs_.empty()
            ? ""
            : (some_began ? "its steps go on over there, and the next run takes them up"
                          : "a step that got there goes on, and the next run takes it up");
    if (const auto both =
            fmt::format("{}{}{}", tried, tried.empty() || rest.empty() ? "" : "; ", rest);
        !both.empty())
      given_up_ += fmt::format(" ({})", both);
  }
  std::vector<JobFinished> ends;
  for (const auto& [id, running] : std::exchange(jobs_, {}))
    ends.push_back({.job = id,
                    .outcome = JobFinished::Outcome::lost,
                    .message = given_up_,
                    .may_still_run = true});
  job_of_.clear();
  changed_.notify_all();
  const bool was_lost = was_connected_;
  lock.unlock();
  if (was_lost)
    options_.told({.text = {},
                   .compute_target = options_.ssh.target,
                   .connection = MachineNews::Connection::given_up,
                   .why = {}});
  tell_ends(ends);
  lock.lock();
}

void RemoteHost::link_gone(const std::shared_ptr<bool>& is_gone, const std::string& why) {
  Lock lock(mutex_);
  *is_gone = true;
  if (link_is_gone_ != is_gone) return;  // it has not begun to be used
  lost_link_ = std::move(link_);
  link_.reset();
  link_is_gone_.reset();
  releasing_.clear();
  for (const auto& [request, pending] : pending_) pending->gone = true;
  wanted_ = wanted_ && (!jobs_.empty() || !pending_.empty());
  const bool is_tried = wanted_;
  changed_.notify_all();
  lock.unlock();
  using Connection = MachineNews::Connection;
  tell_people(fmt::format("the connection is lost ({}); {}", why,
                          is_tried ? "trying again" : "it is made again when it is needed"),
              is_tried ? Connection::lost : Connection::as_it_was, why);
}

void RemoteHost::take(const HelperNews& news) {
  if (const auto* log = std::get_if<JobLog>(&news)) return take_log(*log);
  if (const auto* job = std::get_if<JobNews>(&news)) return take_job_news(*job);
  if (const auto* bytes = std::get_if<ObjectBytes>(&news)) return take_stream(bytes->request, news);
  if (const auto* comes = std::get_if<ObjectComes>(&news))
    return comes->asks ? take_word(comes->request, news) : take_stream(comes->request, news);
  if (const auto* said = std::get_if<FilesWanted>(&news)) return take_word(said->request, news);
  const auto* answer = std::get_if<Answer>(&news);
  const auto* refusal = std::get_if<Refusal>(&news);
  if (answer == nullptr && refusal == nullptr) return;
  const auto request = answer != nullptr ? answer->request : refusal->request;
  Lock lock(mutex_);
  if (releasing_.erase(request) > 0) return changed_.notify_all();
  if (const auto found = pending_.find(request); found != pending_.end()) {
    found->second->done = true;
    if (answer != nullptr) found->second->answer = answer->bytes;
    if (refusal != nullptr) found->second->refusal = *refusal;
    changed_.notify_all();
    return;
  }
  lock.unlock();
  if (refusal != nullptr) take_job_refusal(*refusal);
}

/// What asks waits until `stream` has ended.
void RemoteHost::take_stream(RequestId request, const HelperNews& news) {
  Pending* pending = nullptr;
  {
    const std::lock_guard lock(mutex_);
    const auto found = pending_.find(request);
    if (found == pending_.end() || found->second->done || found->second->problem) return;
    pending = found->second;
    if (!pending->stream) return;
    pending->in_stream = true;
  }
  std::exception_ptr problem;
  try {
    pending->stream(news);
  } catch (...) {
    problem = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  if (problem) pending->problem = problem;
  pending->in_stream = false;
  if (is_canceled_ || pending->done) changed_.notify_all();
}

}  // namespace mlpipe
