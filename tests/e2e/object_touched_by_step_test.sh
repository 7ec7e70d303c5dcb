#!/usr/bin/env bash
# A step that changes its input in the store: its result is not reused, and the input is made anew.
. "$(dirname "$0")/faults.sh"

cat >p.yaml <<'END'
steps:
  make: {command: "echo 1 > ${{outputs.o}}", outputs: {o: {type: uri_file}}}
  spoil:
    command: sed s,1,one, ${{inputs.i}} > ${{outputs.o}}; if [ -e ARM ]; then chmod u+w ${{inputs.i}}; echo 2 > ${{inputs.i}}; fi
    inputs: {i: "${{steps.make.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
sed -i "s|ARM|$work/armed|" p.yaml
[[ $(id -u) == 0 ]] || skip "only root can write to an object by accident"
touch armed
expect_code 0 mlpipe run p.yaml
expect_err "input 'i' was changed in the store while the step ran"
[[ -n $(ls .mlpipe/quarantine) ]] || fail "the damaged object is not in quarantine"
rm armed
expect_code 0 mlpipe run p.yaml
expect_executed "make spoil"
expect_code 0 mlpipe get latest spoil.o got
expect_file got/o one
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_sound_database
