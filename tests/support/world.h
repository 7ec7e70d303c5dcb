#pragma once

#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/graph.h"
#include "engine/plan.h"
#include "engine/scheduler.h"
#include "engine/state_directory.h"
#include "fakes/fake_target.h"
#include "history/history.h"
#include "store/object_store.h"

namespace mlpipe::test {

/// Remembers what is told.
class RecordingReporter : public Reporter {
 public:
  void fetch_changed(const FetchNews& news) override { fetches.push_back(news); }
  void run_started(const RunRecord& /*run*/, const std::vector<std::string>& names,
                   Duration /*expected*/) override {
    steps = names;
  }
  void step_changed(const StepRunRecord& step, const AttemptNews& /*attempt*/) override {
    changes.push_back(step.step + " " + std::string(to_text(step.status)));
  }
  void transfer_changed(const TransferNews& /*news*/) override {}
  void note(std::string_view step, std::string_view text) override {
    notes.push_back(std::string(step) + ": " + std::string(text));
  }
  void tick() override {}
  void run_finished(const RunSummary& /*summary*/) override {}

  /// Whether a note of this step contains a text.
  [[nodiscard]] bool noted(const std::string& step, std::string_view text) const {
    for (const auto& note : notes)
      if (note.starts_with(step + ": ") && note.find(text) != std::string::npos) return true;
    return false;
  }

  std::vector<std::string> steps;
  std::vector<std::string> changes;
  std::vector<std::string> notes;
  std::vector<FetchNews> fetches;
};

/// A workspace in a folder of its own: the real store and the real history; the clock is set by
/// hand, and machine-wide slots are this folder's.
struct World {
  TemporaryFolder folder;
  StateDirectory state;
  ObjectStore store;
  History history;
  StatCache cache;
  WorkerPool pool{1};
  InterpreterProbe interpreters;
  Variables caller = {{"PATH", "/usr/bin:/bin"}};
  TimePoint time = from_micros(1'800'000'000'000'000);

  World()
      : state(make_state_directory(
            {.root = folder.path(), .state_directory = folder.path() / ".mlpipe"})),
        store(state.objects(), state.scratch()),
        history(state.database(), Database::Mode::read_write),
        cache(state.stat_cache()),
        interpreters(state.interpreter_cache(), run_process, {}) {
    ::setenv("MLPIPE_SLOT_DIRECTORY", (folder.path() / "slots").c_str(), 1);  // NOLINT(*-mt-unsafe)
  }
  ~World() { ::unsetenv("MLPIPE_SLOT_DIRECTORY"); }  // NOLINT(*-mt-unsafe)
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// A file of the user's, written now.
  std::filesystem::path put(const std::string& name, std::string_view text) const {
    const auto path = folder.path() / name;
    make_folders(path.parent_path());
    write_file_atomically(path, text);
    return path;
  }

  /// Take an object out of the store, as a careless hand would.
  void lose(const Hash& object) const { remove_tree(store.content_folder(object).parent_path()); }
};

/// A command step with one file output `out`; each need becomes an input named after the step.
inline void add_step(Pipeline& pipeline, const std::string& name,
                     const std::vector<std::string>& needs = {}, const std::string& command = {}) {
  Step step{.name = name};
  step.action = CommandAction{{{Segment::Kind::text, command.empty() ? "make " + name : command}}};
  for (const auto& need : needs)
    for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
      if (pipeline.steps[i].name == need)
        step.inputs.push_back({.name = need, .source = OutputSource{{i}, "out"}});
  step.outputs = {{.name = "out", .type = DataType::uri_file, .file_name = "out"}};
  pipeline.steps.push_back(std::move(step));
}

inline Step& step_of(Pipeline& pipeline, const std::string& name) {
  for (auto& step : pipeline.steps)
    if (step.name == name) return step;
  throw std::logic_error("no step " + name);
}

/// What reads and plans one pipeline in a world, without running anything.
struct Planner {
  World& world;
  Pipeline pipeline;
  Graph graph;
  Places places;
  StepFactReader facts;
  StepResolver resolver;

  Planner(World& in, const Pipeline& of)
      : world(in),
        pipeline(of),
        graph(pipeline),
        places(pipeline, {}, false),
        facts({.pipeline = pipeline,
               .places = places,
               .caller = world.caller,
               .cache = world.cache,
               .pool = world.pool,
               .interpreters = world.interpreters,
               .store = &world.store}),
        resolver(pipeline, facts, &world.history, world.store) {}

