#!/usr/bin/env bash
# An object deleted or damaged by hand is a plain miss: its step runs again, and no other; get refuses it.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
steps:
  a: {command: "echo a > ${{outputs.o}}", outputs: {o: {type: uri_file, file_name: made-by-a}}}
  b: {command: "cat ${{inputs.i}} > ${{outputs.o}}", inputs: {i: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file, file_name: made-by-b}}}
  c: {command: "cat ${{inputs.i}} > ${{outputs.o}}", inputs: {i: "${{steps.b.outputs.o}}"}, outputs: {o: {type: uri_file, file_name: made-by-c}}}
END
expect_code 0 mlpipe run p.yaml
lose() {  # lose NAME delete|damage
  local file
  file=$(find .mlpipe/objects -name "$1")
  chmod -R u+w .mlpipe/objects
  if [[ $2 == delete ]]; then rm -r "${file%/content/*}"; else echo X >"$file"; fi
}
for how in delete damage; do
  for step in a b c; do
    lose "made-by-$step" "$how"
    [[ $how == delete ]] && expect_code 3 mlpipe get latest "$step.o" nowhere
    [[ $how == delete ]] && expect_err "missing or damaged in the store; run the pipeline again"
    expect_code 0 mlpipe run p.yaml
    expect_executed "$step"
    expect_code 0 mlpipe get latest c.o "got-$how-$step"
    expect_file "got-$how-$step/made-by-c" a
  done
done
lose made-by-c damage
expect_code 3 mlpipe get latest c.o never
[[ ! -e never ]] || fail "get gave something damaged"
expect_sound_database
