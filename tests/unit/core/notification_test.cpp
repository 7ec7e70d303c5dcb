#include "core/notification.h"

#include "core/run.h"
#include "support/catch.h"

namespace mlpipe {

TEST_CASE("a text that is an address is a webhook, any other one a command") {
  CHECK(notification_of(Notification::When::failure, " HTTPS://host/a ") ==
        Notification{.when = Notification::When::failure,
                     .kind = Notification::Kind::webhook,
                     .target = "HTTPS://host/a"});
  CHECK(notification_of(Notification::When::success, "curl https://host").kind ==
        Notification::Kind::command);
  CHECK(notification_of(Notification::When::success, "${HOOK}").kind ==
        Notification::Kind::command);
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
  const auto shown = [](Notification::Kind kind, std::string target) {
    return shown_target(
        {.when = Notification::When::failure, .kind = kind, .target = std::move(target)});
  };
  CHECK(shown(Notification::Kind::webhook, "https://hooks.host/services/SECRET") ==
        "https://hooks.host/…");
  CHECK(shown(Notification::Kind::webhook, "HTTP://user:SECRET@host:81/?token=SECRET") ==
        "http://host:81/…");
  CHECK(shown(Notification::Kind::webhook, "${HOOK}") == "${HOOK}");
  CHECK(shown(Notification::Kind::webhook, "${HOST}/SECRET") == "${HOST}…");
  CHECK(shown(Notification::Kind::command, "mail me") == "mail me");
}

TEST_CASE("notifications are the same after they were written and read as JSON") {
  const std::vector<Notification> all = {{.when = Notification::When::success,
                                          .kind = Notification::Kind::command,
                                          .target = "echo \"ä\"\n"},
                                         {.when = Notification::When::failure,
                                          .kind = Notification::Kind::webhook,
                                          .target = "${HOOK}"}};
  CHECK(decode_notifications(encode(all)) == all);
  CHECK(decode_notifications("[]") == std::vector<Notification>{});
  for (const auto* bad : {"", "{}", "null", "[1]", R"([{"when":"success","kind":"command"}])",
                          R"([{"when":"never","kind":"command","target":"a"}])",
                          R"([{"when":"success","kind":"post","target":"a"}])",
                          R"([{"when":1,"kind":2,"target":3}])"})
    CHECK_FALSE(decode_notifications(bad));
}

TEST_CASE("a run that did not complete failed, whatever ended it") {
  CHECK(outcome_of(Status::completed) == Notification::When::success);
  for (const auto status : {Status::failed, Status::canceled, Status::not_responding})
    CHECK(outcome_of(status) == Notification::When::failure);
}

}  // namespace mlpipe
