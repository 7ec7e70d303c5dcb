#!/usr/bin/env bash
# Results go to stdout, messages to stderr; no colour codes into a pipe; every command works with a bare environment.
. "$(dirname "$0")/lib.sh"
mkdir ws deep && echo 'steps: {a: {command: "echo hi"}, b: {command: "echo oops >&2; exit 7", depends_on: [a]}}' >ws/p.yaml
cd deep
bare() { env -i MLPIPE_SLOT_DIRECTORY="$MLPIPE_SLOT_DIRECTORY" "$@"; }
expect_code 1 bare "$MLPIPE" run ../ws/p.yaml
expect_equal "$(wc -l <"$work/out")" 1 "lines on stdout"
expect_out "Failed in" && expect_out "2 ran, 0 reused, 1 failed"
expect_err "step 'b' failed: exit code 7" && expect_err "| oops" && expect_err "log: "
[[ -d ../ws/.mlpipe && ! -e .mlpipe && ! -e ../.mlpipe ]] || fail "the state is not beside the spec"
for command in "runs" "show latest" "logs latest b" "why latest b" "plan ../ws/p.yaml" "validate ../ws/p.yaml" "why ../ws/p.yaml a"; do
  # shellcheck disable=SC2086  # words on purpose
  expect_code 0 bare "$MLPIPE" $command -C ../ws
  [[ -s $work/out ]] || fail "nothing on stdout: $command"
  [[ ! -s $work/err ]] || fail "on stderr: $command: $(cat "$work/err")"
  ! grep -q $'\x1b' "$work/out" || fail "colour codes: $command"
  # shellcheck disable=SC2086
  expect_code 0 bare MLPIPE_WORKSPACE=../ws "$MLPIPE" $command
done
! grep -q $'\x1b' "$work/err" || fail "colour codes in messages"
# What every command takes may stand before it.
for before in "-C ../ws" "-C../ws" "--workspace ../ws" "--workspace=../ws" "--color never -C ../ws"; do
  # shellcheck disable=SC2086
  expect_code 0 bare "$MLPIPE" $before logs latest a && expect_out "hi"
done
expect_code 2 bare "$MLPIPE" -C nowhere show && expect_err "the workspace 'nowhere' (of -C) does not exist"
expect_code 2 bare "$MLPIPE" --json show -C ../ws && expect_err "put '--json' after the command"
expect_code 2 bare "$MLPIPE" show && expect_err "there are no runs in the workspace" && [[ ! -s $work/out ]]
expect_code 2 bare "$MLPIPE" show -C nowhere && expect_err "nowhere"
expect_code 2 bare "$MLPIPE" shwo && expect_err "did you mean 'show'?"
expect_code 2 bare "$MLPIPE" run --jason ../ws/p.yaml && expect_err "did you mean '--json'?"
expect_code 0 bare "$MLPIPE" --version && expect_out "mlpipe "
