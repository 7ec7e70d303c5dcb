#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>

#include "base/clock.h"
#include "base/http_post.h"
#include "base/process.h"
#include "engine/step_environment.h"
#include "history/history.h"

namespace mlpipe {

/// How long a notification waits before each of its attempts, from the end of the one before. One
/// that the last of them does not get to its receiver is given up.
inline constexpr std::array<std::chrono::seconds, 5> delivery_delays = {
    std::chrono::seconds{0}, std::chrono::seconds{5}, std::chrono::seconds{30},
    std::chrono::minutes{2}, std::chrono::minutes{10}};

/// What an attempt may take.
inline constexpr std::chrono::seconds command_time{60};
inline constexpr std::chrono::seconds webhook_time{15};

/// What deliver_notifications() works with.
struct Delivery {
  History& history;
  std::filesystem::path workspace;  ///< Where commands run; absolute.
  Variables environment;            ///< Of commands, and for `${NAME}` in addresses.
  Clock clock;
  std::function<void(Duration)> sleep;
  RunProcess run_command;
  PostJson post;
  std::function<bool()> goes_on;  ///< Asked while there is nothing to do but wait.
};

/// Sends what is due, one after the other, and waits for what is due later, until nothing is left
/// or `goes_on` says no. Each is sent at least once: what was sent is marked so afterwards. The
/// attempt is counted before it is made, so that one that ends this process is not made for ever.
/// For one process of a workspace at a time. Throws Error(system) only if the history cannot be
/// used.
void deliver_notifications(const Delivery& delivery);

}  // namespace mlpipe
