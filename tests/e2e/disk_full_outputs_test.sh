#!/usr/bin/env bash
# A step that fills the disk fails; with space again the next run completes, and what was done is reused.
. "$(dirname "$0")/faults.sh"

mount_small 8m
cat >disk/p.yaml <<'END'
steps:
  small: {command: "echo 1 > ${{outputs.o}}", outputs: {o: {type: uri_file}}}
  big:
    command: dd if=/dev/zero of=${{outputs.o}} bs=64k count=$(cat blocks)
    source_directory: src
    inputs: {i: "${{steps.small.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
mkdir disk/src && echo 1000 >disk/src/blocks
expect_code 3 mlpipe run disk/p.yaml
expect_err "(free some space there, then run again)"
cd disk
expect_sound_database
expect_equal "$(ask_run latest "run['status'], steps['big']['status']")" "('Failed', 'Failed')"
echo 20 >src/blocks
cd ..
expect_code 0 mlpipe run disk/p.yaml
cd disk
expect_equal "$(executed)" big
