#pragma once

#include "cli/terminal.h"
#include "core/run.h"

namespace mlpipe {

/// The colour of a status wherever people see it.
[[nodiscard]] inline Colour colour_of(Status status) {
  switch (status) {
    case Status::completed:
      return Colour::green;
    case Status::failed:
    case Status::not_responding:
      return Colour::red;
    case Status::canceled:
    case Status::cancel_requested:
    case Status::skipped:
      return Colour::yellow;
    case Status::not_started:
    case Status::queued:
    case Status::preparing:
    case Status::running:
    case Status::finalizing:
      return Colour::blue;
  }
  return Colour::plain;
}

}  // namespace mlpipe
