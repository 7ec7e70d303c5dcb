#!/usr/bin/env bash
# compute list, show and test of targets on this machine: settings with their defaults, checks, names that do not exist.
. "$(dirname "$0")/lib.sh"
ask() {  # ask "expression of d" COMMAND...: of its JSON, whatever the exit code is
  local question=$1
  shift
  { "$MLPIPE" "$@" --json || true; } | /usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$question"
}
levels() { ask "' '.join(f\"{c['name']}={c['level']}\" for c in d['compute_targets'][0]['checks'])" compute test "$1"; }

# Without a file there is `local` alone.
expect_code 0 mlpipe compute list
expect_out "the default"
expect_equal "$(ask "[(t['name'], t['type'], t['is_default'], t['location']) for t in d['compute_targets']]" compute list)" "[('local', 'local', True, None)]"
expect_code 0 mlpipe compute show local
expect_out "always there"
expect_code 0 mlpipe compute test
expect_out "the first run makes '$work/.mlpipe'"
expect_out "1 compute target: 0 problems"
[[ ! -e .mlpipe && ! -e .slots ]] || fail "it made something"

cat >mlpipe.yaml <<Y
compute_targets:
  big: {type: local, cpus: 100000, memory: 100000GB, gpus: [99]}
  small: {type: local, max_concurrent_steps: 1, cpus: 1}
  gpu-box: {type: ssh, host: gpu1.invalid, port: 2200, user: me}
  queue: {type: slurm, partition: x}
environments:
  good: {type: system, python: /usr/bin/python3}
  gone: {type: system, python: /nonexistent/python3}
Y
# No connection: nothing here could make one.
mkdir no_ssh
ln -s "$(command -v bash)" no_ssh/
expect_code 0 env PATH="$work/no_ssh" "$MLPIPE" compute list
expect_out "gpu1.invalid"
expect_out "no step can run there yet"
expect_equal "$(ask "' '.join(t['name'] for t in d['compute_targets'])" compute list)" "big small gpu-box queue local"
expect_equal "$(ask "[t['gpus'] for t in d['compute_targets']][:2]" compute list)" "[[99], None]"
expect_code 0 env PATH="$work/no_ssh" "$MLPIPE" compute show gpu-box
expect_out "mlpipe.yaml:4:3"
expect_out "/.cache/mlpipe/workspaces/"
expect_out "-p 2200 -l me -- gpu1.invalid"
expect_equal "$(ask "(d['location']['line'], d['settings']['port'], d['settings']['root']['is_default'], d['ssh_command'][-1])" compute show gpu-box)" \
  "(4, {'is_default': False, 'value': 2200}, True, 'gpu1.invalid')"
expect_equal "$(ask "(d['settings']['max_concurrent_steps'], d['settings']['gpus'], d['folder'])" compute show small)" \
  "({'is_default': False, 'value': 1}, {'is_default': True, 'value': []}, None)"
for command in "compute-targets compute list" "compute-target compute show gpu-box" "compute-target compute show local"; do
  read -r schema words <<<"$command"
  # shellcheck disable=SC2086  # words
  expect_code 0 mlpipe $words --json
  expect_schema "$schema"
done

# Checks.
expect_code 0 mlpipe compute test big
expect_out "it shares out 100000 cpus"
expect_out "there is no GPU 99 on this machine"
expect_out "/nonexistent/python3"
expect_equal "$(levels big)" "folder=ok space=ok processors=warning memory=warning GPUs=warning bash=ok slots=ok python=ok environment good=ok environment gone=warning"
expect_equal "$(levels small)" "folder=ok space=ok processors=ok memory=ok GPUs=ok bash=ok slots=ok python=ok environment good=ok environment gone=warning"
expect_equal "$(levels queue)" "type=problem"
expect_code 3 mlpipe compute test small queue
expect_out "2 compute targets: 1 problem"
expect_code 3 mlpipe compute test small queue --json
expect_schema compute-test
expect_equal "$(ask "[t['name'] for t in d['compute_targets']]" compute test queue small queue)" "['queue', 'small']"
expect_code 3 env PATH="$work/no_ssh" "$MLPIPE" compute test gpu-box
expect_out "there is no program 'ssh' on PATH: install openssh-client"
sed -i 's/port: 2200/port: 2200, helper: no_helper/' mlpipe.yaml
expect_code 3 mlpipe compute test gpu-box
expect_out "name a mlpipe_helper that was built for that machine"

# No GPUs is a word of its own.
printf 'compute_targets: {bare: {type: local, gpus: []}, all: {type: local}}\n' >none.yaml
mkdir -p bare && mv none.yaml bare/mlpipe.yaml
expect_code 0 mlpipe -C bare compute list
grep -qE "^bare +local +none$" out || fail "gpus: [] is listed as not set: $(cat out)"
grep -qE "^all +local *$" out || fail "what is not set is listed: $(cat out)"

# Slots that a step holds.
echo "steps: {s: {command: 'touch $work/begun; sleep 1000', compute_target: small}}" >slow.yaml
"$MLPIPE" run slow.yaml >/dev/null 2>&1 &
background+=("$!")
wait_until 20 test -e begun
expect_code 0 mlpipe compute test small
expect_out "taken by runs of this user: 1 cpu, 1 step of 'small'"
expect_code 0 mlpipe cancel latest

# A folder that is none.
printf 'compute_targets: {small: {type: local}}\nstate_directory: %s/file/state\n' "$work" >mlpipe.yaml
mkdir -p file/state
expect_code 0 mlpipe compute test small
mount -t tmpfs -o ro none file/state 2>/dev/null && {
  at_end+=("umount $work/file/state")
  expect_code 3 mlpipe compute test small
  expect_out "Read-only file system"
}

# Names: the nearest one, those that the shell offers, the star.
expect_code 2 mlpipe compute test smal
expect_err "there is no compute target 'smal' in mlpipe.yaml (did you mean 'small'?); \`mlpipe compute list\` shows all"
expect_code 2 mlpipe compute show smal
expect_code 2 mlpipe compute show
expect_err "COMPUTE is missing"
expect_code 2 mlpipe compute
expect_err "mlpipe compute needs a command: list, show, test"
printf 'compute_targets:\n  a: {type: local}\n  "*": {type: local, cpus: 1}\n' >mlpipe.yaml
offered() { mlpipe __complete plain "$@" | cut -f1 | tr '\n' ' '; }
expect_equal "$(offered compute '')" "list show test "
expect_equal "$(offered compute show '')" "a local "
expect_equal "$(offered compute test a l)" "local "
expect_equal "$(cd / && offered -C "$work" compute test a)" "a "
expect_code 0 mlpipe compute show anything
expect_out "for every other name"
expect_code 0 mlpipe -C "$work" compute list
echo 'compute_targets: {a: {type: local, cpsu: 1}}' >mlpipe.yaml
expect_code 2 mlpipe compute list
expect_err "did you mean 'cpus'?"
