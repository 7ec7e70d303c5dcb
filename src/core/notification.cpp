#include "core/notification.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "base/url.h"

namespace mlpipe {

namespace {

bool begins_with_variable(std::string_view text) {
  if (!text.starts_with("${")) return false;
  const auto name = text.substr(2, text.find('}') - 2);
  return text.find('}') != std::string_view::npos && !name.empty() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z');
         });
}

std::optional<Notification> decode_one(const nlohmann::json& value) {
  const auto when = parse_when(text_in(value, "when"));
  const auto kind = parse_notification_kind(text_in(value, "kind"));
  auto target = text_in(value, "target");
  if (!when || !kind || target.empty()) return std::nullopt;
  return Notification{.when = *when, .kind = *kind, .target = std::move(target)};
}

}  // namespace

std::string_view to_text(Notification::When when) {
  return when == Notification::When::success ? "success" : "failure";
}

std::optional<Notification::When> parse_when(std::string_view text) {
  if (text == "success") return Notification::When::success;
  if (text == "failure") return Notification::When::failure;
  return std::nullopt;
}

std::string_view to_text(Notification::Kind kind) {
  return kind == Notification::Kind::command ? "command" : "webhook";
}

std::optional<Notification::Kind> parse_notification_kind(std::string_view text) {
  if (text == "command") return Notification::Kind::command;
  if (text == "webhook") return Notification::Kind::webhook;
  return std::nullopt;
}

Notification notification_of(Notification::When when, std::string_view text) {
  const auto kind =
      is_http_url(trim(text)) ? Notification::Kind::webhook : Notification::Kind::command;
  return {.when = when,
          .kind = kind,
          .target = std::string(kind == Notification::Kind::webhook ? trim(text) : text)};
}

std::string webhook_problem(std::string_view target) {
  if (!is_http_url(target) && !begins_with_variable(target))
    return "is no address: it begins with neither http:// nor https://";
  if (std::any_of(target.begin(), target.end(), [](unsigned char c) { return c <= ' '; }))
    return "is no address: there is a blank in it";
  if (is_http_url(target)) {
    const auto rest = target.substr(target.find("://") + 3);
    if (rest.empty() || std::string_view("/?#").find(rest.front()) != std::string_view::npos)
      return "is no address: it names no host";
  }
  return {};
}

std::string shown_target(const Notification& notification) {
  const std::string_view target = notification.target;
  if (notification.kind == Notification::Kind::command) return std::string(target);
  if (is_http_url(target))
    return lower_case(target.substr(0, target.find(':'))) + "://" + url_host(target) + "/…";
  // ${NAME}: what it stands for is not known here, what follows it may be a secret.
  const auto end = std::min(target.find('}'), target.size() - 1) + 1;
  return std::string(target.substr(0, end)) + (end < target.size() ? "…" : "");
}

std::string encode(const std::vector<Notification>& notifications) {
  auto list = nlohmann::json::array();
  for (const auto& each : notifications)
    list.push_back(
        {{"when", to_text(each.when)}, {"kind", to_text(each.kind)}, {"target", each.target}});
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<std::vector<Notification>> decode_notifications(std::string_view text) {
  const auto list = parse_json(text);
  if (!list.is_array()) return std::nullopt;
  std::vector<Notification> notifications;
  for (const auto& value : list) {
    auto one = decode_one(value);
    if (!one) return std::nullopt;
    notifications.push_back(std::move(*one));
  }
  return notifications;
}

}  // namespace mlpipe
