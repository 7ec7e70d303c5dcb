#!/usr/bin/env bash
# A step that writes a thousand files: all are kept, and come back with their contents.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
steps:
  make:
    command: for i in {1..1000}; do echo $i > ${{outputs.made}}/$i; done
    outputs: {made: {type: uri_folder}}
END
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe get latest make.made got
expect_equal "$(find got -type f | wc -l)" 1000
expect_file got/777 777
expect_code 0 mlpipe run p.yaml
expect_executed ""
