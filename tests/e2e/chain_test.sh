#!/usr/bin/env bash
# Long chains: 100 steps one after the other; 3000 whose work turns out to be the same.
. "$(dirname "$0")/running.sh"

chain() {  # chain LENGTH COMMAND
  echo 'steps:'
  echo "  s1: {command: 'echo 0 > \${{outputs.o}}', outputs: {o: {type: uri_file}}}"
  for ((i = 2; i <= $1; ++i)); do
    echo "  s$i: {command: '$2', inputs: {i: \"\${{steps.s$((i - 1)).outputs.o}}\"}, outputs: {o: {type: uri_file}}}"
  done
}
# shellcheck disable=SC2016
chain 100 'echo $(($(cat ${{inputs.i}}) + 1)) > ${{outputs.o}}' >p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest s100.o got
expect_file got/o 99
# shellcheck disable=SC2016
chain 3000 'cp ${{inputs.i}} ${{outputs.o}}' >same.yaml
(ulimit -s 512 && expect_code 0 "$MLPIPE" run same.yaml)
expect_executed s2
