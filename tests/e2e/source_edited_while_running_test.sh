#!/usr/bin/env bash
# A source file edited while its run goes on is not seen by it, but by the next run.
. "$(dirname "$0")/faults.sh"

mkdir src
echo 'cat version' >src/second.sh
echo one >src/version
cat >p.yaml <<END
steps:
  first: {command: "touch $work/started; until [ -e $work/go ]; do sleep 0.02; done"}
  second: {source_directory: src, script_name: second.sh, depends_on: [first]}
END
{ mlpipe run p.yaml >run.out 2>run.err; echo $? >run.code; } &
background+=($!)
wait_until 30 test -e started
echo two >src/version
rm src/second.sh
touch go
wait_until 30 test -s run.code
expect_file run.code 0
expect_equal "$(mlpipe logs latest second | tail -1)" one
echo 'cat version' >src/second.sh
expect_code 0 mlpipe run p.yaml
expect_executed second
expect_equal "$(mlpipe logs latest second | tail -1)" two
