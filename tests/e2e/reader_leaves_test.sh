#!/usr/bin/env bash
# A reader that leaves (`| head -1`) ends a looking command without a word, and does not end or fail a run.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 - >p.yaml <<'P'
print("steps:")
for i in range(100):
    print(f"  a_step_with_a_long_name_{i}: {{command: 'head -c 3000 /dev/zero | tr \"\\\\0\" x; echo {i}'}}")
P
expect_code 0 mlpipe run p.yaml --json
left() {  # left "CODES" HEAD COMMAND…: the command's code is one of those, and it says nothing
  local codes=$1 head=$2 code=0
  shift 2
  { mlpipe "$@" 2>"$work/err" || echo $? >"$work/code"; } | $head >"$work/out" || true
  code=$(cat "$work/code" 2>/dev/null || echo 0)
  rm -f "$work/code"
  [[ " $codes " == *" $code "* ]] || fail "code $code of $*"
  [[ ! -s $work/err ]] || fail "$* said: $(cat "$work/err")"
}
# shellcheck disable=SC2043
for ignored in "" PIPE; do  # whoever started it may have SIGPIPE ignored
  [[ -z $ignored ]] || trap '' PIPE
  left "0 141" true show --json
  left "141" "head -c1" logs
  left "0 141" "head -1" runs
  left "141" "head -1" show --json
  left "0 141" true plan p.yaml
done
trap - PIPE
left 0 "head -1" run p.yaml --json --regenerate-outputs
grep -q run_started out || fail "the first event is missing"
wait_until 20 sh -c "'$MLPIPE' runs -n 1 | grep -q Completed"
expect_equal "$(ask_run latest 'len([s for s in steps.values() if s["status"] == "Completed" and not s["reused"]])')" 100 "steps that ran"
left 0 true run p.yaml --regenerate-outputs --json
