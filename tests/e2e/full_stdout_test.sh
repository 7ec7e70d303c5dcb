#!/usr/bin/env bash
# Output to a full disk: a looking command says so and ends with 3; a run finishes, is recorded, and ends with 3.
. "$(dirname "$0")/lib.sh"
[[ -c /dev/full ]] || skip "needs /dev/full"
/usr/bin/python3 - >p.yaml <<'P'
print("steps:")
for i in range(60):
    print(f"  a_step_with_a_long_name_{i}: {{command: 'head -c 300 /dev/zero | tr \"\\\\0\" x; echo {i}'}}")
P
to_full() {  # to_full CODE COMMAND…
  local want=$1 got=0
  shift
  mlpipe "$@" >/dev/full 2>"$work/err" || got=$?
  expect_equal "$got" "$want" "code of $*"
}
to_full 3 run p.yaml
expect_err "cannot write to stdout"
expect_equal "$(ask_run latest 'run["status"]')" Completed "status"
to_full 3 run p.yaml --json --regenerate-outputs
expect_equal "$(ask_run latest 'run["status"]')" Completed "status"
expect_equal "$(executed | wc -w)" 60 "steps that ran"
for command in runs show "show --json" logs "plan p.yaml" "why p.yaml" "why latest" "validate p.yaml" "completion bash" --help; do
  # shellcheck disable=SC2086
  to_full 3 $command
  expect_err "cannot write to stdout: No space left on device"
  expect_no_err "a bug in mlpipe"
done

# stderr is lost: nobody can be told, but the run goes on and the result is on stdout.
mlpipe run p.yaml --regenerate-outputs >out 2>/dev/full || fail "code $? with a full stderr"
expect_out "60 ran"
mlpipe run p.yaml --regenerate-outputs >/dev/full 2>/dev/full && fail "both lost, and code 0"
expect_equal "$(ask_run latest 'run["status"]')" Completed "status"

# Closed altogether: no file that is opened later gets what was meant for them.
code=0
mlpipe run p.yaml --regenerate-outputs >&- 2>&- || code=$?
expect_equal "$code" 3 "code with stdout closed"
expect_equal "$(ask_run latest 'run["status"]')" Completed "status"
! grep -rqa "60 ran" .mlpipe/*.lock .mlpipe/mlpipe.db* || fail "the last line is in a state file"
