#!/usr/bin/env bash
# run --stats says where the time went: the parts of the run, and what mlpipe's threads did meanwhile.
. "$(dirname "$0")/running.sh"
head -c 3000000 /dev/urandom >data
cat >p.yaml <<'Y'
steps:
  a:
    command: "sleep 0.4; cp ${{inputs.d}} ${{outputs.o}}"
    inputs: {d: {type: uri_file, path: data}}
    outputs: {o: {type: uri_file, file_name: o}}
Y
parts="start comparing reading fetching planning executing git_and_recording closing"
kinds="looking_at_files hashing reading_the_database recording private_directories storing copying_to_paths sending_and_fetching waiting_for_steps"

# checked: each is told once, in this order; what each took is in `took`, in ms
checked() {
  /usr/bin/python3 - "$kinds" "$parts" <<'P'
import json, re, sys

unit = {"ms": 1, "s": 1000}
lines = open("err").read().splitlines()
begin = next(i for i, line in enumerate(lines) if line.startswith("time of this run: "))
names, took = [], {}
for line in lines[begin + 1:]:
    if found := re.fullmatch(r"  (.*?) +([0-9.]+) (ms|s)", line):
        names.append(found[1].replace(" ", "_"))
        took[names[-1]] = float(found[2]) * unit[found[3]]
    else:
        assert line == "meanwhile, on all threads of mlpipe together:", line
assert names == sys.argv[2].split() + sys.argv[1].split(), names
json.dump(took, open("took", "w"))
P
}
expect_took() { /usr/bin/python3 -c 'import json, sys; t = json.load(open("took")); assert eval(sys.argv[1], {}, t), (sys.argv[1], t)' "$1" || fail "$1 does not hold"; }

expect_code 0 mlpipe run p.yaml --stats
checked
expect_took "executing >= 400 and 300 <= waiting_for_steps <= executing + 100"
expect_took "hashing > 0 and recording > 0 and storing > 0 and private_directories > 0 and start > 0"
expect_took "copying_to_paths == 0"
expect_code 0 mlpipe run p.yaml --stats # which plans nothing
checked
expect_took "waiting_for_steps == 0 and storing == 0 and private_directories == 0 and recording > 0"
sed -i 's/file_name: o/path: made/' p.yaml
expect_code 0 mlpipe run p.yaml --stats
checked
expect_took "copying_to_paths > 0"
expect_code 0 mlpipe run p.yaml
expect_no_err "time of this run"
