#include "cli/verify_store_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

using nlohmann::json;

constexpr std::size_t most_uses = 5;

std::string_view spoilt_word(const SpoiltObject& object) {
  return object.found.state == ObjectState::missing ? "missing" : "damaged";
}

/// "output 'model' of step 'train' (run abc)"
std::string use_text(const KnownObject& use) {
  if (!use.url.empty()) return fmt::format("what was fetched from '{}'", printable(use.url));
  if (!use.asset.empty()) return "the registered " + use.asset;
  const std::string of = fmt::format("step '{}' (run {})", printable(use.step), use.run_id);
  return use.output.empty() ? "the copied sources of " + of
                            : fmt::format("output '{}' of {}", printable(use.output), of);
}

/// Those worth naming: what is still offered, kept or registered, else what it once was.
std::vector<KnownObject> named_uses(const SpoiltObject& object) {
  std::vector<KnownObject> named;
  for (const auto& use : object.uses)
    if (use.result.value != 0 || !use.asset.empty()) named.push_back(use);
  return named.empty() ? object.uses : named;
}

std::string consequence(const SpoiltObject& object) {
  std::set<std::string> steps;
  const bool needed = std::any_of(object.uses.begin(), object.uses.end(),
                                  [](const KnownObject& use) { return use.offered; });
  if (needed && object.withdrawn.empty()) return "a run has made it anew meanwhile";
  for (const auto& use : object.uses)
    if (use.offered) steps.insert(printable(use.step));
  if (!steps.empty())
    return fmt::format("{} {} again when it is needed", fmt::join(steps, ", "),
                       steps.size() == 1 ? "runs" : "run");
  if (std::any_of(object.uses.begin(), object.uses.end(),
                  [](const KnownObject& use) { return !use.url.empty(); }))
    return "the next run that needs it fetches it again";
  if (std::any_of(object.uses.begin(), object.uses.end(),
                  [](const KnownObject& use) { return !use.asset.empty(); }))
    return "it is back once the same files are registered again under that version";
  if (std::any_of(object.uses.begin(), object.uses.end(),
                  [](const KnownObject& use) { return use.output.empty(); }))
    return "a step that starts again copies its sources anew";
  return "nothing needs it";
}

void print_spoilt(const SpoiltObject& object) {
  const Terminal out(1);
  const auto uses = named_uses(object);
  fmt::print("{}: {}\n", out.coloured(spoilt_word(object), Colour::red),
             uses.empty()
                 ? fmt::format("object {}, which the history does not know", object.object.hex())
                 : use_text(uses.front()));
  for (std::size_t i = 1; i < std::min(uses.size(), most_uses); ++i)
    fmt::print("  also {}\n", use_text(uses[i]));
  if (uses.size() > most_uses) fmt::print("  and {} more\n", uses.size() - most_uses);
  for (const auto& line : object.found.damage) fmt::print("  {}\n", printable(line));
  if (!object.found.quarantine.empty())
    fmt::print("  moved to '{}'\n", printable(object.found.quarantine.native()));
  if (!object.found.not_moved.empty()) fmt::print("  {}\n", printable(object.found.not_moved));
  fmt::print("  {}\n", consequence(object));
}

void print_faulty(const SpoiltObject& object) {
  const auto uses = named_uses(object);
  fmt::print("{}: {}\n  {}\n", Terminal(1).coloured("not known", Colour::red),
             uses.empty() ? "object " + object.object.hex() : use_text(uses.front()),
             printable(object.found.fault));
}

void print_asides(const StoreReport& report) {
  if (!report.renewed.empty())
    fmt::print("{} had been touched or moved, and {} whole\n",
               counted(report.renewed.size(), "object"), report.renewed.size() == 1 ? "is" : "are");
  if (report.elsewhere > 0)
    fmt::print("{} {} only on other machines, and {} not looked at\n",
               counted(report.elsewhere, "object"), report.elsewhere == 1 ? "lies" : "lie",
               report.elsewhere == 1 ? "was" : "were");
  if (!report.unknown.empty())
    fmt::print(
        "{} ({}) {} known to no run: of one that goes on now, or was killed; `mlpipe gc` removes "
        "what nobody can use\n",
        counted(report.unknown.size(), "object"), size_text(report.unknown_bytes),
        report.unknown.size() == 1 ? "is" : "are");
  for (const auto& path : report.strange)
    fmt::print("'{}' is no object: nobody needs it, remove it\n", printable(path.native()));
  if (!report.not_recorded.empty())
    fmt::print("the history could not be told: {}\n", printable(report.not_recorded));
}

