#!/usr/bin/env bash
# A disk that answers EIO, when an input is read, an output is stored, the store is flushed, the record is kept:
# the run says so and ends with 3, nothing false is recorded, and all goes on once the disk works again.
. "$(dirname "$0")/faults.sh"

mount_failing
cd disk
mkdir src && echo 1 >src/x && echo 1 >in.txt
cat >p.yaml <<'END'
parameters: {v: 1}
steps:
  a:
    command: "cat ${{inputs.i}} x > ${{outputs.o}}; echo ${{parameters.v}} >> ${{outputs.o}}"
    source_directory: src
    inputs: {i: {type: uri_file, path: in.txt}}
    outputs: {o: {type: uri_file}}
  b: {command: "cat ${{inputs.i}} > ${{outputs.o}}", inputs: {i: "${{steps.a.outputs.o}}"}, outputs: {o: {type: uri_file}}}
END
expect_code 0 mlpipe run p.yaml
fails() {  # fails VALUE "what fails" "what is told": and afterwards all is well
  echo "$2" >../control
  expect_code 3 mlpipe run p.yaml -p "v=$1"
  expect_err "$3"
  expect_no_err "a bug in mlpipe"
  rm ../control
  expect_sound_database_after_a_look
  expect_code 0 mlpipe run p.yaml -p "v=$1"
  rm -rf ../got
  expect_code 0 mlpipe get latest b.o ../got
  expect_equal "$(paste -sd' ' ../got/o)" "1 1 $1"
  expect_code 0 mlpipe run p.yaml -p "v=$1"
  expect_executed ""
}
expect_sound_database_after_a_look() { mlpipe runs >/dev/null || fail "the history cannot be read"; }
echo 1 >in.txt  # read again, since it is new
fails 2 "read in.txt" "in.txt"
fails 3 "flush objects" "Input/output error"
fails 4 "write .mlpipe/objects" "Input/output error"
fails 5 "write mlpipe.db" "mlpipe.db"
fails 6 "write .mlpipe/work" "Input/output error"
expect_sound_database
[[ ! -e .mlpipe/quarantine ]] || fail "an object was damaged"
