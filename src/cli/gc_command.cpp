// mlpipe gc: remove what nobody can use any more, and what is asked for.
#include <fmt/format.h>

#include <cmath>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/table.h"
#include "engine/collect_elsewhere.h"
#include "engine/collect_garbage.h"
#include "engine/deliverer.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

using nlohmann::json;

Duration age_of(const std::string& written) {
  const auto text = trim(written);
  if (const auto age = parse_duration(text)) return *age;
  const auto end = std::min(text.find_first_not_of("0123456789.,+-eE"), text.size());
  const auto unit = trim(text.substr(end));
  std::string why = "it is longer than a life";
  if (end == 0)
    why = "it does not begin with a number";
  else if (text.starts_with('-'))
    why = "it is negative";
  else if (unit.empty())
    why = fmt::format("there is no unit after '{}': {}d are days, {}h hours",
                      printable(text.substr(0, end)), printable(text), printable(text));
  else if (!parse_duration(fmt::format("1{}", unit)))
    why = fmt::format("unknown unit '{}' at character {}: there are s, m, h, d and w",
                      printable(unit), end + 1);
  else if (!parse_duration(fmt::format("{}s", text.substr(0, end))))
    why = fmt::format("'{}' is no number", printable(text.substr(0, end)));
  fail(ErrorKind::usage,
       "--older-than '{}': {}; expected how long ago, such as 30d or 12h; nothing was removed",
       printable(written), why);
}

std::uint64_t size_of(const std::string& written) {
  const auto text = trim(written);
  if (text == "0") return 0;
  if (const auto bytes = parse_memory(text)) return *bytes;
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto unit = trim(text.substr(end));
  std::string why = fmt::format("'{}' is no such number", printable(text.substr(0, end)));
  if (end == 0)
    why = "it does not begin with a number";
  else if (unit.empty())
    why = fmt::format("there is no unit after '{}'", printable(text));
  else if (!parse_memory(fmt::format("1{}", unit)))
    why = fmt::format("unknown unit '{}' at character {}: there are kB, MB, GB, TB, KiB, MiB …",
                      printable(unit), end + 1);
  fail(ErrorKind::usage,
       "--max-size '{}': {}; expected what the store may take, such as 50GB; nothing was removed",
       printable(written), why);
}

CollectionRule rule_of(const Arguments& arguments) {
  CollectionRule rule;
  if (!arguments.older_than.empty()) rule.unused_since = now() - age_of(arguments.older_than);
  if (!arguments.max_size.empty()) rule.max_bytes = size_of(arguments.max_size);
  return rule;
}

std::string_view to_text(CollectionCause cause) {
  switch (cause) {
    case CollectionCause::not_shown:
      return "not shown";
    case CollectionCause::unused:
      return "older";
    case CollectionCause::too_much:
      return "size";
  }
  return "";
}

json amount_json(const Amount& amount) {
  return {{"count", amount.count}, {"disk_bytes", amount.bytes}};
}

json elsewhere_json(const GarbageReport& report) {
  json machines = json::array();
  for (const auto& each : report.elsewhere)
    machines.push_back({{"compute_target", each.target},
                        {"objects", amount_json(each.objects)},
                        {"directories", amount_json(each.directories)},
                        {"store_disk_bytes", each.kept_bytes},
                        {"kept_directories", amount_json(each.kept_directories)},
                        {"problem", each.problem.empty() ? json() : json(each.problem)}});
  return machines;
}

json report_json(const GarbageReport& report, History& history, const GarbageRequest& request) {
  json results = json::array();
  for (const auto& collected : report.results) {
    const auto result = history.find_result(collected.key);
    if (!result) continue;
    std::uint64_t bytes = 0;
    for (const auto& output : result->outputs) bytes += output.bytes;
    results.push_back({{"run_id", result->run_id},
                       {"step", result->step},
                       {"cause", to_text(collected.cause)},
                       {"last_used", json_time(collected.last_used)},
                       {"duration_seconds", json_seconds(collected.duration)},
                       {"output_bytes", bytes}});
  }
  const auto& most = request.rule.max_bytes;
  return {{"dry_run", request.only_look},
          {"freed_disk_bytes", report.freed_bytes()},
          {"store_disk_bytes", report.kept_bytes},
          {"fits", !most || report.kept_bytes <= *most},
          {"results", results},
          {"downloads", report.downloads},
          {"objects", amount_json(report.objects)},
          {"directories", amount_json(report.directories)},
          {"logs", amount_json(report.logs)},
          {"quarantined", amount_json(report.quarantined)},
          {"leftovers", amount_json(report.rest)},
          {"waiting", amount_json(report.waiting)},
          {"elsewhere", elsewhere_json(report)},
          {"problems", report.problems}};
}