json use_json(const KnownObject& use, const SpoiltObject& object) {
  const bool withdrawn = std::find(object.withdrawn.begin(), object.withdrawn.end(), use.result) !=
                         object.withdrawn.end();
  json value = {{"run_id", use.run_id},
                {"step", use.step},
                {"output", use.output.empty() ? json() : json(use.output)},
                {"asset", use.asset.empty() ? json() : json(use.asset)},
                {"reruns", use.offered},
                {"withdrawn", withdrawn}};
  if (!use.url.empty()) value["url"] = use.url;
  return value;
}

}  // namespace

void print_store_report(const StoreReport& report, Closeness closeness) {
  for (const auto& line : report.database) fmt::print("database: {}\n", printable(line));
  if (!report.database.empty())
    fmt::print(
        "  what can still be read of it is used; to start afresh keep a copy and move it away: the "
        "next run makes a new one, and what was done runs once more\n");
  for (const auto& object : report.spoilt) print_spoilt(object);
  for (const auto& object : report.faulty) print_faulty(object);
  for (const auto& result : report.unsound)
    fmt::print("damaged: the record of step '{}' (run {}): {}\n  it runs again when it is needed\n",
               printable(result.step), result.run_id, result.why);
  print_asides(report);
  fmt::print("{} with {} ({}) checked {}: ", counted(report.objects, "object"),
             counted(report.files, "file"), size_text(report.bytes),
             closeness == Closeness::bytes ? "byte by byte" : "by their looks (--deep reads all)");
  if (report.is_whole()) {
    fmt::print("all are whole\n");
    return;
  }
  const auto missing = static_cast<std::size_t>(std::count_if(
      report.spoilt.begin(), report.spoilt.end(),
      [](const SpoiltObject& object) { return object.found.state == ObjectState::missing; }));
  fmt::print(
      "{} damaged, {} missing{}; {} not be reused any more\n", report.spoilt.size() - missing,
      missing, report.faulty.empty() ? "" : fmt::format(", {} not known", report.faulty.size()),
      report.withdrawn == 1 ? "1 result will" : fmt::format("{} results will", report.withdrawn));
}

json store_report_json(const StoreReport& report, Closeness closeness) {
  json spoilt = json::array();
  for (const auto& object : report.spoilt) {
    json uses = json::array();
    for (const auto& use : object.uses) uses.push_back(use_json(use, object));
    const auto& moved = object.found.quarantine;
    spoilt.push_back({{"object", object.object.hex()},
                      {"state", spoilt_word(object)},
                      {"damage", object.found.damage},
                      {"quarantine", moved.empty() ? json() : json(moved.string())},
                      {"used_by", uses}});
  }
  json faulty = json::array();
  for (const auto& object : report.faulty)
    faulty.push_back({{"object", object.object.hex()}, {"problem", object.found.fault}});
  json unsound = json::array();
  for (const auto& result : report.unsound)
    unsound.push_back({{"run_id", result.run_id}, {"step", result.step}, {"problem", result.why}});
  json unknown = json::array();
  for (const auto& object : report.unknown) unknown.push_back(object.hex());
  json strange = json::array();
  for (const auto& path : report.strange) strange.push_back(path.string());
  return {{"whole", report.is_whole()},
          {"deep", closeness == Closeness::bytes},
          {"objects", report.objects},
          {"files", report.files},
          {"bytes", report.bytes},
          {"spoilt", spoilt},
          {"faulty", faulty},
          {"results", unsound},
          {"database", report.database},
          {"results_withdrawn", report.withdrawn},
          {"renewed", report.renewed.size()},
          {"recorded_anew", report.recorded_anew},
          {"elsewhere", report.elsewhere},
          {"unknown", unknown},
          {"unknown_bytes", report.unknown_bytes},
          {"strange", strange},
          {"not_recorded", report.not_recorded.empty() ? json() : json(report.not_recorded)}};
}

}  // namespace mlpipe
