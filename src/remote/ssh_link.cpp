#include "remote/ssh_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t read_at_once = std::size_t{256} << 10U;
constexpr int pipe_bytes = 1 << 20;
constexpr std::size_t most_said = std::size_t{16} << 10U;
constexpr std::size_t longest_banner = std::size_t{1} << 20U;
constexpr std::chrono::seconds longest_greeting{60};
constexpr int look_again_ms = 200;  ///< Whether somebody gave up.

/// So that more is on the way, and ssh is woken less often.
Fd widened(Fd pipe) {
  ::fcntl(pipe.get(), F_SETPIPE_SZ, pipe_bytes);  // NOLINT(*-vararg)
  return pipe;
}

void go_on_unless(const std::atomic<bool>* stop) {
  if (stop != nullptr && *stop) fail(ErrorKind::system, "the run was canceled");
}

/// Bring the helper over.
void push_helper(const SshSettings& settings, const HelperImage& helper,
                 const std::atomic<bool>* stop) {
  const auto result =
      run_process({.argv = ssh_command(
                       settings, push_helper_command(settings, helper.hash, helper.bytes.size())),
                   .work_directory = "/",
                   .environment = ssh_environment(),
                   .stdin_text = std::string(helper.bytes),
                   .timeout = std::chrono::minutes(10),
                   .stop = stop});
  go_on_unless(stop);
  if (!result.ok()) throw no_connection(settings, result.exit_code, result.err);
}

}  // namespace

HelperImage helper_image(std::string_view bytes) {
  return {.bytes = bytes, .hash = hash_bytes(bytes).hex()};
}

std::unique_ptr<SshLink> SshLink::open(const SshSettings& settings, const HelperImage& helper,
                                       const std::string& workspace, const Ends& ends) {
  const char* path = std::getenv("PATH");  // NOLINT(*-mt-unsafe): nobody changes it
  if (!find_program(settings.program, path == nullptr ? "" : path))
    fail(ErrorKind::system,
         "compute target '{}': there is no program '{}' on PATH: install openssh-client",
         settings.target, settings.program);
  const auto command = start_helper_command(settings, helper.hash, workspace);
  try {
    return std::unique_ptr<SshLink>(new SshLink(settings, command, ends, true));
  } catch (const HelperMissing&) {
    push_helper(settings, helper, ends.stop);
  }
  try {
    std::unique_ptr<SshLink> link(new SshLink(settings, command, ends, false));
    link->has_brought_helper_ = true;
    return link;
  } catch (const HelperMissing&) {
    fail(ErrorKind::system,
         "compute target '{}': the helper was brought to '{}', and is not there: see that programs "
         "can be started in the folder of `root:` ({})",
         settings.target, printable(settings.host), printable(settings.root));
  }
}

SshLink::SshLink(const SshSettings& settings, const std::string& command, Ends ends, bool may_bring)
    : settings_(settings),
      ends_(std::move(ends)),
      may_bring_(may_bring),
      ssh_(ssh_command(settings, command), ssh_environment()),
      channel_(widened(ssh_.take_in())) {
  try {
    hear_greeting();
  } catch (const ProtocolError&) {
    fail(ErrorKind::system,
         "compute target '{}': what the helper over there says first cannot be read: see that "
         "nothing else (a login script, in the background) writes to the output of commands on "
         "'{}'",
         settings_.target, printable(settings_.host));
  }
  listener_ = std::jthread([this] { listen(); });
}

SshLink::~SshLink() {
  closing_ = true;
  channel_.close();  // the helper ends, and with it ssh
  if (listener_.joinable()) listener_.join();
}

/// What a login shell prints comes first and is skipped.
void SshLink::hear_greeting() {
  const auto limit = std::chrono::steady_clock::now() + longest_greeting;
  std::string seen;
  std::string buffer(read_at_once, '\0');
  bool marked = false;
  for (;;) {
    const auto got = read_some(buffer, look_again_ms);
    go_on_unless(ends_.stop);
    if (!got) fail_to_start();
    if (*got == 0 && std::chrono::steady_clock::now() > limit) {
      said_ += "\nit timed out";
      fail_to_start();
    }
    auto bytes = std::string_view(buffer).substr(0, *got);
    if (!marked) {
      seen += bytes;
      const auto mark = seen.find(helper_mark);
      const auto end = mark == std::string::npos ? mark : seen.find('\n', mark);
      if (end == std::string::npos) {
        if (seen.size() > longest_banner) fail_to_start();
        continue;
      }
      marked = true;
      hear_version(std::string_view(seen).substr(mark + helper_mark.size()));
      bytes = std::string_view(seen).substr(end + 1);
    }
    frames_.add(bytes);
    if (const auto frame = frames_.next()) {
      auto news = decode_helper_news(*frame);
      if (!std::holds_alternative<Greeting>(news)) fail_to_start();
      greeting_ = std::get<Greeting>(std::move(news));
      return;
    }
  }
}

