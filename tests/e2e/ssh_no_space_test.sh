#!/usr/bin/env bash
# A full disk on a machine behind SSH, and one that cannot be written to: it is told which machine, what and where, and
# with space again the next run completes; a step that had run does not run again.
. "$(dirname "$0")/faults.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
mount_small 60m
sed -i "s|type: ssh,|type: ssh, root: $work/disk,|" mlpipe.yaml
head -c 30000000 /dev/zero | tr '\0' x >big
cat >p.yaml <<Y
parameters: {word: one}
steps:
  there:
    compute_target: a
    inputs: {big: {type: uri_file, path: big}}
    command: |
      echo \${{parameters.word}} >>$work/began
      tail -c 5 \${{inputs.big}} >\${{outputs.a}}
      for i in \$(seq 2000); do : >\${{outputs.b}}/$(printf 'x%.0s' {1..200})\$i; done
      touch $work/wrote-\${{parameters.word}}
      until test -e $work/go-\${{parameters.word}}; do sleep 0.05; done
    outputs: {a: {type: uri_file, file_name: a, path: a}, b: {type: uri_folder}}
Y
fill_far_disk() { (cd disk && fill_disk); }
nothing_in_between() { [[ -z $(find disk/workspaces/*/work/scratch -mindepth 1 2>/dev/null) ]]; }

# Not even the helper can be brought.
fill_far_disk
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "compute target 'a': its disk is full"
expect_err "make room below \`root:\`, or set another \`root:\`"
expect_err "what failed steps left lies in its workspaces/*/work"
expect_equal "$(find disk/helpers -type f 2>/dev/null)" "" "what is left of a helper that did not fit"

# Too little for the input.
truncate -s -24M disk/ballast
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "compute target 'a': cannot write '$work/disk/workspaces/"
expect_err "No space left on device (free some space there, then run again)"
expect_err "\`mlpipe gc\` frees what nobody needs any more over there, with \`--older-than 1d\` also the directories that steps left which failed before"
wait_until 20 nothing_in_between
[[ ! -e began ]] || fail "it began without its input"
rm disk/ballast

# None for what the step made (the list of its files takes some): that is kept where it lies, and taken by the next run.
"$MLPIPE" run p.yaml >first.out 2>first.err &
driver=$!
background+=("$driver")
wait_until 30 test -e wrote-one
fill_far_disk
touch go-one
code=0
wait "$driver" || code=$?
expect_equal "$code" 3 "exit code"
grep -q "compute target 'a': cannot .*No space left on device (free some space there, then run again)" first.err ||
  fail "not told: $(cat first.err)"
rm disk/ballast
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_file a xxxxx
expect_file began one

# What a step prints does not fit; the input that is there is whole.
cat >loud.yaml <<Y
steps:
  loud:
    compute_target: a
    inputs: {big: {type: uri_file, path: big}}
    command: "head -c \$(cat $work/loud) \${{inputs.big}} && cmp \${{inputs.big}} $work/big && echo >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
echo 30000000 >loud
expect_code 1 timeout -k 2 60 "$MLPIPE" run loud.yaml
expect_err "compute target 'a': a step failed, and the disk is full below '$work/disk/workspaces/"
expect_err "then run again: \`mlpipe gc\` frees what nobody needs any more over there"
# What it advises does it, also while there is no room.
failed=$(find disk/workspaces/*/work -mindepth 1 -maxdepth 1 ! -name scratch | head -1)
[[ -n $failed ]] || fail "there is no directory of the step that failed"
find "$failed" "$(dirname "$(dirname "$failed")")/jobs/$(basename "$failed")" -exec touch -h -d '2 hours ago' {} +
expect_code 0 mlpipe delete --yes latest
fill_far_disk
expect_code 0 timeout -k 2 60 "$MLPIPE" gc
expect_out "1 private directory"
[[ ! -d $failed ]] || fail "it is still there"
rm disk/ballast
echo 10 >loud
expect_code 0 timeout -k 2 60 "$MLPIPE" run loud.yaml

# Read-only: with a helper that is there, and without.
wait_until 10 mount -o remount,ro disk  # once nobody has a file open that was written
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=two
expect_err "compute target 'a': the folder of \`root:\` cannot be written to"
mount -o remount,rw disk
rm -r disk/helpers
wait_until 10 mount -o remount,ro disk  # once nobody has a file open that was written
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=two
expect_err "set \`root:\` to a folder on a disk that can"
mount -o remount,rw disk
touch go-two
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=two
