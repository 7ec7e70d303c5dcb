#!/usr/bin/env bash
# kill -9 of driver and supervisor in one moment: no process of a step is left, not even one that left its session.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
steps:
  a: {command: 'setsid sleep 1000 & (setsid setsid sleep 1000 &) ; env -i setsid sleep 1000 & $(trace a); $(until_go a)'}
Y
daemons_run() { (($(step_processes | wc -l) >= 4)); }  # three, and bash; its own sleep comes and goes
start run run p.yaml
wait_until 20 has_trace a
wait_until 20 daemons_run
supervisor=$(pgrep -P "$driver" -f supervise)
guard=$(pgrep -P "$supervisor" -x job-guard)
left=$(step_processes) || true  # one may end meanwhile
kill -KILL "$driver" "$supervisor"
wait_until 2 no_step_processes
guard_ended() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$guard/status"; }  # who takes in orphans may be slow
wait_until 2 guard_ended
[[ -n $left ]] || fail "there was nothing to end"

# The guard too: what is left then is ended by the next command that finds the run dead.
start again run p.yaml
wait_until 20 daemons_run
supervisor=$(pgrep -P "$driver" -f supervise)
all=("$(pgrep -P "$supervisor" -x job-guard)" "$driver" "$supervisor")
kill -STOP "${all[@]}"  # else one may see that another one is gone, before its own turn
kill -KILL "${all[@]}"
sleep 0.2
[[ -n $(step_processes) ]] || fail "who ended them?"
go a
expect_code 0 mlpipe run p.yaml
no_step_processes || fail "left: $(step_processes)"
