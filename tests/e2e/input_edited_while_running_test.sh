#!/usr/bin/env bash
# An input edited while its step runs is named; the result is not reused, even if the bytes come back.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
inputs: {data: {type: uri_file, path: data.txt}}
steps:
  use:
    command: touch started; until [ -e go ]; do sleep 0.02; done; cat ${{inputs.data}} > ${{outputs.o}}
    inputs: {data: "${{parent.inputs.data}}"}
    outputs: {o: {type: uri_file}}
END
sed -i "s|started|$work/started|; s|go \]|$work/go ]|" p.yaml
edited() {  # edited "text for a while" "text in the end"
  rm -f started go run.code
  { mlpipe run p.yaml >run.out 2>run.err; echo $? >run.code; } &
  background+=($!)
  wait_until 30 test -e started
  printf '%s' "$1" >data.txt
  printf '%s' "$2" >data.txt
  touch go
  wait_until 30 test -s run.code
  expect_file run.code 0
  grep -qF "'$work/data.txt' was changed while the step ran: this result is not kept for reuse" run.err || fail "$(cat run.err)"
}
printf A >data.txt
edited B B
edited A B # as it was when the run began, but it was another in between
touch go
expect_code 0 mlpipe run p.yaml
expect_executed use
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database
