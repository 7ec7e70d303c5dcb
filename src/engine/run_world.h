#pragma once

#include "engine/object_fetcher.h"
#include "engine/opened_pipeline.h"
#include "engine/state_directory.h"
#include "engine/step_resolver.h"
#include "history/live_runs.h"
#include "store/store_users.h"

namespace mlpipe {

/// What executing steps of a pipeline needs of its workspace, in the order of its life. The state
/// directory is made if it is not there.
struct RunWorld {
  /// `opened_pipeline` outlives this object. Throws Error(system) if the state cannot be used.
  explicit RunWorld(const OpenedPipeline& opened_pipeline)
      : opened(opened_pipeline),
        state(make_state_directory(opened.workspace)),
        history(state.database(), Database::Mode::read_write),
        live_runs(state.run_locks()),
        store_users(state.store_locks()),
        store(state.objects(), state.scratch(), store_users.join()),
        stats(state.stat_cache()),
        interpreters(state.interpreter_cache(), run_process,
                     as_list(base_environment(opened.caller))),
        machines(state.root, opened.workspace.compute_targets),
        fetcher(machines, store, state.scratch()),
        facts({.pipeline = opened.pipeline,
               .places = opened.places,
               .caller = opened.caller,
               .cache = stats,
               .pool = pool,
               .interpreters = interpreters,
               .store = &store,
               .machines = &machines}),
        resolver(opened.pipeline, facts, &history, store, &machines) {}

  const OpenedPipeline& opened;
  StateDirectory state;
  History history;
  LiveRuns live_runs;
  StoreUsers store_users;
  ObjectStore store;
  StatCache stats;
  WorkerPool pool;
  InterpreterProbe interpreters;
  RemoteMachines machines;
  ObjectFetcher fetcher;
  StepFactReader facts;
  StepResolver resolver;
};

}  // namespace mlpipe
