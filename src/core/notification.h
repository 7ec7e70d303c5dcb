#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// Whom a run's end is told, and when.
struct Notification {
  enum class When { success, failure };  ///< Failure: anything but Completed.
  enum class Kind { command, webhook };

  When when = When::failure;
  Kind kind = Kind::command;
  /// A command for bash, or an address. As it was written: `${NAME}` is replaced from the
  /// environment when it is used, so that what is a secret need not be kept.
  std::string target;

  bool operator==(const Notification&) const = default;
};

/// "success", "failure"
[[nodiscard]] std::string_view to_text(Notification::When when);
[[nodiscard]] std::optional<Notification::When> parse_when(std::string_view text);
/// "command", "webhook"
[[nodiscard]] std::string_view to_text(Notification::Kind kind);
[[nodiscard]] std::optional<Notification::Kind> parse_notification_kind(std::string_view text);

/// What a text alone means: an http(s) address is a webhook, anything else a command.
[[nodiscard]] Notification notification_of(Notification::When when, std::string_view text);

/// Why `target` cannot be the address of a webhook, as the end of a sentence that begins with it;
/// "" if it can: it begins with http://, https:// or `${NAME}`.
[[nodiscard]] std::string webhook_problem(std::string_view target);

/// The target for people: a command as it is, of an address the host alone ("https://host/…"),
/// since the rest is most often what lets anybody write there.
[[nodiscard]] std::string shown_target(const Notification& notification);

/// JSON: a list of objects; decode gives nothing for anything else.
[[nodiscard]] std::string encode(const std::vector<Notification>& notifications);
[[nodiscard]] std::optional<std::vector<Notification>> decode_notifications(std::string_view text);

}  // namespace mlpipe