void print_results(const GarbageReport& report, History& history) {
  constexpr std::size_t most_listed = 30;
  Table table({{"run"},
               {"step", Table::Align::left, true},
               {"outputs", Table::Align::right},
               {"took", Table::Align::right},
               {"last used"},
               {"goes by"}});
  std::size_t listed = 0;
  for (const auto& collected : report.results) {
    const auto result = history.find_result(collected.key);
    if (!result) continue;
    if (listed++ == most_listed) break;
    std::uint64_t bytes = 0;
    for (const auto& output : result->outputs) bytes += output.bytes;
    table.add({{result->run_id},
               {printable(result->step)},
               {size_text(bytes)},
               {duration_text(collected.duration)},
               {local_time_text(collected.last_used)},
               {std::string(to_text(collected.cause))}});
  }
  if (table.empty()) return;
  fmt::print("{}", table.text(Terminal(1)));
  if (report.results.size() > most_listed)
    fmt::print("and {} more (--json lists all)\n", report.results.size() - most_listed);
  fmt::print("\n");
}

/// What is in no result goes by its own rule over there.
std::string_view what_stays_text(const GarbageElsewhere& there, const GarbageRequest& request) {
  constexpr auto week = std::chrono::hours(7 * 24);
  const auto& since = request.rule.unused_since;
  if (!since || *since < now() - week || there.kept_bytes == 0) return {};
  return "; what was sent there stays for a week after it was last used, whatever --older-than "
         "says";
}

void print_elsewhere(const GarbageElsewhere& there, const GarbageRequest& request) {
  const bool only_look = request.only_look;
  const auto directories = [](const Amount& amount) {
    return amount.count == 1 ? std::string("1 private directory")
                             : fmt::format("{} private directories", amount.count);
  };
  fmt::print(
      "on compute target '{}': {} {} ({}{}); the store there {} {}{}{}\n", printable(there.target),
      only_look ? "would free" : "freed", size_text(there.objects.bytes + there.directories.bytes),
      counted(there.objects.count, "object"),
      there.directories.count == 0 ? "" : ", " + directories(there.directories),
      only_look ? "would take" : "takes", size_text(there.kept_bytes),
      there.kept_directories.count == 0 ? ""
                                        : fmt::format(", {} of steps that did not complete {}",
                                                      directories(there.kept_directories),
                                                      size_text(there.kept_directories.bytes)),
      what_stays_text(there, request));
}

void print_report(const GarbageReport& report, const GarbageRequest& request) {
  Table table({{""}, {"", Table::Align::right}, {"", Table::Align::right}});
  const auto row = [&table](const char* what, const Amount& amount) {
    if (amount.count > 0)
      table.add({{what}, {std::to_string(amount.count)}, {size_text(amount.bytes)}});
  };
  row("objects (outputs, sources, downloads)", report.objects);
  row("private directories", report.directories);
  row("logs of deleted runs", report.logs);
  row("damaged objects", report.quarantined);
  row("left by what was killed", report.rest);
  fmt::print("{}", table.text(Terminal(1)));
  if (!report.results.empty())
    fmt::print("{} {}: to be made anew when {} needed\n", counted(report.results.size(), "result"),
               request.only_look ? "would go" : "went",
               report.results.size() == 1 ? "it is" : "they are");
  if (report.downloads > 0)
    fmt::print("{} {}: to be fetched again when a run needs {}\n",
               counted(report.downloads, "download"), request.only_look ? "would go" : "went",
               report.downloads == 1 ? "it" : "them");
  fmt::print("{} {}; the store {} {}\n", request.only_look ? "would free" : "freed",
             size_text(report.freed_bytes()), request.only_look ? "would take" : "takes",
             size_text(report.kept_bytes));
  for (const auto& there : report.elsewhere)
    if (there.problem.empty()) print_elsewhere(there, request);
}

