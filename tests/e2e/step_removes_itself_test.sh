#!/usr/bin/env bash
# A step that removes its own directories: with its outputs gone it failed, else it is done.
. "$(dirname "$0")/faults.sh"

one_step 'rm -rf "$PWD"; echo 1 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed make
one_step 'rm -rf "$(dirname "$PWD")"' >p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "did not make its output 'made'"
expect_no_err "its directory is kept"
expect_sound_database
one_step 'rm -rf "$(dirname "$PWD")"; mkdir -p $(dirname ${{outputs.made}}); echo 2 > ${{outputs.made}}' >p.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed ""
