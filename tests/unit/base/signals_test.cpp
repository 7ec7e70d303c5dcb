#include "base/signals.h"

#include <csignal>
#include <vector>

#include "base/event_queue.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// What a signal does now.
auto handler_of(int signal) {
  struct sigaction action {};
  ::sigaction(signal, nullptr, &action);
  return action.sa_handler;
}

extern "C" void do_nothing(int /*signal*/) {}

/// Sets a handler and puts back the old one at the end.
class Handled {
 public:
  Handled(int signal, void (*handler)(int)) : signal_(signal) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigaction(signal_, &action, &before_);
  }
  ~Handled() { ::sigaction(signal_, &before_, nullptr); }
  Handled(const Handled&) = delete;
  Handled& operator=(const Handled&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

int next(EventQueue<int>& signals) {
  return signals.pop_within(std::chrono::seconds(20)).value_or(0);
}

}  // namespace

TEST_CASE("a watch gets the signals that would end the process, in their order") {
  EventQueue<int> signals;
  {
    const SignalWatch watch([&signals](int signal) { signals.push(signal); });
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGINT}) {
      REQUIRE(std::raise(signal) == 0);
      CHECK(next(signals) == signal);
    }
  }
  CHECK_FALSE(signals.try_pop());
}

TEST_CASE("at the end of a watch signals do what they did before") {
  const Handled term(SIGTERM, do_nothing);
  const Handled interrupt(SIGINT, SIG_IGN);
  {
    const SignalWatch watch([](int) {});
    CHECK(handler_of(SIGTERM) != do_nothing);
    CHECK(handler_of(SIGINT) != SIG_IGN);
  }
  CHECK(handler_of(SIGTERM) == do_nothing);
  CHECK(handler_of(SIGINT) == SIG_IGN);
}

TEST_CASE("a hang-up that is ignored stays so: nohup means it") {
  const Handled hang_up(SIGHUP, SIG_IGN);
  EventQueue<int> signals;
  {
    const SignalWatch watch([&signals](int signal) { signals.push(signal); });
    REQUIRE(std::raise(SIGHUP) == 0);
    REQUIRE(std::raise(SIGTERM) == 0);
    CHECK(next(signals) == SIGTERM);  // and no hang-up before it
  }
  CHECK(handler_of(SIGHUP) == SIG_IGN);
}

TEST_CASE("one watch may follow another") {
  for (int i = 0; i < 3; ++i) {
    EventQueue<int> signals;
    const SignalWatch watch([&signals](int signal) { signals.push(signal); });
    REQUIRE(std::raise(SIGTERM) == 0);
    CHECK(next(signals) == SIGTERM);
  }
}

}  // namespace mlpipe
