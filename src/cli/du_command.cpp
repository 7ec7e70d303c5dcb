// mlpipe du: what the state directory takes on disk, and whose it is.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/table.h"
#include "engine/disk_report.h"

namespace mlpipe {

namespace {

using nlohmann::json;

DiskOwner owner_of(const std::string& word) {
  if (word == "pipeline") return DiskOwner::pipeline;
  return word == "step" ? DiskOwner::step : DiskOwner::run;
}

/// What a plain gc would free.
std::uint64_t garbage_bytes(OpenedHistory& opened) {
  GarbageRequest request;
  request.only_look = true;
  return collect_garbage(opened.state, opened.history, opened.live, request).freed_bytes();
}

json share_json(const DiskShare& share, const std::string& by) {
  json value = {{"pipeline", share.pipeline},
                {"disk_bytes", share.bytes()},
                {"own_bytes", share.own_bytes},
                {"shared_bytes", share.shared_bytes},
                {"log_bytes", share.log_bytes}};
  if (by == "step") value["step"] = share.name;
  if (by == "run") value["run_id"] = share.name;
  return value;
}

void print_parts(const DiskReport& report) {
  Table table({{""}, {"entries", Table::Align::right}, {"size", Table::Align::right}});
  for (const auto& part : report.parts)
    table.add({{part.name}, {std::to_string(part.amount.count)}, {size_text(part.amount.bytes)}});
  table.add({{"all"}, {""}, {size_text(report.total_bytes)}});
  fmt::print("{}", table.text(Terminal(1)));
}

void print_shares(const std::vector<DiskShare>& shares, const std::string& by) {
  Table table({{"pipeline", Table::Align::left, true},
               {by == "pipeline" ? "" : by, Table::Align::left, true},
               {"size", Table::Align::right},
               {"own", Table::Align::right},
               {"shared", Table::Align::right},
               {"logs", Table::Align::right}});
  for (const auto& share : shares)
    table.add({{printable(share.pipeline)},
               {printable(share.name)},
               {size_text(share.bytes())},
               {size_text(share.own_bytes)},
               {size_text(share.shared_bytes)},
               {size_text(share.log_bytes)}});
  fmt::print("{}", table.text(Terminal(1)));
}

}  // namespace

int du_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const auto report = disk_report(opened.state, opened.history);
  const auto garbage = garbage_bytes(opened);
  const auto shares = arguments.by.empty()
                          ? std::vector<DiskShare>()
                          : disk_shares(opened.state, opened.history, owner_of(arguments.by));
  if (arguments.json) {
    json document = {{"state_directory", opened.state.root.string()},
                     {"disk_bytes", report.total_bytes},
                     {"gc_would_free_bytes", garbage},
                     {"parts", json::array()}};
    for (const auto& part : report.parts)
      document["parts"].push_back(
          {{"name", part.name}, {"entries", part.amount.count}, {"disk_bytes", part.amount.bytes}});
    if (!arguments.by.empty()) {
      document["by"] = arguments.by;
      document["shares"] = json::array();
      for (const auto& share : shares)
        document["shares"].push_back(share_json(share, arguments.by));
    }
    fmt::print("{}\n", json_document(document));
    return 0;
  }
  if (arguments.by.empty())
    print_parts(report);
  else
    print_shares(shares, arguments.by);
  fmt::print("`mlpipe gc` would free {} that nobody can use any more\n", size_text(garbage));
  return 0;
}

}  // namespace mlpipe
