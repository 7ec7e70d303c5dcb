#!/usr/bin/env bash
# gc --older-than removes results that no run has made or reused for so long; pinned runs' stay, and what clocks got wrong.
. "$(dirname "$0")/collecting.sh"
for step in old reused pinned; do { echo steps:; sized_step $step 5; } >$step.yaml; done
expect_code 0 mlpipe run old.yaml && old=$(newest)
expect_code 0 mlpipe run reused.yaml && reused=$(newest)
expect_code 0 mlpipe run pinned.yaml && pinned=$(newest)
for run in "$old" "$reused" "$pinned"; do make_older "$run" 40; done
expect_code 0 mlpipe run reused.yaml && expect_executed ""
expect_code 0 mlpipe pin "$pinned"

expect_equal "$(gone)" "" "without an age"
expect_equal "$(gone --older-than 41d)" "" "what is older than 41 days"
expect_equal "$(gone --older-than 39d --dry-run)" old "what is older than 39 days"
expect_equal "$(gone --older-than 39d)" old "what went"
expect_whole_store
expect_code 0 mlpipe why old.yaml old && expect_out "its last result was collected by gc"
expect_code 0 mlpipe run pinned.yaml && expect_executed ""
expect_code 0 mlpipe run reused.yaml && expect_executed ""
expect_code 0 mlpipe run old.yaml && expect_executed old
expect_code 0 mlpipe get "$old" old.out dir   # the same bytes are there again, made by another run

# Everything but what is pinned.
expect_equal "$(gone --older-than 0s)" "old reused" "older than now"
expect_code 0 mlpipe run pinned.yaml && expect_executed ""
expect_code 0 mlpipe pin --remove "$pinned"
expect_code 0 mlpipe gc --older-than 0s
expect_equal "$(objects)" 0 "objects left"
expect_whole_store

# A clock that was ahead when a run was made: it is kept, and told.
expect_code 0 mlpipe run old.yaml
make_older "$(newest)" -400
expect_code 0 mlpipe gc --older-than 0s && expect_err "a result is kept whose last use lies in the future, by the clock of this machine"
expect_code 0 mlpipe run old.yaml && expect_executed ""

expect_bad() {  # expect_bad VALUE "message"
  expect_code 2 mlpipe gc --older-than "$1"
  expect_err "--older-than '$1': $2"
  expect_err "nothing was removed"
}
expect_bad 30 "there is no unit after '30': 30d are days"
expect_bad 30x "unknown unit 'x' at character 3"
expect_bad d "it does not begin with a number"
expect_code 2 mlpipe gc --older-than=-5d && expect_err "it is negative"
expect_code 2 mlpipe gc --older-than 1.2.3d && expect_err "'1.2.3' is no number"
expect_code 2 mlpipe gc --older-than 900000d && expect_err "nothing was removed"
expect_code 2 mlpipe gc --older-than "" && expect_err "--older-than: expected how long ago"