/// What --max-size has left, and why.
std::string why_kept(const GarbageReport& report) {
  const auto& stay = report.to_stay;
  std::vector<std::string> parts;
  auto rest = report.kept_bytes;
  const auto add = [&](std::uint64_t bytes, std::string_view what) {
    if (bytes > 0) parts.push_back(fmt::format("{} are {}", size_text(bytes), what));
    rest -= std::min(bytes, rest);
  };
  add(stay.registered,
      "registered, or sources of published pipelines: they stay (`mlpipe endpoint delete-version` "
      "gives up a version)");
  add(stay.of_runs, "of pinned runs or of runs that go on (`mlpipe du --by run` shows them)");
  add(stay.downloads, "downloads, which go by --older-than");
  add(stay.sources,
      "sources of steps that did not complete, which go by --older-than or with their run (`mlpipe "
      "delete`)");
  add(rest, "perhaps about to be used by runs that go on");
  return fmt::format("{}", fmt::join(parts, "; "));
}

void print_notices(const GarbageReport& report, const GarbageRequest& request) {
  if (report.waiting.count > 0)
    fmt::print(stderr,
               "{} that nothing refers to stay{} until the runs that go on now have ended: they "
               "may be about to use them ({})\n",
               counted(report.waiting.count, "object"), report.waiting.count == 1 ? "s" : "",
               size_text(report.waiting.bytes));
  if (report.used_later > 0)
    fmt::print(
        stderr,
        "{} kept whose last use lies in the future, by the clock of this machine ({}): see "
        "whether it is right\n",
        report.used_later == 1 ? "a result is" : fmt::format("{} results are", report.used_later),
        local_time_text(now()));
  if (const auto most = request.rule.max_bytes; most && report.kept_bytes > *most)
    fmt::print(stderr, "the store does not fit into {}: {}\n", size_text(*most), why_kept(report));
  for (const auto& there : report.elsewhere)
    if (!there.problem.empty())
      fmt::print(stderr, "nothing was removed there: {}\n", printable(there.problem));
  for (const auto& problem : report.problems)
    fmt::print(stderr, "not removed: {}\n", printable(problem));
}

}  // namespace

namespace {

/// On a full disk the database may not even be opened.
void open_for_gc(std::optional<OpenedHistory>& opened, const Arguments& arguments) {
  if (arguments.dry_run) {
    opened.emplace(arguments);
    return;
  }
  try {
    opened.emplace(arguments, Database::Mode::read_write);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::system || !make_room(state_of(arguments))) throw;
    opened.emplace(arguments, Database::Mode::read_write);
  }
}

}  // namespace

int gc_command(const Arguments& arguments) {
  GarbageRequest request{.rule = rule_of(arguments), .only_look = arguments.dry_run};
  request.waits = [] {
    fmt::print(stderr, "waiting for another `mlpipe gc` that is at work in this workspace\n");
  };
  std::optional<OpenedHistory> place;
  open_for_gc(place, arguments);
  OpenedHistory& opened = *place;
  std::optional<LiveRuns> live;  // makes the file of locks, in case it is not there
  if (!request.only_look) live.emplace(opened.state.run_locks());
  auto report = collect_garbage(opened.state, opened.history, live ? *live : opened.live, request);
  collect_garbage_elsewhere(opened.workspace, opened.state, opened.history, request, report);
  if (!request.only_look) start_deliverer(opened.history, opened.state, opened.workspace.root);
  if (arguments.json) {
    fmt::print("{}\n", json_document(report_json(report, opened.history, request)));
  } else {
    if (request.only_look) print_results(report, opened.history);
    print_report(report, request);
  }
  print_notices(report, request);
  return report.problems.empty() ? 0 : 3;
}

}  // namespace mlpipe
