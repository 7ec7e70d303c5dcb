#!/usr/bin/env bash
# run --stream: what a step writes is printed while it runs, all of it before its end is told, on stderr.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
parameters: {n: 1}
steps:
  talk: {command: 'echo first \${{parameters.n}}; $(until_go talk); printf "10%%\\r20%%\\r100%%\\nno end"'}
  loud: {command: 'for i in \$(seq 5000); do echo "out \$i"; echo "err \$i" >&2; done', depends_on: [talk]}
  fails: {command: 'echo last words; exit 3', depends_on: [loud]}
Y
start run run p.yaml --stream talk
wait_until 20 grep -qx "first 1" run.err  # while it runs
! grep -q "no end" run.err || fail "talk ended too early"
go talk
expect_end 1 "$driver"
grep -qx "100%" run.err || fail "the bar's last state is missing: $(cat run.err)"
! grep -q "20%" run.err || fail "what the bar overwrote is shown"
expect_equal "$(grep -n 'no end' run.err | cut -d: -f1)" "$(($(grep -n 'talk *Completed' run.err | cut -d: -f1) - 1))" "the line before Completed"
! grep -q "out 1" run.err || fail "another step's output is shown"
[[ $(wc -l <run.out) == 1 ]] || fail "stdout holds more than the ending"

# Several: each line says whose it is; nothing is lost and the order is kept, also of one that fails.
expect_code 1 mlpipe run p.yaml --stream loud --stream fails --from talk
expect_equal "$(grep -c '^loud *| out ' err) $(grep -c '^loud *| err ' err)" "5000 5000" "lines"
grep '^loud *| out ' err | sed 's/.*out //' | diff - <(seq 5000) || fail "out of order"
expect_equal "$(grep -nE '^fails *\| last words|fails +Failed' err | sed 's/:.*//' | paste -sd' ' | awk '{print $2 - $1}')" 1 "the line before Failed"
# Nobody asked for talk. All: also talk.
expect_no_err "| no end"
expect_code 1 mlpipe run p.yaml --stream '*' --from talk
expect_err "talk     | no end"
# A reused step wrote nothing now.
expect_code 1 mlpipe run p.yaml --stream talk
expect_err "\`mlpipe logs latest talk\` shows what it wrote"
expect_no_err "no end"
expect_code 0 mlpipe run p.yaml --stream loud --until talk && expect_err "is not part of this run"

runs=$(mlpipe runs | wc -l)
expect_code 2 mlpipe run p.yaml --stream talc && expect_err "did you mean 'talk'?"
expect_code 2 mlpipe run p.yaml --stream talk --json && expect_err "--json"
expect_equal "$(mlpipe runs | wc -l)" "$runs" "runs after wrong usage"