void SshLink::hear_version(std::string_view version) const {
  if (version.substr(0, version.find('\n')) != std::to_string(remote_protocol_version))
    fail(ErrorKind::system,
         "compute target '{}': the helper over there speaks another version of the protocol: "
         "`helper:` must name one of this mlpipe",
         settings_.target);
}

/// How much came on stdout, nothing once it has ended; stderr is kept for messages.
std::optional<std::size_t> SshLink::read_some(std::span<char> into, int timeout_ms) {
  std::array<pollfd, 2> what{
      {{ssh_.out().get(), POLLIN, 0}, {err_open_ ? ssh_.err().get() : -1, POLLIN, 0}}};
  if (::poll(what.data(), what.size(), timeout_ms) <= 0) return 0;
  if (what[1].revents != 0) read_what_is_said();
  if (what[0].revents == 0) return 0;
  const auto got = ::read(ssh_.out().get(), into.data(), into.size());
  if (got < 0 && errno == EINTR) return 0;
  return got > 0 ? std::optional(static_cast<std::size_t>(got)) : std::nullopt;
}

void SshLink::read_what_is_said() {
  std::array<char, 4096> buffer;  // NOLINT(*-member-init)
  const auto got = ::read(ssh_.err().get(), buffer.data(), buffer.size());
  if (got <= 0) err_open_ = false;
  if (got > 0) said_.append(buffer.data(), static_cast<std::size_t>(got));
  if (said_.size() > most_said) said_.erase(0, said_.size() - most_said);
}

/// What is said last tells why. A program that ssh started may hold on to stderr.
void SshLink::end_ssh() {
  channel_.close();
  constexpr int patience_ms = 2000;
  pollfd what{ssh_.err().get(), POLLIN, 0};
  while (err_open_ && ::poll(&what, 1, patience_ms) > 0) read_what_is_said();
  if (err_open_) ssh_.kill();
}

void SshLink::fail_to_start() {
  end_ssh();
  const int code = ssh_.wait();
  // One that was cut short when a disk was full or the power went is brought once more.
  const bool cannot_start = code == 0 || code == 126 || code == 127;
  if (code == helper_missing || (may_bring_ && cannot_start)) throw HelperMissing();
  throw no_connection(settings_, code, said_);
}

/// sshd answers ssh also for a helper that is stopped, or waits for a disk that is gone: so it is
/// asked itself now and then.
void SshLink::listen() {
  using Steady = std::chrono::steady_clock;
  const auto ping = encode(HelperCommand(Ping{}));
  const auto pause = settings_.longest_silence / 4;
  auto heard = Steady::now();
  auto asked = heard;
  try {
    for (;;) {
      while (const auto frame = frames_.next()) ends_.news(decode_helper_news(*frame));
      const auto got = read_some(frames_.room(read_at_once), static_cast<int>(pause.count()));
      if (!got) break;
      frames_.came(*got);
      const auto moment = Steady::now();
      if (*got > 0) heard = moment;
      if (moment - heard > settings_.longest_silence)
        fail(ErrorKind::system, "the helper over there was silent for {} s",
             settings_.longest_silence / std::chrono::seconds(1));
      if (moment - asked < pause) continue;
      asked = moment;
      (void)channel_.send_if_free(ping);  // who sends something hears of it, too
    }
  } catch (const std::exception& error) {
    said_ += fmt::format("\n{}", error.what());
    ssh_.kill();
  }
  end_ssh();
  if (!closing_) ends_.gone(why_gone());
}

std::string SshLink::why_gone() {
  const auto said = trim(said_);
  if (said.empty()) return "the connection ended";
  return printable(said.substr(said.rfind('\n') + 1));
}

}  // namespace mlpipe
