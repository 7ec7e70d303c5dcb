#!/usr/bin/env bash
# A step that writes a thousand files in one folder: all are kept, come back with their contents, and go again by gc.
# MANY_FILES=1000000 does it with a million; times and the peak memory of each command are printed.
. "$(dirname "$0")/faults.sh"
count=${MANY_FILES:-1000}
cat >measure.py <<'PY'
import os, resource, subprocess, sys, time
began = time.monotonic()
code = subprocess.call(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(f"{' '.join(sys.argv[2:])}: {time.monotonic() - began:.1f} s, {peak / 1000:.0f} MB", file=open("measured", "a"))
sys.exit(code)
PY
timed() { /usr/bin/python3 measure.py "$MLPIPE" "$@"; }

cat >p.yaml <<END
steps:
  make:
    command: cd \${{outputs.made}}; seq 1 $count | split -l 1 -a 7 --numeric-suffixes=1 - f
    outputs: {made: {type: uri_folder}}
  read:
    command: ls -U \${{inputs.made}} | wc -l >\${{outputs.count}}
    inputs: {made: "\${{steps.make.outputs.made}}"}
    outputs: {count: {type: uri_file, path: ./count}}
END
expect_code 0 timed run p.yaml
expect_file count "$count"
expect_code 0 timed get latest make.made got
expect_equal "$(find got -type f | wc -l)" "$count"
expect_file got/f0000777 777
expect_code 0 timed run p.yaml
expect_executed ""
expect_code 0 timed du --by step
expect_code 0 timed gc --older-than 0s
expect_equal "$(find .mlpipe/objects -type f | wc -l)" 0
cat measured
