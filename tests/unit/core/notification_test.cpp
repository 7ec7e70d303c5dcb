#include "core/notification.h"

#include "core/run.h"
#include "support/catch.h"

namespace mlpipe {

using When = Notification::When;
using Kind = Notification::Kind;

TEST_CASE("a text that is an address is a webhook, any other one a command") {
  CHECK(notification_of(When::failure, " HTTPS://host/a ") ==
        Notification{.when = When::failure, .kind = Kind::webhook, .target = "HTTPS://host/a"});
  CHECK(notification_of(When::success, "curl https://host").kind == Kind::command);
  CHECK(notification_of(When::success, "${HOOK}").kind == Kind::command);
}

TEST_CASE("the address of a webhook begins with http, https or a variable") {
  for (const auto* good : {"http://h", "https://h/a?b=c", "Http://u:p@h:8080/", "${HOOK}",
                           "${HOST_1}/path", "https://${HOST}/x"})
    CHECK(webhook_problem(good).empty());
  for (const auto* bad : {"", "host/a", "ftp://h/", "https://", "https:///a", "http://?a", "$HOOK",
                          "${}", "${HOOK", "${A-B}", "https://h/a b", "https://h/\n"})
    CHECK_FALSE(webhook_problem(bad).empty());
}

TEST_CASE("of an address the host alone is shown, a command as it is") {
  const auto shown = [](Kind kind, std::string target) {
    return shown_target({.when = When::failure, .kind = kind, .target = std::move(target)});
  };
  CHECK(shown(Kind::webhook, "https://hooks.host/services/SECRET") == "https://hooks.host/…");
  CHECK(shown(Kind::webhook, "HTTP://user:SECRET@host:81/?token=SECRET") == "http://host:81/…");
  CHECK(shown(Kind::webhook, "${HOOK}") == "${HOOK}");
  CHECK(shown(Kind::webhook, "${HOST}/SECRET") == "${HOST}…");
  CHECK(shown(Kind::command, "mail me") == "mail me");
}

TEST_CASE("notifications are the same after they were written and read as JSON") {
  const std::vector<Notification> all = {
      {.when = When::success, .kind = Kind::command, .target = "echo \"ä\"\n"},
      {.when = When::failure, .kind = Kind::webhook, .target = "${HOOK}"}};
  CHECK(decode_notifications(encode(all)) == all);
  CHECK(decode_notifications("[]") == std::vector<Notification>{});
  for (const auto* bad : {"", "{}", "null", "[1]", R"([{"when":"success","kind":"command"}])",
                          R"([{"when":"never","kind":"command","target":"a"}])",
                          R"([{"when":"success","kind":"post","target":"a"}])",
                          R"([{"when":1,"kind":2,"target":3}])"})
    CHECK_FALSE(decode_notifications(bad));
}

TEST_CASE("a run that did not complete failed, whatever ended it") {
  CHECK(outcome_of(Status::completed) == When::success);
  for (const auto status : {Status::failed, Status::canceled, Status::not_responding})
    CHECK(outcome_of(status) == When::failure);
}

}  // namespace mlpipe