  [[nodiscard]] std::vector<StepRule> rules(const Selection& selection) const {
    return rules_for(pipeline, graph, selection);
  }
  [[nodiscard]] std::vector<PlannedStep> plan(const Selection& selection = {},
                                              PlanUse use = PlanUse::run,
                                              const RememberedPlan* before = nullptr) {
    return plan_steps(pipeline, graph, rules(selection), resolver, facts,
                      {.use = use, .before = before});
  }
  [[nodiscard]] StepId id(const std::string& name) const {
    for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
      if (pipeline.steps[i].name == name) return {i};
    throw std::logic_error("no step " + name);
  }
};

/// One run through the real Scheduler, all of it on the test's thread: background work is done at
/// once, or when the test says so; events are handled when the test says so.
struct Session : Planner {
  struct Options {
    Selection selection;
    bool continue_on_step_failure = false;
    bool hold_background = false;  ///< From the start.
    int most_steps = 8;
  };

  bool hold_background;
  std::deque<std::function<void()>> background;
  EventQueue<RunEvent> events;
  FakeTarget target;
  RecordingReporter reporter;
  StartGate gate;
  RunRecord run;
  Scheduler scheduler;

  Session(World& in, const Pipeline& of) : Session(in, of, Options()) {}
  Session(World& in, const Pipeline& of, const Options& options)
      : Planner(in, of),
        hold_background(options.hold_background),
        target(
            [this](const JobEvent& event) {
              std::visit([this](const auto& news) { events.push(news); }, event);
            },
            in.time),
        gate(pipeline, places, world.caller, options.most_steps, world.state.step_locks()),
        run(new_run()),
        scheduler(
            {.pipeline = pipeline,
             .graph = graph,
             .places = places,
             .state = world.state,
             .caller = world.caller,
             .facts = facts,
             .resolver = resolver,
             .store = world.store,
             .history = world.history,
             .gate = gate,
             .target = target,
             .cache = world.cache,
             .pool = world.pool,
             .run_in_background = [this](std::function<void()> work) { later(std::move(work)); },
             .reporter = reporter,
             .events = events,
             .clock = [&time = in.time] { return time; }},
            run, rules(options.selection), plan(options.selection),
            {.continue_on_step_failure = options.continue_on_step_failure}) {}

  void start() {
    scheduler.start();
    pump();
  }
  /// Handle all events there are.
  void pump() {
    while (auto event = events.try_pop()) {
      world.history.begin_batch();
      scheduler.handle(*event);
    }
    world.history.commit_batch();
  }
  /// Do one piece of the background work that is held, and what comes of it.
  void do_next() {
    const auto work = std::move(background.front());
    background.pop_front();
    work();
    pump();
  }
  /// Do all of it, and hold nothing any more.
  void do_background() {
    hold_background = false;
    while (!background.empty()) {
      const auto work = std::move(background.front());
      background.pop_front();
      work();
    }
    pump();
  }
  void handle(const RunEvent& event) {
    scheduler.handle(event);
    pump();
  }
  /// Time goes by.
  void pass(Duration duration) {
    world.time += duration;
    scheduler.tick();
    pump();
  }

  /// The step's job writes its output and ends well.
  void succeed(const std::string& name, std::string_view output = {}) {
    target.write(name, "out", output.empty() ? "made by " + name : output);
    end(name, {.exit_code = 0});
  }
  void fail_step(const std::string& name, int exit_code = 1) {
    end(name, {.exit_code = exit_code});
  }
  void end(const std::string& name, const JobFinished& how) {
    target.end(name, how);
    pump();
  }
  /// Succeed whatever runs, until nothing does any more.
  void succeed_all() {
    for (std::size_t done = 0; done < target.submitted.size(); ++done)
      if (target.is_running(target.submitted[done])) succeed(target.submitted[done]);
  }

  [[nodiscard]] const StepRunRecord& record(const std::string& name) const {
    return scheduler.record(id(name));
  }
  /// "Completed", "Completed (reused)", "Failed" …
  [[nodiscard]] std::string status(const std::string& name) const {
    return std::string(to_text(record(name).status)) + (record(name).reused ? " (reused)" : "");
  }
  /// The output of a completed step.
  [[nodiscard]] OutputRecord output(const std::string& name) const {
    return world.history.find_result(record(name).result.value()).value().outputs.at(0);
  }

 private:
  RunRecord new_run() const {
    RunRecord made{.pipeline = pipeline.name, .started = world.time};
    world.history.begin_run(made);
    return made;
  }
  void later(std::function<void()> work) {
    if (hold_background)
      background.push_back(std::move(work));
    else
      work();
  }
};

}  // namespace mlpipe::test
