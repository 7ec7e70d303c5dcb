#!/usr/bin/env bash
# An object of the store that cannot be read for an EIO is not taken for a damaged one: neither a run, nor a copy
# to path:, nor `verify` sets it aside or forgets its result, and with the disk well again it is reused.
. "$(dirname "$0")/faults.sh"

mount_failing
cd disk
cat >p.yaml <<'END'
parameters: {v: 1}
steps:
  a: {command: "echo 1 > ${{outputs.o}}", outputs: {o: {type: uri_file}}}
  b:
    command: "cat ${{inputs.i}} > ${{outputs.o}}; echo ${{parameters.v}} >> ${{outputs.o}}"
    inputs: {i: "${{steps.a.outputs.o}}"}
    outputs: {o: {type: uri_file, path: published}}
END
problems=()
object_of() {  # object_of STEP: the folder of its output
  local id
  id=$(ask_run latest "steps['$1']['outputs'][0]['object']")
  echo ".mlpipe/objects/${id::2}/$id"
}
anew() {
  rm -rf .mlpipe published
  expect_code 0 mlpipe run p.yaml
}
survives() {  # survives "read x" mlpipe arguments…: while this fails; then the first run reuses all
  local got=0
  echo "$1" >"$work/control"
  mlpipe "${@:2}" >"$work/out" 2>"$work/err" || got=$?
  rm "$work/control"
  [[ $got == 3 ]] || problems+=("exit code $got: ${*:2}, with: $1")
  grep -qhF "Input/output error" "$work/out" "$work/err" || problems+=("the fault is not named: ${*:2}, with: $1")
  [[ ! -e .mlpipe/quarantine ]] || problems+=("a good object was set aside: ${*:2}, with: $1")
  expect_code 0 mlpipe run p.yaml
  [[ -z $(executed latest) ]] || problems+=("$(executed latest) ran again after: ${*:2}, with: $1")
}

anew && a=$(object_of a)
survives "read ${a##*/}/entries" run p.yaml -p v=2
anew && b=$(object_of b) && rm published
survives "read ${b##*/}/entries" run p.yaml
# Touched by a backup that was put back, for instance: its bytes are to be read again.
anew && a=$(object_of a) && touch -d yesterday "$a/content/o"
survives "read ${a##*/}/content" run p.yaml -p v=2
anew && a=$(object_of a)
survives "read ${a##*/}/content" verify --deep
anew && a=$(object_of a)
survives "read ${a##*/}/entries" verify
# A note about a touched object that cannot be written anew makes the object no worse.
anew && a=$(object_of a) && touch -d yesterday "$a/content/o"
survives "write ${a##*/}/entries" verify
((${#problems[@]} == 0)) || fail "$(printf '%s\n' '' "${problems[@]}")"
expect_sound_database
