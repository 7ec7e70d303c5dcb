#!/usr/bin/env bash
# A database that another program never lets go of: after a minute each command says so and ends with 3. The
# minute passes three hundred times as fast here.
. "$(dirname "$0")/clock.sh"
. "$(dirname "$0")/locking.sh"

echo "steps: {make: {command: '$(trace make)'}}" >p.yaml
expect_code 0 mlpipe run p.yaml
expect_locked() {  # expect_locked mlpipe arguments…
  expect_code 3 at "+0 x300" "$@"
  expect_err "'$work/.mlpipe/mlpipe.db': database is locked (another program keeps it locked: end it"
  expect_equal "$(cat out)" "" "what $1 tells"
}
hold writing
expect_locked run p.yaml --regenerate-outputs
expect_locked run p.yaml
expect_code 0 at "+0 x300" runs
expect_equal "$(grep -c Completed out)" 1 "completed runs"
let_go
hold alone
expect_locked run p.yaml --regenerate-outputs
expect_locked runs
expect_locked runs --json
expect_locked show
expect_locked gc
expect_locked verify
let_go
expect_traces "make"
expect_code 0 mlpipe run p.yaml --regenerate-outputs
expect_code 0 mlpipe runs
expect_equal "$(grep -c Completed out)" 2 "completed runs"
expect_sound_database
