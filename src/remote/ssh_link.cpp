#include "remote/ssh_link.h"

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

constexpr std::size_t most_said = std::size_t{16} << 10U;
constexpr std::size_t longest_banner = std::size_t{1} << 20U;
constexpr std::chrono::seconds longest_greeting{60};

/// Bring the helper over.
void push_helper(const SshSettings& settings, const HelperImage& helper) {
  const auto result =
      run_process({.argv = ssh_command(
                       settings, push_helper_command(settings, helper.hash, helper.bytes.size())),
                   .work_directory = "/",
                   .environment = {},
                   .stdin_text = std::string(helper.bytes),
                   .timeout = std::chrono::minutes(10)});
  if (!result.ok())
    throw Error(ErrorKind::system, connection_problem(settings, result.exit_code, result.err));
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
    return std::unique_ptr<SshLink>(new SshLink(settings, command, ends));
  } catch (const HelperMissing&) {
    push_helper(settings, helper);
  }
  try {
    std::unique_ptr<SshLink> link(new SshLink(settings, command, ends));
    link->has_brought_helper_ = true;
    return link;
  } catch (const HelperMissing&) {
    fail(ErrorKind::system,
         "compute target '{}': the helper was brought to '{}', and is not there: see that programs "
         "can be started in the folder of `root:` ({})",
         settings.target, printable(settings.host), printable(settings.root));
  }
}

SshLink::SshLink(const SshSettings& settings, const std::string& command, Ends ends)
    : settings_(settings),
      ends_(std::move(ends)),
      ssh_(ssh_command(settings, command)),
      channel_(ssh_.take_in()) {
  hear_greeting();
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
  bool marked = false;
  for (;;) {
    std::string bytes;
    const auto read = read_some(bytes, 1000);
    if (read == Read::end) fail_to_start();
    if (read == Read::nothing_yet && std::chrono::steady_clock::now() > limit) {
      said_ += "\nit timed out";
      fail_to_start();
    }
    if (!marked) {
      seen += bytes;
      const auto mark = seen.find(helper_mark);
      const auto end = mark == std::string::npos ? mark : seen.find('\n', mark);
      if (end == std::string::npos) {
        if (seen.size() > longest_banner) fail_to_start();
        continue;
      }
      marked = true;
      const auto version = std::string_view(seen).substr(mark + helper_mark.size());
      if (version.substr(0, version.find('\n')) != std::to_string(remote_protocol_version))
        fail(ErrorKind::system,
             "compute target '{}': the helper over there speaks another version of the protocol: "
             "`helper:` must name one of this mlpipe",
             settings_.target);
      bytes = seen.substr(end + 1);
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

/// What comes on stdout is added to `out`; stderr is kept for messages.
SshLink::Read SshLink::read_some(std::string& out, int timeout_ms) {
  std::array<pollfd, 2> what{
      {{ssh_.out().get(), POLLIN, 0}, {err_open_ ? ssh_.err().get() : -1, POLLIN, 0}}};
  if (::poll(what.data(), what.size(), timeout_ms) <= 0) return Read::nothing_yet;
  if (what[1].revents != 0) read_what_is_said();
  if (what[0].revents == 0) return Read::nothing_yet;
  std::array<char, std::size_t{64} << 10U> buffer;  // NOLINT(*-member-init)
  const auto got = ::read(ssh_.out().get(), buffer.data(), buffer.size());
  if (got < 0) return errno == EINTR ? Read::nothing_yet : Read::end;
  if (got == 0) return Read::end;
  out.append(buffer.data(), static_cast<std::size_t>(got));
  return Read::some;
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
  if (code == helper_missing) throw HelperMissing();
  throw Error(ErrorKind::system, connection_problem(settings_, code, said_));
}

void SshLink::listen() {
  std::string bytes;
  try {
    for (;;) {
      while (const auto frame = frames_.next()) ends_.news(decode_helper_news(*frame));
      bytes.clear();
      const auto read = read_some(bytes, -1);
      if (read == Read::end) break;
      frames_.add(bytes);
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
