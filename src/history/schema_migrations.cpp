// The database `mlpipe.db`: SQLite, WAL, STRICT tables. Times are microseconds since 1970 UTC,
// hashes 16-byte blobs, statuses Azure ML's words.
//
//   runs ──< step_runs ──< attempts            what happened (the view run_steps: what runs show)
//                │   └──< metrics
//                └──> results ──< outputs ──> objects    what may be reused, and where it lies
//   assets ──< asset_labels, asset_objects     what is registered (registry/registry.h)
//
//   endpoints ──< endpoint_versions ──< endpoint_objects   what is published
//          └──< submissions ──> runs          what was promised to run (registry/submissions.h)
//   schedules ──< fires ──> runs              when what is submitted (registry/schedules.h)
//
//   downloads ──> (objects in the store)      what was fetched for inputs, and from where
//   objects_elsewhere                         what lies in the stores of other machines
//
// counters.withdrawn_results: how often a result was withdrawn or replaced; as long as that stays,
// what could be reused still can.
//
// runs also have run_tags, run_parameters, run_properties, run_sources and notifications. A run
// that was deleted keeps its rows. A step run that was reused points to the result of the step run
// that made it. A result pinned by a step run of an unfinished run is not collected. History rows
// are never deleted by a migration. results.offered: 1 may be reused; 2 replaced by a later result
// of the same work; 0 never (again). results.collected: when gc gave its outputs up (offered is 0
// then); its rows stay. What refers to an object: object_holders.h.
#include "history/schema_migrations.h"

#include <array>

