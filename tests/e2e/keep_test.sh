#!/usr/bin/env bash
# run --keep: the directories of all executed steps stay, with links where outputs were, and are named at the end; a failed step's stays anyway.
. "$(dirname "$0")/lib.sh"
{
  echo 'parameters: {n: 1}'
  echo 'steps:'
  for i in $(seq 12); do
    echo "  s$i: {command: 'echo \${{parameters.n}} $i > \"\${{outputs.f}}\"; touch \"\${{outputs.d}}/x\" scratch outputs/kept', outputs: {f: {type: uri_file, file_name: f.txt}, d: {type: uri_folder}}}"
  done
} >p.yaml
expect_code 0 mlpipe run p.yaml --keep
for i in $(seq 12); do  # more than later runs would leave
  directory=$(sed -n "s/^  s$i  *\\(\\/.*\\)/\\1/p" err | tail -n 1)
  [[ -e $directory/code/scratch ]] || fail "s$i: '$directory' is not kept"
  expect_file "$directory/outputs/f/f.txt" "1 $i"
  [[ -e $directory/outputs/d/x && -e $directory/code/outputs/kept ]] || fail "an output cannot be looked at"
done
expect_code 0 mlpipe run p.yaml --keep && expect_executed ""
expect_err "no step ran, so there is no directory to keep"
# The objects outlive the directories and their links.
expect_code 0 mlpipe run p.yaml -p n=2
(($(find .mlpipe/work -maxdepth 1 -type d -name '????????????????????????????????' | wc -l) <= 10)) || fail "old directories pile up"
expect_code 0 mlpipe run p.yaml --keep --from s1
expect_code 0 mlpipe run p.yaml --keep --from s1
expect_code 0 mlpipe get latest s1.f got && expect_file got/f.txt "1 1"
expect_code 0 mlpipe run p.yaml --json --keep --from s2
/usr/bin/python3 -c '
import json, os
end = [json.loads(line) for line in open("out")][-1]
assert [k["step"] for k in end["kept"]] == ["s2"], end
assert os.path.isdir(end["kept"][0]["directory"] + "/code"), end' || fail "run --json does not name what is kept"
