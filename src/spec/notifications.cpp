#include "spec/notifications.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr const char* what_is_expected =
    "expected a command, an http(s) address, or {command: ...} or {webhook: ...}";

/// Reads the value of one key.
class NotificationReader {
 public:
  NotificationReader(const Fields& fields, Notification::When when, Resolver& resolver,
                     Problems& problems)
      : spelling_(fields.spelling()),
        when_(when),
        key_(when == Notification::When::success ? "on_success" : "on_failure"),
        resolver_(resolver),
        problems_(problems) {}

  std::vector<Notification> read(const YamlValue& value) {
    std::vector<Notification> found;
    if (!value.is_sequence()) {
      add(value, found);
      return found;
    }
    for (const auto* item : value.items) {
      if (item->is_sequence() || item->is_null())
        problems_.error(item->mark, fmt::format("'{}' has {} in its list", key_, kind_name(*item)),
                        what_is_expected);
      else
        add(*item, found);
    }
    return found;
  }

 private:
  void add(const YamlValue& value, std::vector<Notification>& found) {
    auto notification = value.is_map() ? from_map(value) : from_text(value, key_, std::nullopt);
    if (notification) found.push_back(std::move(*notification));
  }

  std::optional<Notification> from_map(const YamlValue& value) {
    const Fields fields(value, Place::notification, spelling_, fmt::format("'{}'", key_),
                        problems_);
    const auto* command = fields.find("command");
    const auto* webhook = fields.find("webhook");
    if (command != nullptr && webhook != nullptr) {
      problems_.error(webhook->mark,
                      fmt::format("'{}' has both 'command' and 'webhook' in one map", key_),
                      "a list may have each: [{command: ...}, {webhook: ...}]");
      return std::nullopt;
    }
    if (command != nullptr)
      return from_text(*command, key_ + ".command", Notification::Kind::command);
    if (webhook != nullptr)
      return from_text(*webhook, key_ + ".webhook", Notification::Kind::webhook);
    if (!fields.has_unknown())
      problems_.error(value.mark, fmt::format("'{}' does not say whom to tell", key_),
                      what_is_expected);
    return std::nullopt;
  }

  std::optional<Notification> from_text(const YamlValue& value, const std::string& name,
                                        std::optional<Notification::Kind> kind) {
    const auto text = resolver_.text(value, fmt::format("'{}'", name));
    if (!text) return std::nullopt;
    if (trim(*text).empty()) {
      problems_.error(value.mark, fmt::format("'{}' is empty", name), what_is_expected);
      return std::nullopt;
    }
    auto notification = notification_of(when_, *text);
    if (kind) notification.kind = *kind;
    if (notification.kind != Notification::Kind::webhook) return notification;
    notification.target = trim(*text);
    if (const auto problem = webhook_problem(notification.target); !problem.empty()) {
      problems_.error(value.mark, fmt::format("the webhook of '{}' {}", key_, problem),
                      "expected https://HOST/..., or a variable that holds it: '${NAME}'");
      return std::nullopt;
    }
    return notification;
  }

  Spelling spelling_;
  Notification::When when_;
  std::string key_;
  Resolver& resolver_;
  Problems& problems_;
};

}  // namespace

std::vector<Notification> read_notifications(const Fields& fields, Resolver& resolver,
                                             Problems& problems) {
  std::vector<Notification> all;
  for (const auto when : {Notification::When::success, Notification::When::failure}) {
    const auto* value =
        fields.find(when == Notification::When::success ? "on_success" : "on_failure");
    if (value == nullptr) continue;
    for (auto& each : NotificationReader(fields, when, resolver, problems).read(*value))
      all.push_back(std::move(each));
  }
  return all;
}

}  // namespace mlpipe
