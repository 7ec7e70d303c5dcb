// mlpipe endpoint set-default, enable, disable, archive, restore, update, delete-version, delete.
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/endpoint_json.h"
#include "cli/json_text.h"
#include "cli/opened_endpoints.h"
#include "cli/requests.h"
#include "engine/unfinished_runs.h"
#include "registry/schedules.h"

namespace mlpipe {

namespace {

/// Tell how it is now.
int tell(const Arguments& arguments, OpenedEndpoints& opened, bool changed,
         const std::string& sentence) {
  if (arguments.json) {
    auto document = endpoint_json(opened.endpoints.get(arguments.endpoint));
    document["changed"] = changed;
    fmt::print("{}\n", json_document(document));
  } else {
    fmt::print("{}{}\n", sentence, changed ? "" : " already: nothing was changed");
  }
  return 0;
}

/// Schedules that submit to an endpoint that takes no submits fail each time.
void warn_of_schedules(const Arguments& arguments, OpenedEndpoints& opened) {
  const auto names = Schedules(opened.history).names_that_submit(arguments.endpoint);
  if (!names.empty())
    fmt::print(stderr, "warning: {} {} to it, which will fail: {}\n",
               counted(names.size(), "schedule"), names.size() == 1 ? "submits" : "submit",
               fmt::join(names, ", "));
}

}  // namespace

int set_default_version_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const bool changed = opened.endpoints.set_default(arguments.endpoint, arguments.endpoint_version);
  return tell(arguments, opened, changed,
              fmt::format("version {} is the default of the endpoint '{}'",
                          arguments.endpoint_version, arguments.endpoint));
}

int enable_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const bool changed = opened.endpoints.set_enabled(arguments.endpoint, true);
  return tell(arguments, opened, changed,
              fmt::format("the endpoint '{}' is enabled", arguments.endpoint));
}

int disable_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const bool changed = opened.endpoints.set_enabled(arguments.endpoint, false);
  warn_of_schedules(arguments, opened);
  return tell(arguments, opened, changed,
              fmt::format("the endpoint '{}' is disabled", arguments.endpoint));
}

int archive_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const bool changed = opened.endpoints.set_archived(arguments.endpoint, true);
  warn_of_schedules(arguments, opened);
  return tell(arguments, opened, changed,
              fmt::format("the endpoint '{}' is archived", arguments.endpoint));
}

int restore_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const bool changed = opened.endpoints.set_archived(arguments.endpoint, false);
  return tell(arguments, opened, changed,
              fmt::format("the endpoint '{}' is {}", arguments.endpoint,
                          changed ? "there again" : "not archived"));
}

int update_endpoint_command(const Arguments& arguments) {
  const auto notifications = changed_notifications(arguments);
  if (arguments.description.empty() && arguments.most_runs < 0 && !notifications)
    fail(ErrorKind::usage,
         "nothing is to be changed: give --description, --max-concurrent-runs, --on-success or "
         "--on-failure");
  if (!is_utf8(arguments.description))
    fail(ErrorKind::usage, "--description '{}' is not UTF-8", printable(arguments.description));
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  if (!arguments.description.empty())
    opened.endpoints.set_description(arguments.endpoint, arguments.description);
  if (notifications) opened.endpoints.set_notifications(arguments.endpoint, *notifications);
  if (arguments.most_runs >= 0)
    opened.endpoints.set_max_concurrent_runs(
        arguments.endpoint,
        arguments.most_runs == 0 ? std::nullopt : std::optional(arguments.most_runs));
  return tell(arguments, opened, true,
              fmt::format("the endpoint '{}' is changed", arguments.endpoint));
}

int delete_version_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const auto endpoint = opened.endpoints.get(arguments.endpoint);
  const auto number = opened.endpoints.version(endpoint, arguments.endpoint_version).number;
  const auto scheduled = Schedules(opened.history)
                             .names_that_submit(endpoint.name, std::to_string(number),
                                                number == endpoint.default_version);
  if (!scheduled.empty())
    fail(ErrorKind::usage,
         "version {} of the endpoint '{}' cannot be deleted: the schedule '{}' submits it",
         arguments.endpoint_version, arguments.endpoint, scheduled.front());
  opened.endpoints.delete_version(arguments.endpoint, arguments.endpoint_version);
  return tell(arguments, opened, true,
              fmt::format("version {} of the endpoint '{}' is deleted", arguments.endpoint_version,
                          arguments.endpoint));
}

int delete_endpoint_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  // A run whose driver was killed has ended.
  close_dead_runs(opened.history, LiveRuns(opened.state.run_locks(), LockFile::OnlyLook{}));
  const auto endpoint = opened.endpoints.get(arguments.endpoint);
  opened.endpoints.remove(endpoint.name);
  if (arguments.json) {
    auto document = endpoint_json(endpoint);
    document["changed"] = true;
    fmt::print("{}\n", json_document(document));
  } else {
    fmt::print("the endpoint '{}' is deleted; its runs stay\n", endpoint.name);
  }
  return 0;
}

}  // namespace mlpipe
