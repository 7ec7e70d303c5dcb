#include "engine/collect_step.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "base/work_time.h"
#include "engine/isolation.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// In a directory that is kept: what was moved into the store can still be looked at where the step
/// wrote it.
void link_stored_outputs(const StepExecution& execution, const ObjectStore& store,
                         Collection& collection) {
  const auto& directory = execution.directory;
  for (const auto& stored : collection.outputs) {
    fs::path place = directory.root / "outputs" / stored.name;
    if (stored.name == artifacts_output) place = directory.code() / "outputs";
    if (stored.name == logs_output) place = directory.code() / "logs";
    fs::path content = store.content_folder(stored.object);
    if (stored.is_file) {
      place /= stored.file_name;
      content /= stored.file_name;
    }
    try {
      if (!is_inside(directory.root, place.parent_path())) continue;
      remove_tree(place);  // a copy, where it could not be moved
      if (::symlink(content.c_str(), place.c_str()) != 0) fail_errno(errno, "cannot make a link");
    } catch (const Error& error) {
      collection.warnings.push_back(fmt::format("the kept directory has no link to output '{}': {}",
                                                stored.name, error.what()));
    }
  }
}

}  // namespace

OutputRecord record_of(const std::string& name, const StoredObject& object) {
  return {.name = name,
          .object = object.id,
          .content_hash = object.content_hash,
          .is_file = object.kind == FileKind::file,
          .executable = object.executable,
          .file_name = object.file_name,
          .bytes = object.bytes,
          .files = object.files};
}

namespace {

/// Why the result of a step that reads `what` of the store does not count, with what else follows
/// from that; "" if it is still whole. The moment in which it was read lies between two looks.
std::string doubt_about(const Hash& object, const std::string& what, const char* follows,
                        ObjectStore& store) {
  try {
    if (store.check(object) == ObjectState::intact) return {};
    return fmt::format("{} was changed in the store while the step ran{}", what, follows);
  } catch (const Error& error) {  // no reason to lose what the step has made
    return fmt::format(
        "whether {} was changed cannot be told: this result is not kept for reuse: {}", what,
        error.what());
  }
}

}  // namespace

std::vector<std::string> doubts_about_inputs(const StepExecution& execution, ObjectStore& store) {
  std::vector<std::string> doubts;
  for (const auto* contents : execution.in_place)
    if (const auto moved = first_moved(*contents))
      doubts.push_back(
          fmt::format("'{}' was changed while the step ran: this result is not kept for reuse",
                      printable(moved->native())));
  const auto add = [&doubts](std::string doubt) {
    if (!doubt.empty()) doubts.push_back(std::move(doubt));
  };
  add(doubt_about(execution.source, "the copy of its sources",
                  ": this result is not kept for reuse", store));
  for (std::size_t i = 0; i < execution.inputs.size(); ++i)
    if (const auto& object = execution.inputs[i].object)
      add(doubt_about(*object, fmt::format("input '{}'", execution.step->inputs[i].name),
                      " (perhaps by the step itself): this result is not kept for reuse, and what "
                      "made the input runs again when it is needed",
                      store));
  return doubts;
}

namespace {

/// An isolated step must not get at what it does not declare through a link that is followed later.
std::string undeclared_link(const StepExecution& execution) {
  if (execution.isolated_by.empty()) return {};
  const auto shown = shown_to(execution);
  const auto& directory = execution.directory;
  const auto text = [](const std::string& where, const fs::path& to) {
    return fmt::format(
        "{} holds a link to '{}', which exists but is not declared: add it to inputs, and copy it",
        where, printable(to.native()));
  };
  for (const auto& output : execution.step->outputs)
    if (const auto to = leaving_link(shown, directory.output(output)))
      return text(fmt::format("its output '{}'", output.name), *to);
  for (const char* folder : {"outputs", "logs"})
    if (const auto to = leaving_link(shown, directory.code() / folder))
      return text(fmt::format("./{}", folder), *to);
  return {};
}

}  // namespace

