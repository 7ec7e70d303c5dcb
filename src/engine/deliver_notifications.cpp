#include "engine/deliver_notifications.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "engine/notification_event.h"

namespace mlpipe {

namespace {

/// How often to look whether another run has ended meanwhile.
constexpr std::chrono::seconds look_for_others{1};
constexpr std::size_t longest_error = 300;

/// The last line that is not empty.
std::string last_line(const std::string& text) {
  std::string_view last;
  for (const auto line : split(text, '\n'))
    if (!trim(line).empty()) last = trim(line);
  return printable(last.substr(0, longest_error));
}

/// With the values of the variables that it names.
std::string with_variables(std::string_view target, const Variables& environment) {
  std::string whole;
  while (!target.empty()) {
    const auto begin = target.find("${");
    const auto end = begin == std::string_view::npos ? begin : target.find('}', begin);
    if (end == std::string_view::npos) break;
    const std::string name(target.substr(begin + 2, end - begin - 2));
    const auto found = environment.find(name);
    if (found == environment.end())
      fail(ErrorKind::system, "the environment variable {} is not set, which its address needs",
           printable(name));
    whole.append(target.substr(0, begin)).append(trim(found->second));
    target.remove_prefix(end + 1);
  }
  return whole.append(target);
}

void run_command(const Delivery& delivery, const std::string& command, const RunRecord& run,
                 const std::string& event) {
  auto environment = delivery.environment;
  environment["MLPIPE_RUN_ID"] = run.id;
  environment["MLPIPE_STATUS"] = to_text(run.status);
  const auto result = delivery.run_command({.argv = {"/bin/bash", "-c", command},
                                            .work_directory = delivery.workspace,
                                            .environment = as_list(environment),
                                            .stdin_text = event + "\n",
                                            .timeout = command_time,
                                            .output_limit = 0});
  if (result.timed_out)
    fail(ErrorKind::system, "it did not end within {} s, and was ended", command_time.count());
  if (result.ok()) return;
  const auto said = last_line(result.err);
  fail(ErrorKind::system, "exit code {}{}{}", result.exit_code, said.empty() ? "" : ": ", said);
}

void post_event(const Delivery& delivery, const std::string& target, std::string event) {
  const auto url = with_variables(target, delivery.environment);
  if (!is_http_url(url) || !webhook_problem(url).empty())
    fail(ErrorKind::system,
         "what the environment variable in its address holds is no http(s) address");
  delivery.post({.url = url, .body = std::move(event), .timeout = webhook_time});
}

void send_once(const Delivery& delivery, const NotificationRecord& record) {
  const auto run = delivery.history.find_run(delivery.history.run_id(record.run));
  auto event =
      notification_event(record, run, delivery.history.steps_of(run.key), delivery.workspace);
  const auto& target = record.notification.target;
  if (record.notification.kind == Notification::Kind::command)
    run_command(delivery, target, run, event);
  else
    post_event(delivery, target, std::move(event));
}

void attempt(const Delivery& delivery, NotificationRecord record) {
  const auto most = delivery_delays.size();
  const auto tried = static_cast<std::size_t>(record.attempts);
  if (tried >= most) {  // the last one was cut off
    record.state = NotificationState::given_up;
    record.last_error = "the last attempt was cut off";
    delivery.history.save_delivery(record);
    return;
  }
  const auto next = delivery_delays.at(std::min(tried + 1, most - 1));
  ++record.attempts;
  record.next_attempt = delivery.clock() + next;
  delivery.history.save_delivery(record);
  try {
    send_once(delivery, record);
    record.state = NotificationState::sent;
    record.sent = delivery.clock();
    record.last_error.clear();
  } catch (const Error& error) {
    record.last_error = error.what();
    record.next_attempt = delivery.clock() + next;
    if (tried + 1 == most) record.state = NotificationState::given_up;
  }
  delivery.history.save_delivery(record);
}

/// Also one that is further away than any delay: the clock was set back.
bool is_ready(const NotificationRecord& record, TimePoint at) {
  return record.next_attempt <= at || record.next_attempt > at + delivery_delays.back();
}

}  // namespace

void deliver_notifications(const Delivery& delivery) {
  for (;;) {
    const auto due = delivery.history.due_notifications();
    if (due.empty()) return;
    const auto at = delivery.clock();
    const auto ready = std::find_if(due.begin(), due.end(), [at](const NotificationRecord& each) {
      return is_ready(each, at);
    });
    if (ready != due.end()) {
      attempt(delivery, *ready);
      continue;
    }
    if (!delivery.goes_on()) return;
    delivery.sleep(std::min<Duration>(due.front().next_attempt - at, look_for_others));
  }
}

}  // namespace mlpipe
