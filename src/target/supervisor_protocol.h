#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "target/target.h"

namespace mlpipe {

/// What a driver says to its supervisor: run a job, or end one.
struct SubmitJob {
  Job job;
};
struct CancelJob {
  JobId job;
  bool at_once = false;
};
using SupervisorCommand = std::variant<SubmitJob, CancelJob>;

/// The bytes on the socket are not of this protocol: a bug, or not our peer.
struct ProtocolError : std::runtime_error {
  explicit ProtocolError(const std::string& what)
      : std::runtime_error("a bug in mlpipe, between it and its process that starts steps: " +
                           what) {}
};

/// One frame each, ready to be sent (the format is described in the source file). Throw
/// ProtocolError for what is longer than a frame may be (64 MiB; no kernel takes such arguments).
[[nodiscard]] std::string encode(const SubmitJob& command);
[[nodiscard]] std::string encode(const CancelJob& command);
[[nodiscard]] std::string encode(const JobEvent& event);

/// Makes frames of bytes that come in pieces of any size.
class FrameReader {
 public:
  void add(std::string_view bytes);

  /// The next whole frame (without its length), valid until the next call of add(); nothing if
  /// there is none yet. Throws ProtocolError for a length no frame has.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  std::string bytes_;
  std::size_t start_ = 0;  ///< What lies before was given out.
};

/// What a frame says. Throw ProtocolError for anything encode() does not make.
[[nodiscard]] SupervisorCommand decode_command(std::string_view frame);
[[nodiscard]] JobEvent decode_event(std::string_view frame);

}  // namespace mlpipe
