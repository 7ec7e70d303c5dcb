#!/usr/bin/env bash
# GPUs of a machine behind SSH are given out one by one, over there, to all drivers together.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i 's/host: a,/host: a, gpus: [2, 5], max_concurrent_steps: 4,/' mlpipe.yaml
pipeline() {  # pipeline NAME GPUS: its step notes the devices it sees and ends when it may
  cat >"$1.yaml" <<Y
steps:
  $1:
    compute_target: a
    resources: {gpus: $2}
    command: "echo \$CUDA_VISIBLE_DEVICES >$work/$1.seen; $(until_go "$1"); echo $1 >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
}
pipeline one 1
pipeline two 1
pipeline both 2
pipeline none 0
start one run one.yaml
one=$driver
start two run two.yaml
two=$driver
wait_until 30 test -s one.seen
wait_until 30 test -s two.seen
expect_equal "$(sort one.seen two.seen | paste -sd ' ')" "2 5" "the devices of two steps at a time"

# Both are taken: who wants both waits over there, who wants none does not.
start both run both.yaml
both=$driver
waits() { [[ $(find "$(remote_root a)/jobs" -name job | wc -l) == 3 ]]; }
wait_until 30 waits
start none run none.yaml
none=$driver
wait_until 30 test -e none.seen
expect_equal "$(cat none.seen)" "" "the devices of a step that asks for none"
[[ ! -e both.seen ]] || fail "a step got GPUs that others have: $(cat both.seen)"
go one
go none
expect_end 0 "$one"
expect_end 0 "$none"
[[ ! -e both.seen ]] || fail "a step got a GPU that another one has: $(cat both.seen)"
go two
expect_end 0 "$two"
wait_until 30 test -s both.seen
expect_equal "$(cat both.seen)" "2,5" "the devices of a step that asks for both"
go both
expect_end 0 "$both"

# More than there is, and what is not there at all: a word for it, and it runs all the same, here as over there.
[[ -e /dev/kfd || -n $(find /dev -maxdepth 1 -name 'nvidia[0-9]*') ]] || bare=yes
pipeline many 3
go many
expect_code 0 mlpipe run many.yaml
expect_err "step 'many' asks for more than compute target 'a' has: it gets all there is"
[[ -z ${bare:-} ]] || expect_err "step 'many' asks for 3 GPUs, and compute target 'a' has none that is known (of NVIDIA or AMD): it is started all the same"
expect_code 0 mlpipe run many.yaml --local
[[ -z ${bare:-} ]] || expect_err "step 'many' asks for 3 GPUs, and this machine has none that is known"
expect_code 0 mlpipe run none.yaml --regenerate-outputs
expect_no_err "GPU"

# Where there is none by mlpipe.yaml, it can never have one: here as over there.
sed -i 's/gpus: \[2, 5\]/gpus: []/' mlpipe.yaml
expect_code 2 mlpipe run many.yaml
expect_err "many.yaml:2:3: error: step 'many' asks for 3 GPUs, and compute target 'a' has none (\`gpus: []\`)"
expect_code 2 mlpipe plan one.yaml
expect_err "one.yaml:2:3: error: step 'one' asks for 1 GPU, and"
expect_code 0 mlpipe run none.yaml
sed 's/\$CUDA_VISIBLE_DEVICES/${CUDA_VISIBLE_DEVICES-all}/' none.yaml >hidden.yaml
expect_code 0 mlpipe run hidden.yaml
expect_equal "$(cat none.seen)" "" "the devices of a step where there is none by mlpipe.yaml"
echo 'compute_targets: {a: {type: local, gpus: []}}' >mlpipe.yaml
expect_code 2 mlpipe validate one.yaml
expect_err "one.yaml:2:3: error: step 'one' asks for 1 GPU, and compute target 'a' has none (\`gpus: []\`)"
