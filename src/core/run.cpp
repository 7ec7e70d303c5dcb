#include "core/run.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mlpipe {

namespace {

constexpr std::array<std::pair<Status, std::string_view>, 11> names = {{
    {Status::not_started, "NotStarted"},
    {Status::queued, "Queued"},
    {Status::preparing, "Preparing"},
    {Status::running, "Running"},
    {Status::finalizing, "Finalizing"},
    {Status::completed, "Completed"},
    {Status::failed, "Failed"},
    {Status::cancel_requested, "CancelRequested"},
    {Status::canceled, "Canceled"},
    {Status::not_responding, "NotResponding"},
    {Status::skipped, "Skipped"},
}};

}  // namespace

std::string_view to_text(Status status) {
  for (const auto& [value, name] : names)
    if (value == status) return name;
  return "";
}

std::optional<Status> parse_status(std::string_view text) {
  for (const auto& [value, name] : names)
    if (name == text) return value;
  return std::nullopt;
}

Notification::When outcome_of(Status status) {
  return status == Status::completed ? Notification::When::success : Notification::When::failure;
}

bool is_final(Status status) {
  switch (status) {
    case Status::completed:
    case Status::failed:
    case Status::canceled:
    case Status::not_responding:
    case Status::skipped:
      return true;
    case Status::not_started:
    case Status::queued:
    case Status::preparing:
    case Status::running:
    case Status::finalizing:
    case Status::cancel_requested:
      return false;
  }
  return false;
}

std::string short_message(std::string_view message) {
  constexpr std::size_t long_enough = 40;  // "could not be started: …" says too little without
  auto line = message.substr(0, message.find('\n'));
  if (const auto colon = line.find(": ", std::min(line.size(), long_enough));
      colon != std::string_view::npos)
    line = line.substr(0, colon);
  return std::string(line);
}

}  // namespace mlpipe
