#include "view/step_look.h"

#include <array>

namespace mlpipe {

namespace {

enum Position : std::size_t { plain, good, reused, bad, stopped, going };

constexpr std::array<StepLook, 6> looks{{
    {"plain", "#f6f8fa", "#6e7781", "#161b22", "#8b949e"},
    {"good", "#dafbe1", "#1a7f37", "#12331d", "#3fb950"},
    {"reused", "#ffffff", "#1a7f37", "#0d1117", "#3fb950", true},
    {"bad", "#ffebe9", "#cf222e", "#3c1618", "#f85149"},
    {"stopped", "#fff8c5", "#9a6700", "#332a0c", "#d29922"},
    {"going", "#ddf4ff", "#0969da", "#0c2d54", "#58a6ff"},
}};

Position position_of(const DrawnStep& step) {
  if (!step.status) return plain;
  switch (*step.status) {
    case Status::completed:
      return step.reused ? reused : good;
    case Status::failed:
    case Status::not_responding:
      return bad;
    case Status::canceled:
    case Status::cancel_requested:
    case Status::skipped:
      return stopped;
    case Status::not_started:
    case Status::queued:
    case Status::preparing:
    case Status::running:
    case Status::finalizing:
      return going;
  }
  return plain;
}

}  // namespace

const StepLook& look_of(const DrawnStep& step) { return looks.at(position_of(step)); }

std::span<const StepLook> all_looks() { return looks; }

}  // namespace mlpipe
