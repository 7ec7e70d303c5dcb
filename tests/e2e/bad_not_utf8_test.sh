#!/usr/bin/env bash
# A byte that is not UTF-8 is shown where it stands.
. "$(dirname "$0")/faults.sh"

printf 'steps:\n  a:\n    command: "caf\xe9"\n' >bad.yaml
expect_problem 3:18 "this is not UTF-8 text (byte 0xe9)"
expect_err "save the file as UTF-8"
