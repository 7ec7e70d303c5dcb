#!/usr/bin/env bash
# A database of a newer mlpipe is refused by every command, and left as it is.
. "$(dirname "$0")/faults.sh"

one_step 'echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
set_version() { /usr/bin/python3 -c "import sqlite3; sqlite3.connect('.mlpipe/mlpipe.db').execute('PRAGMA user_version = $1')"; }
known=$(/usr/bin/python3 -c "import sqlite3; print(sqlite3.connect('.mlpipe/mlpipe.db').execute('PRAGMA user_version').fetchone()[0])")
set_version 999
before=$(sha256sum .mlpipe/mlpipe.db)
for command in "run p.yaml" "plan p.yaml" runs show "logs latest" "get latest make.made x" "cancel latest" "why p.yaml"; do
  # shellcheck disable=SC2086
  expect_code 3 mlpipe $command
  expect_err "(schema 999; this one"
  expect_err "use the newer one, or another workspace"
done
expect_equal "$(sha256sum .mlpipe/mlpipe.db)" "$before"
set_version "$known"
expect_code 0 mlpipe run p.yaml
expect_executed ""
