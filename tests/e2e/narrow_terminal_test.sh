#!/usr/bin/env bash
# On a terminal 20 columns wide no table and no live line is wider, and nothing is padded beyond it.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
cat >p.yaml <<'Y'
name: a-pipeline-with-quite-a-long-name
steps:
  a_step_with_a_name_that_is_longer_than_the_terminal: {command: 'for i in 1 2 3 4 5 6; do echo "epoch $i of six, which is a long line"; sleep 0.1; done; echo "{\"name\": \"accuracy\", \"value\": 0.5}" >> $MLPIPE_METRICS'}
  short: {command: 'echo a'}
Y
narrow() { /usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 20 "$MLPIPE" "$@" >"$work/out" || fail "code $? of $*: $(cat out)"; }
# The widest of the lines that match, without colours and the movements of the cursor.
widest() { sed -E 's/\x1b\[[0-9;]*[A-Za-z]//g' out | grep -E -- "$1" | wc -L; }

narrow run p.yaml
(($(widest '^  a_step.* (ms|s)  .*|[0-9] running') <= 20)) || fail "a live line is too wide: $(cat out)"
grep -q "of 2 ste" out || fail "no live line: $(cat out)"
! grep -q ' \{21\}' out || fail "padded beyond the terminal: $(cat out)"
for command in "runs" "plan p.yaml" "show"; do
  # shellcheck disable=SC2086
  narrow $command
  [[ $command != show ]] || sed -i '1,/^$/d' out  # the head is free text
  [[ $command != plan* ]] || sed -i '$d' out      # so is the last line
  [[ -s out ]] || fail "$command printed nothing"
  (($(widest .) <= 20)) || fail "$command is too wide: $(cat out)"
done
narrow show
for text in "a_step_with_a_name_t" "  why: first run of" "(timeline: no room)" "  metrics:" "accuracy=0.5"; do
  grep -qF -- "$text" out || fail "not shown: $text: $(cat out)"
done
narrow why latest
narrow validate p.yaml
narrow plan p.yaml --from short

# Wider, but not wide enough for one line: metrics go on in the next one, and the last is not lost.
cat >m.yaml <<'Y'
steps:
  measure: {command: 'for i in 1 2 3 4 5 6 7 8; do printf "%s\n" "{\"name\": \"measure_$i\", \"value\": 0.12345$i}" "{\"name\": \"loss\", \"value\": 1.5, \"step\": $i}" >> $MLPIPE_METRICS; done'}
Y
expect_code 0 mlpipe run m.yaml
/usr/bin/python3 "$REPOSITORY/tests/e2e/on_terminal.py" 60 "$MLPIPE" show >out
for i in {1..8}; do grep -q "measure_$i=0.12345$i" out || fail "metric $i is cut: $(cat out)"; done
narrow metrics --plot
grep -q "too narrow for a plot" out || fail "nothing about the plot: $(cat out)"
