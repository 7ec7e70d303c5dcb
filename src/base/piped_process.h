#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"

namespace mlpipe {

/// A program that runs beside this one and is talked to through pipes; what a terminal sends to
/// this process (Ctrl-C) does not reach it. Ended and waited for by the destructor.
class PipedProcess {
 public:
  /// argv[0] is looked up in PATH; `environment` is the whole of it, "NAME=value" each. Throws
  /// Error(system) if it cannot be started.
  PipedProcess(const std::vector<std::string>& argv, const std::vector<std::string>& environment);
  ~PipedProcess();
  PipedProcess(const PipedProcess&) = delete;
  PipedProcess& operator=(const PipedProcess&) = delete;

  /// Its stdin. Taken by whoever writes to it; closing it is up to them.
  [[nodiscard]] Fd take_in() { return std::move(in_); }
  [[nodiscard]] const Fd& out() const { return out_; }
  [[nodiscard]] const Fd& err() const { return err_; }

  /// Wait for its end: its exit code, or 128 + signal. Once it was waited for, the same again.
  int wait();
  /// Only if it was not waited for yet.
  void kill() const;

 private:
  Fd in_;
  Fd out_;
  Fd err_;
  pid_t pid_ = 0;
  int code_ = 0;
};

}  // namespace mlpipe
