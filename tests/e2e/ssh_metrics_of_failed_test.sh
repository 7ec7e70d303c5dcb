#!/usr/bin/env bash
# What a step measured before it failed is kept with the run, also where it ran on a machine behind SSH: when its command
# failed, when it did not make what it declares, and when it ran out of time. A file that cannot be read costs nothing else.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
step() {  # step NAME COMMAND [MORE]: that measures, then does this
  printf '  %s:\n    compute_target: a\n    command: |\n      echo "{\\"name\\": \\"loss\\", \\"value\\": $MLPIPE_ATTEMPT, \\"step\\": 1}" >>"$MLPIPE_METRICS"\n      %s\n%s' "$1" "$2" "${3:-}"
}
{
  echo "settings: {continue_on_step_failure: true}"
  echo "steps:"
  step fails "exit 3" $'    retry: {max_retries: 1}\n'
  step lacks ": \${{outputs.o}}" $'    outputs: {o: {type: uri_file}}\n'
  step slow "sleep 60" $'    limits: {timeout: 1}\n'
  step works true
  step loops 'rm "$MLPIPE_METRICS"; ln -s "$MLPIPE_METRICS" "$MLPIPE_METRICS"; exit 1'
} >p.yaml
expect_code 1 mlpipe run p.yaml
for step in fails lacks slow works; do
  want=1
  [[ $step != fails ]] || want=2
  expect_equal "$(ask_run latest "[(m['name'], m['value'], m['step']) for m in steps['$step']['metrics']]")" "[('loss', $want, 1)]" "$step"
done
expect_equal "$(ask_run latest "[steps['loops']['metrics'], steps['loops']['status']]")" "[[], 'Failed']" "loops"
expect_no_err "the connection is lost"
expect_err "try it by hand, on this machine: mlpipe run p.yaml --only fails --shell --local"
