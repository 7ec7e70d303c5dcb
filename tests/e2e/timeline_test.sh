#!/usr/bin/env bash
# `show` draws when each step ran: bars on a terminal that fit it, ASCII without UTF-8, elsewhere only with --timeline.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "needs script (bsdutils)"
cat >p.yaml <<'END'
steps:
  first: {command: "sleep 0.3"}
  a_rather_long_name_for_a_step: {command: "sleep 0.2", depends_on: [first]}
END
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe show
! grep -q '###\|███' "$work/out" || fail "a timeline in a pipe"
LC_ALL=C expect_code 0 mlpipe show --timeline
expect_equal "$(tail -n 2 "$work/out" | grep -c '#####')" 2 "bars"
tail -n 1 "$work/out" | grep -q '^a_rather_long_name_for_\.\.\. \{10\} *[-#]*#####' || fail "the second step starts later: $(cat "$work/out")"
expect_equal "$(awk 'length > 80' <(tail -n 3 "$work/out"))" "" "wider than 80 columns"
LC_ALL=C.UTF-8 expect_code 0 mlpipe show --timeline
expect_out "█████"

on_terminal() {  # on_terminal COLUMNS: what `show` prints there, without colours
  TERM=xterm NO_COLOR=1 LC_ALL=C script -qefc "stty cols $1; '$MLPIPE' show" typescript >/dev/null </dev/null
  tr -d '\r' <typescript
}
on_terminal 60 | grep -q '#####' || fail "no bars on a terminal: $(cat typescript)"
expect_equal "$(on_terminal 60 | tail -n 5 | grep '#' | awk 'length > 60')" "" "wider than the terminal"
! on_terminal 20 | grep -q '##' || fail "bars where there is no room"

expect_code 0 mlpipe run p.yaml
LC_ALL=C expect_code 0 mlpipe show --timeline
! grep -q '##' "$work/out" || fail "bars of a run that did nothing"
