#!/usr/bin/env bash
# Would break hashing after the run: a script edited while it runs is not the one that made the result.
. "$(dirname "$0")/running.sh"

mkdir src
script() { echo "echo $1 > \"\$1\"; $(trace "$1"); $(until_go step); cat part.txt >> \"\$1\""; }
script one >src/make.sh && echo "part one" >src/part.txt
cat >p.yaml <<'END'
steps:
  make: {source_directory: src, script_name: make.sh, arguments: ["${{outputs.o}}"], outputs: {o: {type: uri_file}}}
END
expect_bytes() {
  rm -rf got
  expect_code 0 mlpipe get latest make.o got
  expect_equal "$(paste -sd, got/o)" "$1"
}
start run run p.yaml
wait_until 20 has_trace one
script two >src/make.sh && echo "part two" >src/part.txt
go step
expect_end 0 "$driver"
expect_bytes "one,part one"
expect_code 0 mlpipe run p.yaml
expect_executed make
expect_bytes "two,part two"
script one >src/make.sh && echo "part one" >src/part.txt
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_bytes "one,part one"
