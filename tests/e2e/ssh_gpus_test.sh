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