namespace mlpipe {

namespace {

// One entry per version, in order. Never edit one that was released: add the next.
constexpr std::array migrations = {
    R"sql(
CREATE TABLE runs (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  pipeline TEXT NOT NULL,
  experiment TEXT NOT NULL,
  spec_file TEXT NOT NULL,
  resolved_spec TEXT NOT NULL,
  command_line TEXT NOT NULL,
  status TEXT NOT NULL,
  message TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL,
  user TEXT NOT NULL,
  version TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_by_experiment ON runs(experiment, key);
CREATE INDEX runs_unfinished ON runs(status) WHERE finished = 0;

CREATE TABLE run_tags (
  run INTEGER NOT NULL REFERENCES runs(key),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_properties (
  run INTEGER NOT NULL REFERENCES runs(key),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE step_runs (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(key),
  step TEXT NOT NULL,
  status TEXT NOT NULL,
  reused INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  fingerprint BLOB,
  manifest BLOB,
  result INTEGER REFERENCES results(key),
  started INTEGER NOT NULL DEFAULT 0,
  finished INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX step_runs_by_run ON step_runs(run);
CREATE INDEX step_runs_by_step ON step_runs(step, key);
CREATE INDEX step_runs_by_result ON step_runs(result) WHERE result IS NOT NULL;
CREATE INDEX step_runs_executing ON step_runs(fingerprint) WHERE finished = 0;

CREATE TABLE attempts (
  step_run INTEGER NOT NULL REFERENCES step_runs(key),
  number INTEGER NOT NULL,
  status TEXT NOT NULL,
  exit_code INTEGER,
  signal INTEGER,
  message TEXT NOT NULL DEFAULT '',
  pid INTEGER NOT NULL DEFAULT 0,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  user_micros INTEGER NOT NULL DEFAULT 0,
  system_micros INTEGER NOT NULL DEFAULT 0,
  peak_memory_bytes INTEGER NOT NULL DEFAULT 0,
  lingering INTEGER NOT NULL DEFAULT 0,
  stdout_file TEXT NOT NULL,
  stderr_file TEXT NOT NULL,
  PRIMARY KEY (step_run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE metrics (
  step_run INTEGER NOT NULL REFERENCES step_runs(key),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  step INTEGER,
  time INTEGER NOT NULL,
  PRIMARY KEY (step_run, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE results (
  key INTEGER PRIMARY KEY,
  fingerprint BLOB NOT NULL,
  manifest BLOB NOT NULL,
  producer INTEGER NOT NULL REFERENCES step_runs(key),
  offered INTEGER NOT NULL,
  varying INTEGER NOT NULL DEFAULT 0,
  made INTEGER NOT NULL,
  duration_micros INTEGER NOT NULL
) STRICT;
CREATE INDEX results_offered ON results(fingerprint) WHERE offered = 1;

CREATE TABLE outputs (
  result INTEGER NOT NULL REFERENCES results(key),
  name TEXT NOT NULL,
  object BLOB NOT NULL REFERENCES objects(id),
  content_hash BLOB NOT NULL,
  is_file INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  file_name BLOB NOT NULL,     -- a name of any bytes
  bytes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  PRIMARY KEY (result, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX outputs_by_object ON outputs(object);

CREATE TABLE objects (
  id BLOB PRIMARY KEY,
  dev INTEGER NOT NULL,
  ino INTEGER NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE texts (          -- long values of manifest parts: an interpreter's distributions
  hash BLOB PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE published_paths ( -- what mlpipe put at an output's `path:`
  path TEXT PRIMARY KEY,
  content_hash BLOB NOT NULL,
  run INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_by_pipeline ON runs(pipeline, key);
-- What lists and filters look at, without the long texts of the rows.
CREATE INDEX runs_listed ON runs(deleted, key, status, started, finished, pipeline, experiment);
CREATE INDEX run_tags_by_name ON run_tags(name, value);

CREATE TABLE run_parameters ( -- also in resolved_spec; here so that filters need not read that
  run INTEGER NOT NULL REFERENCES runs(key),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_parameters_by_name ON run_parameters(name, value);
INSERT INTO run_parameters
  SELECT runs.key, each.key, each.value FROM runs, json_each(runs.resolved_spec, '$.parameters')
  AS each WHERE json_valid(runs.resolved_spec);

CREATE INDEX metrics_by_name ON metrics(name); -- with step run and position, its table's key
)sql",
    R"sql(
ALTER TABLE results ADD COLUMN collected INTEGER NOT NULL DEFAULT 0; -- when gc took its outputs
CREATE INDEX results_by_producer ON results(producer);
CREATE INDEX results_replaced ON results(fingerprint) WHERE offered = 2;
)sql",
    R"sql(
CREATE TABLE downloads ( -- what inputs with an address were fetched from it, the last time
  url TEXT PRIMARY KEY,  -- without secrets (base/url.h)
  object BLOB NOT NULL,
  content_hash BLOB NOT NULL,
  file_name BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  etag TEXT NOT NULL,          -- as the server said them, or ''
  last_modified TEXT NOT NULL,
  fetched INTEGER NOT NULL,
  last_used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE assets ( -- what is registered; never deleted, and only `archived` changes
  key INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  type TEXT NOT NULL,
  display_name TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,          -- a JSON object of texts
  properties TEXT NOT NULL,    -- the same
  created INTEGER NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0,
  creator INTEGER REFERENCES step_runs(key),
  definition TEXT NOT NULL,    -- of a component or an environment
  path TEXT NOT NULL,          -- where it lies, or came from
  content_hash BLOB,
  bytes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  object BLOB,                 -- its content, where that is in the store
  output TEXT NOT NULL,        -- the creator's output that it was
  is_file INTEGER NOT NULL,    -- of the object, as in `outputs`
  executable INTEGER NOT NULL,
  file_name BLOB NOT NULL,
  UNIQUE (kind, name, version)
) STRICT;

CREATE TABLE asset_labels (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  asset INTEGER NOT NULL REFERENCES assets(key),
  PRIMARY KEY (kind, name, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_labels_by_asset ON asset_labels(asset);

CREATE TABLE asset_objects ( -- what gc leaves in the store for them
  asset INTEGER NOT NULL REFERENCES assets(key),
  object BLOB NOT NULL,
  PRIMARY KEY (asset, object)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE run_sources ( -- what gc leaves in the store so that the run can be repeated
  run INTEGER NOT NULL REFERENCES runs(key),
  object BLOB NOT NULL,
  PRIMARY KEY (run, object)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE endpoints ( -- published pipelines by name; never deleted
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  created INTEGER NOT NULL,
  default_version INTEGER NOT NULL DEFAULT 0, -- its number; 0: none is left
  disabled INTEGER NOT NULL DEFAULT 0,        -- since then; 0: it takes submits
  archived INTEGER NOT NULL DEFAULT 0,        -- likewise
  max_concurrent_runs INTEGER,                -- NULL: what the workspace allows
  notifications TEXT NOT NULL DEFAULT '[]'    -- JSON (core/notification.h): also told of its runs
) STRICT;

CREATE TABLE endpoint_versions ( -- what they are never changes; only `deleted` does
  key INTEGER PRIMARY KEY,
  endpoint INTEGER NOT NULL REFERENCES endpoints(key),
  number INTEGER NOT NULL,
  description TEXT NOT NULL,
  created INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  pipeline TEXT NOT NULL,
  spec BLOB NOT NULL,          -- in `texts`: what a run of it is asked for (engine/run_to_repeat.h)
  from_run TEXT NOT NULL,      -- the run whose pipeline it is, or ''
  properties TEXT NOT NULL,    -- a JSON object of texts: what git said
  UNIQUE (endpoint, number)
) STRICT;

CREATE TABLE endpoint_objects ( -- what gc leaves in the store for them
  version INTEGER NOT NULL REFERENCES endpoint_versions(key),
  object BLOB NOT NULL,
  PRIMARY KEY (version, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules ( -- never removed; a deleted one's name may be used again
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  trigger TEXT NOT NULL,       -- JSON (core/trigger.h)
  request TEXT NOT NULL,       -- JSON (registry/submission.h)
  overlap TEXT NOT NULL,       -- skip, queue, cancel
  catch_up TEXT NOT NULL,      -- none, last, all
  created INTEGER NOT NULL,
  settled INTEGER NOT NULL,    -- what was due up to then is in `fires`
  notifications TEXT NOT NULL DEFAULT '[]', -- JSON (core/notification.h): also told of its runs
  disabled INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX schedules_by_name ON schedules(name) WHERE deleted = 0;

CREATE TABLE fires ( -- what became of each moment at which a schedule was due
  schedule INTEGER NOT NULL REFERENCES schedules(key),
  due INTEGER NOT NULL,
  decided INTEGER NOT NULL,
  outcome TEXT NOT NULL,       -- submitted, skipped, missed, failed
  run INTEGER REFERENCES runs(key),
  message TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (schedule, due)
) STRICT, WITHOUT ROWID;

CREATE TABLE submissions ( -- runs that were promised before they began; queued in this order
  run INTEGER PRIMARY KEY REFERENCES runs(key),
  endpoint INTEGER REFERENCES endpoints(key),         -- NULL: `request` names a pipeline file
  version INTEGER REFERENCES endpoint_versions(key),  -- likewise
  schedule INTEGER REFERENCES schedules(key),
  idempotency_key TEXT,
  request TEXT NOT NULL,       -- JSON (registry/submission.h)
  accepted INTEGER NOT NULL,
  starts INTEGER NOT NULL DEFAULT 0 -- how often a driver was started that did not get to begin it
) STRICT;
CREATE UNIQUE INDEX submissions_by_idempotency_key ON submissions(endpoint, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX submissions_by_version ON submissions(version);
CREATE INDEX submissions_by_schedule ON submissions(schedule) WHERE schedule IS NOT NULL;
CREATE INDEX runs_queued ON runs(key) WHERE status = 'Queued';
)sql",
    R"sql(
CREATE TABLE notifications ( -- who is told of a run's end (notification_record.h)
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(key),
  position INTEGER NOT NULL,   -- among those of the run
  outcome TEXT NOT NULL,       -- success, failure: the others go when the run ends
  kind TEXT NOT NULL,
  target TEXT NOT NULL,        -- as written, with ${NAME} where it says so
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  sent INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX notifications_by_run ON notifications(run);
CREATE INDEX notifications_due ON notifications(next_attempt) WHERE state = 'due';
)sql",
    R"sql(
-- Since when; 0: it is there. A deleted one's name may be used again: its row goes on then.
ALTER TABLE endpoints ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX submissions_by_endpoint ON submissions(endpoint) WHERE endpoint IS NOT NULL;
)sql",
    R"sql(
CREATE TABLE objects_elsewhere ( -- outputs that lie in the stores of other machines, also or only
  object BLOB NOT NULL,
  machine TEXT NOT NULL,       -- machine_name() of its compute target
  PRIMARY KEY (object, machine)
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_elsewhere_by_machine ON objects_elsewhere(machine);
)sql",
    R"sql(
CREATE TABLE jobs_elsewhere ( -- that were given to other machines, and are not known to have ended
  machine TEXT NOT NULL,      -- machine_name() of its compute target
  job TEXT NOT NULL,          -- its name over there
  step_run INTEGER NOT NULL REFERENCES step_runs(key), -- that began it, or took it up
  PRIMARY KEY (machine, job)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
-- NULL: its steps have rows of their own. Else the fully reused run of which each step is also this
-- run's, as is what is said of the spec: a run that finds nothing new writes one row.
ALTER TABLE runs ADD COLUMN steps_of INTEGER REFERENCES runs(key);
-- The cast: without the affinity of step_runs.run the index would not be used.
CREATE INDEX runs_by_steps ON runs(CAST(coalesce(steps_of, key) AS INTEGER));
CREATE VIEW run_steps AS  -- the steps that each run shows; `+`: no way to find them by
  SELECT step_runs.key AS key, runs.key AS run, step, step_runs.status AS status, reused, reason,
  step_runs.message AS message, fingerprint, manifest, result,
  CASE WHEN steps_of IS NULL THEN step_runs.started ELSE runs.started END AS started,
  CASE WHEN steps_of IS NULL THEN step_runs.finished ELSE runs.started END AS finished,
  +pipeline AS run_pipeline, +deleted AS run_deleted, +pinned AS run_pinned,
  +runs.finished AS run_finished
  FROM runs JOIN step_runs ON run = CAST(coalesce(steps_of, runs.key) AS INTEGER);

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters VALUES ('withdrawn_results', 0);
CREATE TRIGGER results_withdrawn AFTER UPDATE OF offered ON results
  WHEN old.offered = 1 AND new.offered != 1 BEGIN
  UPDATE counters SET value = value + 1 WHERE name = 'withdrawn_results';
END;
)sql",
    // 13: where an attempt ran.
    "ALTER TABLE attempts ADD COLUMN compute_target TEXT NOT NULL DEFAULT ''",
    // 14: the resolved spec is in `texts` under this hash, and '' in its column: most runs of a
    // pipeline share theirs. NULL: a run of an earlier schema, or one that shows another's.
    "ALTER TABLE runs ADD COLUMN resolved_spec_hash BLOB"};

}  // namespace

std::span<const char* const> schema_migrations() { return migrations; }

}  // namespace mlpipe
