#!/usr/bin/env bash
# Colours only on a terminal; NO_COLOR takes them away, CLICOLOR_FORCE gives them to a pipe, --color has the last word.
. "$(dirname "$0")/lib.sh"
unset NO_COLOR CLICOLOR_FORCE
echo 'steps: {a: {command: "true"}}' >p.yaml
expect_code 0 mlpipe run p.yaml
coloured() { grep -q $'\x1b\\[' "$work/out" "$work/err"; }
plain() { ! coloured || fail "coloured: $1"; }
terminal() { /usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 80 env "$@" >"$work/out"; : >"$work/err"; }

for command in runs show "plan p.yaml" "run p.yaml" "logs nothing"; do
  # shellcheck disable=SC2086
  mlpipe $command >out 2>err || true
  plain "$command in a pipe"
done
terminal "$MLPIPE" runs
coloured || fail "no colours on a terminal"
terminal NO_COLOR=1 "$MLPIPE" runs
plain "NO_COLOR"
terminal TERM=dumb "$MLPIPE" runs
plain "TERM=dumb"
terminal CLICOLOR_FORCE=1 NO_COLOR=1 "$MLPIPE" runs
plain "NO_COLOR and CLICOLOR_FORCE"
terminal "$MLPIPE" runs --color=never
plain "--color=never"
CLICOLOR_FORCE=1 expect_code 0 mlpipe runs
coloured || fail "no colours with CLICOLOR_FORCE"
CLICOLOR_FORCE=0 expect_code 0 mlpipe runs
plain "CLICOLOR_FORCE=0"
NO_COLOR=1 expect_code 0 mlpipe runs --color always
coloured || fail "no colours with --color always"
expect_code 2 mlpipe runs --color sometimes
expect_err "expected one of auto, always, never"
