#!/usr/bin/env bash
# `max_concurrent_steps` of a machine behind SSH holds over there: for drivers on several machines, which know nothing of each
# other's slots. Another target on the same machine has a limit of its own.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
login=$(sed -n 's/.*\(host: a, .*\)}/\1/p' mlpipe.yaml)
cat >mlpipe.yaml <<Y
compute_targets:
  one: {type: ssh, $login, max_concurrent_steps: 1, cpus: 8}
  other: {type: ssh, $login, cpus: 8}
Y
pipeline() {  # pipeline NAME TARGET
  cat >"$1.yaml" <<Y
steps:
  $1:
    compute_target: $2
    command: "$(trace "$1-begins"); $(until_go "$1"); $(trace "$1-ends"); echo $1 >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
}
pipeline first one
pipeline second one
pipeline third other
laptop() {  # laptop NAME: a run with slots of its own, as on a machine of its own
  export MLPIPE_SLOT_DIRECTORY="$work/$1.slots"
  start "$1" run "$1.yaml"
}
laptop first
first=$driver
wait_until 30 has_trace first-begins
laptop second
second=$driver
waits_there() { [[ $(find "$(remote_root a)/jobs" -name job | wc -l) == 2 ]]; }  # a keeper has it
wait_until 30 waits_there
laptop third
third=$driver
wait_until 30 has_trace third-begins  # it came later, and has what it needs
expect_traces "first-begins third-begins"
go second  # should it run, it ends at once
go third
expect_end 0 "$third"
expect_traces "first-begins third-begins third-ends"
go first
expect_end 0 "$first"
expect_end 0 "$second"
expect_equal "$(grep -v third traces | paste -sd ' ')" "first-begins first-ends second-begins second-ends" "the order of the steps"
