#!/usr/bin/env bash
# A clock that was set back a day, and one that runs ahead: edits are seen, nothing else runs, the newest run is
# the one that was started last.
. "$(dirname "$0")/clock.sh"

cat >p.yaml <<'END'
steps:
  make:
    command: "cat ${{inputs.i}} > ${{outputs.o}}"
    inputs: {i: {type: uri_file, path: in.txt}}
    outputs: {o: {type: uri_file}}
    retry: {max_retries: 1, delay: 0.1}
END
echo 1 >in.txt
sleep 2.1  # so old that its hash is remembered
expect_code 0 at +0 run p.yaml
first=$(ask_run latest "run['run_id']")
expect_code 0 at -1d run p.yaml
expect_executed ""
[[ $(ask_run latest "run['run_id']") != "$first" ]] || fail "latest is not the newest run"
echo 2 >in.txt
touch -d '3 days ago' in.txt
expect_code 0 at -1d run p.yaml
expect_executed make
expect_code 0 at -1d get latest make.o got
expect_file got/o 2
expect_code 0 at -1d show
expect_code 0 at -1d runs
echo 3 >in.txt
expect_code 0 at +400d run p.yaml
expect_executed make
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_code 0 mlpipe show
expect_code 0 mlpipe report -o page.html
# With a clock that is back a time-out comes all the same; how it is set back meanwhile: clock_moves_test.sh.
cat >q.yaml <<Y
steps:
  slow: {command: '$(trace slow); sleep 100', limits: {timeout: 2}}
Y
expect_code 1 at "-1d" run q.yaml
expect_equal "$(ask_run latest "steps['slow']['status']")" Failed
expect_sound_database
