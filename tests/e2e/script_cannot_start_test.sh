#!/usr/bin/env bash
# A script whose interpreter is missing fails with its name; once it is there the run completes.
. "$(dirname "$0")/faults.sh"

mkdir src
printf '#!%s/interpreter\n' "$work" >src/job && chmod +x src/job
echo 'steps: {a: {source_directory: src, script_name: job}}' >p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "could not be started"
expect_err "the interpreter that its first line names does not exist"
expect_sound_database
printf '#!/bin/sh\nexit 0\n' >interpreter && chmod +x interpreter
expect_code 0 mlpipe run p.yaml
expect_executed a
echo 'steps: {a: {command: "no-such-program 1"}}' >p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "no-such-program: command not found"
