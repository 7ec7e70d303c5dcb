#include "core/notification.h"

#include "spec_folder.h"

namespace mlpipe {

namespace {

using Catch::Matchers::Contains;

std::vector<Notification> told_by(const std::string& keys,
                                  const PipelineOverrides& overrides = {}) {
  return SpecFolder(keys + "\nsteps: {a: {command: date}}\n").read(overrides).notifications;
}

std::string problem_of(const std::string& keys) {
  return error_of(keys + "\nsteps: {a: {command: date}}\n");
}

Notification told_command(Notification::When when, std::string target) {
  return {.when = when, .kind = Notification::Kind::command, .target = std::move(target)};
}

Notification told_webhook(Notification::When when, std::string target) {
  return {.when = when, .kind = Notification::Kind::webhook, .target = std::move(target)};
}

using Told = std::vector<Notification>;

}  // namespace

TEST_CASE("on_success and on_failure take a command, an address, a map and lists of these") {
  CHECK(told_by("name: p").empty());
  CHECK(told_by("on_failure: notify-send failed") ==
        Told{told_command(Notification::When::failure, "notify-send failed")});
  CHECK(told_by("on_success: https://host/a") ==
        Told{told_webhook(Notification::When::success, "https://host/a")});
  CHECK(told_by("on_success: {webhook: '${HOOK}'}") ==
        Told{told_webhook(Notification::When::success, "${HOOK}")});
  CHECK(told_by("on_success: {command: 'https://host/a', webhook: }") ==
        Told{told_command(Notification::When::success, "https://host/a")});
  CHECK(told_by("on_failure: [true, {webhook: 'http://h/'}, https://h/b]\non_success: date") ==
        Told{told_command(Notification::When::success, "date"),
             told_command(Notification::When::failure, "true"),
             told_webhook(Notification::When::failure, "http://h/"),
             told_webhook(Notification::When::failure, "https://h/b")});
  CHECK(told_by("on_failure:\non_success: []").empty());
}

TEST_CASE("parameters stand in a notification, variables of the environment stay for later") {
  CHECK(told_by("parameters: {who: me}\non_failure: mail ${{parameters.who}} ${SUBJECT}") ==
        Told{told_command(Notification::When::failure, "mail me ${SUBJECT}")});
  CHECK(told_by("parameters: {who: me}\non_failure: mail ${{parameters.who}}",
                {.parameters = {{"who", "you"}}}) ==
        Told{told_command(Notification::When::failure, "mail you")});
  CHECK(told_by("on_failure: date", {.settings = {{"on_failure", "https://h/x"}}}) ==
        Told{told_webhook(Notification::When::failure, "https://h/x")});
}

TEST_CASE("an Azure ML pipeline may have notifications, too") {
  const SpecFolder folder("type: pipeline\non_failure: date\njobs: {a: {command: date}}\n");
  CHECK(folder.read().notifications == Told{told_command(Notification::When::failure, "date")});
}

TEST_CASE("what is no notification is refused with its place") {
  CHECK_THAT(problem_of("on_failure: ' '"),
             Contains("p.yaml:1:13: error: 'on_failure' is empty") && Contains("{webhook: ...}"));
  CHECK_THAT(problem_of("on_failure: https:///a"),
             Contains("the webhook of 'on_failure' is no address: it names no host"));
  CHECK_THAT(problem_of("on_failure: {webhook: me@host}"),
             Contains("neither http:// nor https://") && Contains("'${NAME}'"));
  CHECK_THAT(problem_of("on_failure: https://h/a b"), Contains("there is a blank in it"));
  CHECK_THAT(problem_of("on_success: {command: a, webhook: 'https://h/'}"),
             Contains("'on_success' has both 'command' and 'webhook'"));
  CHECK_THAT(problem_of("on_success: {command: }"),
             Contains("'on_success' does not say whom to tell"));
  CHECK_THAT(problem_of("on_success: {}"), Contains("does not say whom to tell"));
  CHECK_THAT(problem_of("on_success: {comand: a}"),
             Contains("unknown key 'comand' in 'on_success' (did you mean 'command'"));
  CHECK_THAT(problem_of("on_success: [a, [b]]"), Contains("'on_success' has a list in its list"));
  CHECK_THAT(problem_of("on_success: [a, ]\non_failure: [~]"),
             Contains("p.yaml:2:14: error: 'on_failure' has nothing in its list"));
  CHECK_THAT(problem_of("on_success: {command: [a]}"), Contains("'on_success.command'"));
}

}  // namespace mlpipe
