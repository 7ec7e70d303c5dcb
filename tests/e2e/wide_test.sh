#!/usr/bin/env bash
# A fan of 200 steps: all run once, each with its log; then all are reused.
. "$(dirname "$0")/running.sh"

{
  echo 'steps:'
  for i in {1..200}; do
    echo "  s$i: {command: '$(trace "$i"); echo $i > \"\${{outputs.o}}\"; echo said $i', outputs: {o: {type: uri_file}}}"
  done
  echo '  join:'
  echo "    command: 'cat $(for i in {1..200}; do echo -n "\${{inputs.i$i}} "; done) > \${{outputs.o}}'"
  echo '    inputs:'
  for i in {1..200}; do echo "      i$i: \${{steps.s$i.outputs.o}}"; done
  echo '    outputs: {o: {type: uri_file}}'
} >p.yaml
expect_code 0 mlpipe run -j8 p.yaml
expect_equal "$(sort -n traces | md5sum)" "$(seq 200 | md5sum)" "executions"
expect_code 0 mlpipe get latest join.o got
expect_equal "$(md5sum <got/o)" "$(seq 200 | md5sum)" "joined"
expect_equal "$(find .mlpipe/logs -name '*.stdout' | wc -l)" 201 "logs"
expect_equal "$(cat .mlpipe/logs/*/s77.1.stdout)" "said 77"
expect_code 0 mlpipe run p.yaml
expect_out "all 201 steps reused"