Collection collect_step(const StepExecution& execution, ObjectStore& store) {
  Collection collection;
  const auto& directory = execution.directory;
  const auto declared = StepDirectory::declared(*execution.step);
  collection.failure = settle_outputs(directory, declared);
  if (collection.failure.empty()) collection.failure = undeclared_link(execution);
  if (!collection.failure.empty()) return collection;
  collection.doubts = doubts_about_inputs(execution, store);
  auto taken = take_outputs(
      directory, declared,
      {{std::string(artifacts_output), "outputs"}, {std::string(logs_output), "logs"}}, store);
  for (auto& [name, object] : taken.outputs) {
    collection.outputs.push_back(record_of(name, object));
    collection.objects.push_back(std::move(object));
  }
  collection.warnings = std::move(taken.warnings);
  collection.failure = std::move(taken.failure);
  if (!collection.failure.empty()) return collection;
  collection.metrics = read_metrics(directory.metrics(), collection.warnings);
  if (execution.keep_directory) {
    link_stored_outputs(execution, store, collection);
  } else {
    const WorkTimer timer(Work::preparing);
    remove_tree(directory.root);
  }
  return collection;
}

namespace {

bool is_shallow(const nlohmann::json& value, int levels) {
  if (!value.is_structured()) return true;
  return levels > 0 && std::all_of(value.begin(), value.end(), [levels](const auto& item) {
           return is_shallow(item, levels - 1);
         });
}

/// One line; nothing, with the reason in `problem`, if it is no metric.
std::optional<Metric> parse_metric(std::string_view line, TimePoint otherwise,
                                   std::string& problem) {
  const auto json = parse_json(line);
  if (!json.is_object()) {
    problem =
        R"(is not a JSON object such as {"name": "loss", "value": 0.1}, or nested too deeply)";
    return std::nullopt;
  }
  const auto name = json.find("name");
  const auto value = json.find("value");
  if (name == json.end() || !name->is_string() || value == json.end()) {
    problem = R"(lacks "name" (a text) or "value")";
    return std::nullopt;
  }
  constexpr int deepest = 8;  // printing recurses; a step must not be able to end the driver
  if (!is_shallow(*value, deepest)) {
    problem = "has a value that is nested too deeply";
    return std::nullopt;
  }
  Metric metric{.name = name->get<std::string>(), .value = value->dump(), .time = otherwise};
  if (const auto step = json.find("step"); step != json.end() && step->is_number_integer()) {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (step->is_number_unsigned() && step->get<std::uint64_t>() > largest) {
      problem = "has a 'step' that is too large";
      return std::nullopt;
    }
    metric.step = step->get<std::int64_t>();
  }
  if (const auto time = json.find("time"); time != json.end() && time->is_number()) {
    const double seconds = time->get<double>();
    constexpr double most_seconds = 9.2e9;  // the clock counts nanoseconds in 64 bits
    if (std::abs(seconds) < most_seconds)
      metric.time = from_micros(static_cast<std::int64_t>(seconds * 1e6));
  }
  return metric;
}

/// Python's json writes NaN and Infinity, which JSON has not: keep them as texts.
std::string with_quoted_non_numbers(std::string_view line) {
  std::string text;
  bool in_string = false;
  while (!line.empty()) {
    std::size_t length = 1;
    if (in_string && line[0] == '\\') {
      length = std::min<std::size_t>(2, line.size());
    } else if (line[0] == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      for (const std::string_view word : {"NaN", "-Infinity", "Infinity"})
        if (line.starts_with(word)) length = word.size();
    }
    const std::string quote = length > 2 ? "\"" : "";
    text += quote;
    text += line.substr(0, length);
    text += quote;
    line.remove_prefix(length);
  }
  return text;
}

}  // namespace

std::vector<Metric> read_metrics(const fs::path& file, std::vector<std::string>& warnings) {
  const auto look = stat_file(file);
  if (!look || look->kind != FileKind::file) return {};
  return parse_metrics(read_file(file), from_micros(look->mtime_ns / 1000), warnings);
}

std::vector<Metric> parse_metrics(std::string_view content, TimePoint otherwise,
                                  std::vector<std::string>& warnings) {
  std::vector<Metric> metrics;
  constexpr std::size_t most_told = 20;
  std::size_t number = 0;
  std::size_t bad = 0;
  for (const auto line : split(content, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    std::string problem;
    if (auto metric = parse_metric(with_quoted_non_numbers(line), otherwise, problem))
      metrics.push_back(std::move(*metric));
    else if (++bad <= most_told)
      warnings.push_back(fmt::format("line {} of $MLPIPE_METRICS is not recorded, since it {}: {}",
                                     number, problem, printable(line.substr(0, 80))));
  }
  if (bad > most_told)
    warnings.push_back(fmt::format("{} of $MLPIPE_METRICS are not recorded either",
                                   counted(bad - most_told, "more line")));
  return metrics;
}

}  // namespace mlpipe
