#!/usr/bin/env bash
# Only the folder of stored outputs is read-only: what has to be stored fails by name and is not recorded as done,
# what is stored already is reused, read and checked, and nothing is taken for damaged.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
parameters: {v: 1}
steps:
  a: {command: "echo ${{parameters.v}} > ${{outputs.o}}", outputs: {o: {type: uri_file}}}
  b: {command: "cat ${{inputs.i}}", inputs: {i: "${{steps.a.outputs.o}}"}}
END
mkdir -p .mlpipe/objects
at_end+=(make_writable)
make_writable() { ! mountpoint -q "$work/.mlpipe/objects" || umount "$work/.mlpipe/objects"; }
make_read_only() {
  mount --bind .mlpipe/objects .mlpipe/objects 2>/dev/null || skip "cannot mount here"
  mount -o remount,bind,ro .mlpipe/objects || skip "cannot mount read-only here"
}
expect_code 0 mlpipe run p.yaml
first=$(ask_run latest "run['run_id']")
make_read_only

# All is reused.
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_code 0 mlpipe get "$first" a.o got
expect_file got/o 1
expect_code 0 mlpipe verify --deep
expect_out "all are whole"
# An output that is there already needs no room.
expect_code 0 mlpipe run p.yaml --regenerate-outputs
expect_executed "a b"
expect_code 0 mlpipe gc

# An output that is new.
expect_code 3 mlpipe run p.yaml -p v=2
expect_err "step 'a' failed: cannot make the folder '$work/.mlpipe/objects/"
expect_err "Read-only file system (mount it for writing, or use another place)"
expect_no_err "a bug in mlpipe"
expect_equal "$(ask_run latest "steps['a']['status'], steps['b']['status'], steps['a']['outputs']")" \
  "('Failed', 'Skipped', [])"
expect_sound_database
# gc says what it could not remove. The results that it was to remove are made again.
expect_code 3 mlpipe gc --older-than 0s
expect_err "not removed: cannot put '$work/.mlpipe/objects/"
expect_code 0 mlpipe run p.yaml
expect_executed "a b"

make_writable
expect_code 0 mlpipe run p.yaml -p v=2
expect_executed "a b"
expect_code 0 mlpipe logs latest b --stdout
expect_out 2
expect_code 0 mlpipe verify --deep
expect_out "all are whole"
[[ ! -e .mlpipe/quarantine ]] || fail "an object was set aside"
expect_sound_database
