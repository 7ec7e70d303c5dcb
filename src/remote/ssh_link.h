#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "base/piped_process.h"
#include "remote/frame_channel.h"
#include "remote/known_objects.h"
#include "remote/object_transfer.h"
#include "remote/protocol.h"
#include "remote/ssh_command.h"

namespace mlpipe {

/// The helper program that is brought to other machines.
struct HelperImage {
  std::string_view bytes;
  std::string hash;  ///< Its name over there.
};

[[nodiscard]] HelperImage helper_image(std::string_view bytes);

/// One connection to one machine, with a helper at the other end.
class SshLink {
 public:
  struct Ends {
    std::function<void(const HelperNews&)> news;  ///< On a thread of the link's.
    /// The connection is gone, and why; the last call, unless the link is destroyed.
    std::function<void(const std::string&)> gone;
    const std::atomic<bool>* stop = nullptr;  ///< Once it is true, open() gives up.
  };

  /// Log in, bring the helper if it is not there, and hear its greeting. Takes as long as that
  /// takes: a minute at most, but for bringing it. Throws Error(system) that says what to do.
  [[nodiscard]] static std::unique_ptr<SshLink> open(const SshSettings& settings,
                                                     const HelperImage& helper,
                                                     const std::string& workspace,
                                                     const Ends& ends);
  ~SshLink();
  SshLink(const SshLink&) = delete;
  SshLink& operator=(const SshLink&) = delete;

  [[nodiscard]] const Greeting& greeting() const { return greeting_; }
  [[nodiscard]] KnownObjects& known() { return known_; }
  /// It was not there before.
  [[nodiscard]] bool has_brought_helper() const { return has_brought_helper_; }
  /// From any thread. False if the connection is gone.
  bool send(std::string_view frame) { return channel_.send(frame); }
  /// From any thread, without waiting: false if it has to wait, or the connection is gone.
  [[nodiscard]] bool send_if_free(std::string_view frame) { return channel_.send_if_free(frame); }
  /// End it at once. Any thread.
  void cut() { ssh_.kill(); }
  bool send(RequestId request, const ObjectPiece& piece) {
    return send_piece(channel_, request, piece);
  }

 private:
  struct HelperMissing {};

  /// Throws HelperMissing if it is to be brought first.
  SshLink(const SshSettings& settings, const std::string& command, Ends ends, bool may_bring);

  void hear_greeting();
  void hear_version(std::string_view version) const;
  [[nodiscard]] std::optional<std::size_t> read_some(std::span<char> into, int timeout_ms);
  void read_what_is_said();
  void end_ssh();
  [[noreturn]] void fail_to_start();
  void listen();
  [[nodiscard]] std::string why_gone();

  SshSettings settings_;
  Ends ends_;
  bool may_bring_;  ///< The helper, once more if it cannot be started.
  PipedProcess ssh_;
  FrameChannel channel_;
  FrameReader frames_;
  Greeting greeting_;
  KnownObjects known_;
  bool has_brought_helper_ = false;
  bool err_open_ = true;
  std::string said_;  ///< By ssh and all over there, on stderr: the end of it.
  std::atomic<bool> closing_ = false;
  std::jthread listener_;
};

}  // namespace mlpipe
