#include "cli/completion_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cli/completion_files.h"
#include "cli/completion_surroundings.h"
#include "cli/help_topics.h"
#include "cli/run_columns.h"
#include "core/asset.h"
#include "history/live_runs.h"
#include "history/run_condition.h"
#include "spec/pipeline_outline.h"

namespace mlpipe {

namespace {

constexpr int most_runs = 50;

std::string age_text(TimePoint since) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now() - since).count();
  constexpr std::int64_t hour = 60;
  constexpr std::int64_t day = 24 * hour;
  if (minutes < 1) return "just now";
  if (minutes < 2 * hour) return fmt::format("{} min ago", minutes);
  if (minutes < 2 * day) return fmt::format("{} h ago", minutes / hour);
  return fmt::format("{} days ago", minutes / day);
}

/// Looks up the values of one option or argument.
class ValueSearch {
 public:
  explicit ValueSearch(const CompletionLine& line) : line_(line), surroundings_(line) {}

  std::vector<Candidate> search() {
    using Source = void (ValueSearch::*)();
    static constexpr std::array<std::pair<std::string_view, Source>, 25> sources = {{
        {"SPEC", &ValueSearch::specs},
        {"RUN", &ValueSearch::runs},
        {"STEP", &ValueSearch::steps},
        {"STEP.OUTPUT", &ValueSearch::outputs},
        {"EXPERIMENT", &ValueSearch::experiments},
        {"NAME=VALUE", &ValueSearch::parameters},
        {"NAME=PATH", &ValueSearch::inputs},
        {"KEY=VALUE", &ValueSearch::settings},
        {"TAG", &ValueSearch::tags},
        {"METRIC", &ValueSearch::metrics},
        {"COMPUTE", &ValueSearch::compute_targets},
        {"ENDPOINT", &ValueSearch::endpoints},
        {"SCHEDULE", &ValueSearch::schedules},
        {"COMPONENT", &ValueSearch::components},
        {"DATA", &ValueSearch::data},
        {"ENVIRONMENT", &ValueSearch::environments},
        {"MODEL", &ValueSearch::models},
        {"FILE", &ValueSearch::files},
        {"PATH", &ValueSearch::files},
        {"DIR", &ValueSearch::folders},
        {"STATUS", &ValueSearch::statuses},
        {"EXPR", &ValueSearch::conditions},
        {"COLUMN", &ValueSearch::column},
        {"COLUMNS", &ValueSearch::several_columns},
        {"TOPIC", &ValueSearch::topics},
    }};
    for (const auto& kind : kinds_of(*line_.wanted)) {
      const auto* const found = std::find_if(
          sources.begin(), sources.end(), [&kind](const auto& each) { return each.first == kind; });
      if (found != sources.end())
        (this->*found->second)();
      else if (std::any_of(kind.begin(), kind.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
        offer(kind);
    }
    return std::move(found_);
  }

 private:
  void offer(std::string value, std::string description = {}) {
    if (value.starts_with(line_.prefix))
      found_.push_back({std::move(value), std::move(description)});
  }
  void offer_files(FileChoice choice, const std::string& before, const std::string& prefix) {
    for (auto& file : files_for(prefix, choice)) offer(before + file.value);
  }

  void specs() { offer_files(FileChoice::yaml, "", line_.prefix); }
  void files() { offer_files(FileChoice::any, "", line_.prefix); }
  void folders() { offer_files(FileChoice::folders, "", line_.prefix); }

  void runs() {
    auto* names = surroundings_.history();
    if (names == nullptr) return;
    if (!names->run("latest").id.empty()) offer("latest", "the newest run");
    for (const auto& run : names->runs(line_.prefix, most_runs))
      offer(run.id, fmt::format("{}, {}, {}", status_text(run), age_text(run.started),
                                printable(run.pipeline)));
  }

  void steps() {
    if (const auto file = surroundings_.spec_file()) {
      for (const auto& step : PipelineOutline(*file).steps()) offer(step.name, step.description);
    } else if (auto* names = surroundings_.history()) {
      for (const auto& [name, status] : names->steps(run(*names))) offer(name, status);
    }
  }

  void outputs() {
    if (auto* names = surroundings_.history())
      for (const auto& output : names->outputs(run(*names))) offer(output);
  }

  void experiments() {
    if (const auto file = surroundings_.spec_file())
      if (const auto own = PipelineOutline(*file).experiment(); !own.empty())
        offer(own, "of the pipeline file");
    if (auto* names = surroundings_.history())
      for (const auto& name : names->experiments())
        if (found_.empty() || name != found_.front().value) offer(name);
  }

  void parameters() {
    const auto equals = line_.prefix.find('=');
    for (const auto& parameter : surroundings_.parameters()) {
      const auto& value = parameter.description;
      if (equals == std::string::npos) {
        offer(parameter.name + "=", value.empty() ? "" : "default: " + value);
      } else if (parameter.name == line_.prefix.substr(0, equals)) {
        const bool yes_or_no = value == "true" || value == "false";
        if (!value.empty()) offer(fmt::format("{}={}", parameter.name, value), "the default");
        if (yes_or_no) offer(parameter.name + (value == "true" ? "=false" : "=true"));
      }
    }
  }

  void inputs() {
    const auto equals = line_.prefix.find('=');
    if (equals != std::string::npos) {
      offer_files(FileChoice::any, line_.prefix.substr(0, equals + 1),
                  line_.prefix.substr(equals + 1));
    } else {
      for (const auto& input : surroundings_.inputs()) offer(input.name + "=", input.description);
    }
  }

  void settings() {
    const auto file = surroundings_.spec_file();
    if (!file || line_.prefix.find('=') != std::string::npos) return;
    for (const auto& key : PipelineOutline(*file).keys(line_.prefix))
      offer(key.name, key.description);
  }

  void tags() {
    if (auto* names = surroundings_.history())
      for (const auto& tag : names->tags()) offer(tag);
  }

  void metrics() {
    if (auto* names = surroundings_.history())
      for (const auto& metric : names->metrics()) offer(metric);
  }

  void endpoints() {
    if (auto* names = surroundings_.history())
      for (const auto& name : names->endpoints()) offer(name);
  }

  void schedules() {
    if (auto* names = surroundings_.history())
      for (const auto& name : names->schedules()) offer(name);
  }

  void components() { assets(AssetKind::component); }
  void data() { assets(AssetKind::data); }
  void environments() { assets(AssetKind::environment); }
  void models() { assets(AssetKind::model); }

  /// Names, and once one is written with its colon the versions.
  void assets(AssetKind kind) {
    auto* names = surroundings_.history();
    if (names == nullptr) return;
    const auto colon = line_.prefix.find(':');
    if (colon == std::string::npos) {
      for (const auto& name : names->assets(to_text(kind))) offer(name);
      return;
    }
    const auto name = line_.prefix.substr(0, colon);
    for (const auto& version : names->asset_versions(to_text(kind), name))
      offer(fmt::format("{}:{}", name, version));
  }

  void statuses() {
    for (const Status status : all_statuses) offer(std::string(to_text(status)));
  }

  /// The values of runs that have names of their own: metrics.accuracy, tags.kind.
  std::vector<std::string> named_values() {
    std::vector<std::string> all;
    auto* names = surroundings_.history();
    if (names == nullptr) return all;
    for (const auto& name : names->metrics()) all.push_back("metrics." + name);
    for (const auto& name : names->parameters()) all.push_back("parameters." + name);
    for (const auto& tag : names->tags()) {
      auto name = "tags." + tag.substr(0, tag.find('='));
      if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
    }
    return all;
  }

  /// The field of a filter's last comparison; what comes behind it is the user's.
  void conditions() {
    const auto blank = line_.prefix.rfind(' ');
    const auto before = blank == std::string::npos ? "" : line_.prefix.substr(0, blank + 1);
    for (const auto& name : condition_fields()) offer(before + name);
    for (const auto& name : named_values()) offer(before + name);
  }

  void columns_after(const std::string& before) {
    for (const auto& name : column_names()) offer(before + name);
    for (const auto& name : named_values()) offer(before + name);
  }
  void column() { columns_after(""); }
  void several_columns() {
    const auto comma = line_.prefix.rfind(',');
    columns_after(comma == std::string::npos ? "" : line_.prefix.substr(0, comma + 1));
  }

  void topics() {
    for (const auto& topic : help_topics())
      offer(std::string(topic.name), std::string(topic.summary()));
    for (const auto* command : line_.command->get_parent()->get_subcommands(nullptr))
      if (!command->get_group().empty()) offer(command->get_name(), command->get_description());
  }

  void compute_targets() {
    bool any_local = false;
    for (const auto& target : surroundings_.workspace().compute_targets) {
      any_local = any_local || target.name == "local";
      if (target.name != "*") offer(target.name, target.type);
    }
    if (!any_local) offer("local", "this machine");
  }

  [[nodiscard]] RunKey run(HistoryNames& names) const {
    const auto id = line_.value_of("RUN");
    return names.run(id.empty() ? "latest" : id).key;
  }

  /// As it is now: of a run whose driver died, NotResponding.
  [[nodiscard]] std::string_view status_text(const HistoryNames::Run& run) {
    if (is_final(run.status)) return to_text(run.status);
    if (!live_) live_.emplace(surroundings_.state().run_locks(), LockFile::OnlyLook{});
    return to_text(live_->is_alive(run.key) ? run.status : Status::not_responding);
  }

  const CompletionLine& line_;
  std::vector<Candidate> found_;
  CompletionSurroundings surroundings_;
  std::optional<LiveRuns> live_;
};

}  // namespace

std::vector<Candidate> values_for(const CompletionLine& line) { return ValueSearch(line).search(); }

}  // namespace mlpipe
