#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "target/frame.h"
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

/// One frame each, ready to be sent (the format is described in the source file). Throw
/// ProtocolError for what is longer than a frame may be (64 MiB; no kernel takes such arguments).
[[nodiscard]] std::string encode(const SubmitJob& command);
[[nodiscard]] std::string encode(const CancelJob& command);
[[nodiscard]] std::string encode(const JobEvent& event);

/// What a frame says. Throw ProtocolError for anything encode() does not make.
[[nodiscard]] SupervisorCommand decode_command(std::string_view frame);
[[nodiscard]] JobEvent decode_event(std::string_view frame);

}  // namespace mlpipe
