#pragma once

#include <string_view>

#include "base/sqlite.h"
#include "core/run.h"

namespace mlpipe {

/// The columns that read_run_row() takes, in its order, for `SELECT … FROM runs`.
inline constexpr std::string_view run_columns =
    "key, id, pipeline, experiment, spec_file, (SELECT coalesce((SELECT text FROM texts WHERE hash "
    "="
    " shown.resolved_spec_hash), shown.resolved_spec) FROM runs AS shown WHERE shown.key ="
    " coalesce(runs.steps_of, runs.key)), command_line,"
    " status, message, host,"
    " user, version, pid, started, finished, pinned, deleted";

/// A run without its tags, parameters and properties.
[[nodiscard]] inline RunRecord read_run(const Statement& row) {
  RunRecord run;
  run.key = {row.integer(0)};
  run.id = row.text(1);
  run.pipeline = row.text(2);
  run.experiment = row.text(3);
  run.spec_file = row.text(4);
  run.resolved_spec = row.text(5);
  run.command_line = row.text(6);
  run.status = parse_status(row.text(7)).value_or(Status::failed);
  run.message = row.text(8);
  run.host = row.text(9);
  run.user = row.text(10);
  run.version = row.text(11);
  run.pid = row.integer(12);
  run.started = from_micros(row.integer(13));
  run.finished = from_micros(row.integer(14));
  run.pinned = row.integer(15) != 0;
  run.deleted = from_micros(row.integer(16));
  return run;
}

}  // namespace mlpipe
