#pragma once

#include <optional>

namespace mlpipe {

/// Be a supervisor: run what the driver at the other end of the stream socket asks for, and leave
/// nothing behind when that driver is gone, however it went. Returns the exit code.
///
/// The calling process must be a small one of its own with a single thread (LocalTarget starts this
/// executable once more for it): it becomes the parent of all that its jobs leave behind.
int supervise(int socket);

/// To be called first of all in main(): if this process was started by LocalTarget to be a
/// supervisor ("supervise FD"), be one, and give the exit code; else nothing.
[[nodiscard]] std::optional<int> run_as_supervisor(int argc, char** argv);

}  // namespace mlpipe
