#!/usr/bin/env bash
# A disk that answers EIO when something is read: the file is named, nothing is reported as completed, nothing
# that was stored is lost, and with the disk well again the same run reuses it.
. "$(dirname "$0")/faults.sh"

mount_failing
cd disk
mkdir src && echo 1 >src/x && echo 1 >in.txt
cat >p.yaml <<'END'
parameters: {v: 1}
steps:
  a:
    command: "cat ${{inputs.i}} x > ${{outputs.o}}"
    source_directory: src
    inputs: {i: {type: uri_file, path: in.txt}}
    outputs: {o: {type: uri_file}}
  copied:
    command: "cat ${{inputs.i}} > ${{outputs.o}}; echo ${{parameters.v}} >> ${{outputs.o}}"
    inputs: {i: {path: "${{steps.a.outputs.o}}", mode: download}}
    outputs: {o: {type: uri_file, path: published/copied}}
  in_place:
    command: "cat ${{inputs.i}} > ${{outputs.o}} && echo ${{parameters.v}} >> ${{outputs.o}}"
    inputs: {i: "${{steps.a.outputs.o}}"}
    outputs: {o: {type: uri_file}}
END
eio="Input/output error"
failing() {  # failing "read in.txt" CODE mlpipe arguments…: it ends so while this fails
  echo "$1" >"$work/control"
  expect_code "$2" mlpipe "${@:3}"
  rm "$work/control"
  expect_no_err "a bug in mlpipe"
}
nothing_lost() { [[ ! -e .mlpipe/quarantine ]] || fail "an object was set aside: $(ls .mlpipe/quarantine)"; }
object_of() {  # object_of STEP: the folder of its output
  local id
  id=$(ask_run latest "steps['$1']['outputs'][0]['object']")
  echo ".mlpipe/objects/${id::2}/$id"
}

# What a run begins with: no run is recorded.
failing "read p.yaml" 3 run p.yaml
expect_err "cannot read '$work/disk/p.yaml': $eio"
failing "read in.txt" 3 run p.yaml
expect_err "cannot read '$work/disk/in.txt': $eio"
failing "read src/x" 3 run p.yaml
expect_err "cannot read '$work/disk/src/x': $eio"
expect_code 0 mlpipe runs --json
expect_out '"runs": []'
expect_code 0 mlpipe run p.yaml
expect_equal "$(paste -sd' ' published/copied)" "1 1 1"
first=$(ask_run latest "run['run_id']")

# The database: nothing is told of it but that it cannot be read.
for command in "run p.yaml" "run p.yaml -p v=2" runs show gc "verify --deep"; do
  # shellcheck disable=SC2086
  failing "read mlpipe.db" 3 $command
  expect_err "'$work/disk/.mlpipe/mlpipe.db': disk I/O error"
  expect_equal "$(cat "$work/out")" "" "what '$command' told"
done
expect_equal "$(ask_run latest "run['run_id']")" "$first" "the newest run"
expect_code 0 mlpipe run p.yaml
expect_executed ""

# The output of a step, while it is copied for another step, and while another step reads it where it lies.
stored=$(object_of a)
failing "read ${stored#.mlpipe/}/content/o" 3 run p.yaml -p v=2 --only copied
expect_err "step 'copied' failed: cannot copy '$work/disk/$stored/content/o'"
expect_err "$eio"
expect_equal "$(ask_run latest "run['status'], steps['copied']['status']")" "('Failed', 'Failed')"
failing "read ${stored#.mlpipe/}/content/o" 1 run p.yaml -p v=2 --only in_place
expect_err "step 'in_place' failed: exit code 1"
expect_err "cat: $work/disk/$stored/content/o: $eio"
expect_equal "$(ask_run latest "run['status'], steps['in_place']['status']")" "('Failed', 'Failed')"
expect_equal "$(paste -sd' ' published/copied)" "1 1 1"
nothing_lost
expect_code 0 mlpipe run p.yaml -p v=2
expect_executed "copied in_place"
expect_equal "$(paste -sd' ' published/copied)" "1 1 2"

# The same while it is copied out.
failing "read $stored/content/o" 3 get latest a.o ../got
expect_err "cannot copy '$work/disk/$stored/content/o'"
nothing_lost
rm -rf ../got
expect_code 0 mlpipe get latest a.o ../got
expect_equal "$(paste -sd' ' ../got/o)" "1 1"

# A place at path: that cannot be written, and one that cannot be read: the result is kept, and put there later.
failing "write published" 3 run p.yaml -p v=3
expect_err "output 'o' could not be copied to '$work/disk/published/copied'"
expect_err "$eio"
expect_executed "copied in_place"
expect_equal "$(paste -sd' ' published/copied)" "1 1 2"
expect_code 0 mlpipe run p.yaml -p v=3
expect_executed ""
expect_equal "$(paste -sd' ' published/copied)" "1 1 3"
touch published/copied  # so that it is read again before it is replaced
failing "read published" 3 run p.yaml -p v=4
expect_err "output 'o' could not be copied to '$work/disk/published/copied': cannot read"
expect_equal "$(paste -sd' ' published/copied)" "1 1 3"
expect_code 0 mlpipe run p.yaml -p v=4
expect_executed ""
expect_equal "$(paste -sd' ' published/copied)" "1 1 4"

expect_code 0 mlpipe verify --deep
expect_out "all are whole"
nothing_lost
expect_sound_database
