#!/usr/bin/env bash
# A step that waits for slots over there begins also when nobody is connected any more; and once. What it is given of the
# caller's environment is written down nowhere.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i 's/host: a,/host: a, cpus: 2,/' mlpipe.yaml
pipeline() {  # pipeline NAME: its step tells that it began, and ends when NAME.go is there
  cat >"$1.yaml" <<Y
steps:
  $1:
    compute_target: a
    pass_environment: [MY_TOKEN]
    resources: {cpus: 2}
    command: "echo \${#MY_TOKEN} >>$work/$1.begun; while [[ ! -e $work/$1.go ]]; do sleep 0.05; done; echo $1 >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o}}
Y
}
pipeline first
pipeline second
export MY_TOKEN=very-secret-token-of-mine
"$MLPIPE" run first.yaml >first.log 2>&1 </dev/null &
first=$!
wait_until 30 test -e first.begun
first_job=$(ls "$(remote_root a)/jobs")
"$MLPIPE" run second.yaml >second.log 2>&1 </dev/null &
second=$!
two_jobs() { [[ $(find "$(remote_root a)/jobs" -name job | wc -l) == 2 ]]; }
wait_until 30 two_jobs
second_job=$(find "$(remote_root a)/jobs" -name job -printf '%h\n' | grep -v "/$first_job\$")
kill -KILL "$second"
wait "$second" || true
nobody_watches() { ! pgrep -P "$(cat "$hosts/a.pid")" -f "[s]shd" >/dev/null || [[ $(pgrep -c -P "$(cat "$hosts/a.pid")") == 1 ]]; }
wait_until 30 nobody_watches
[[ ! -e second.begun ]] || fail "the second step began beside the first"
! grep -rlF very-secret-token-of-mine "$hosts/a.home" || fail "a secret lies on the disk over there"
touch first.go
wait "$first" || fail "the first run: $(cat first.log)"
wait_until 30 test -e second.begun
touch second.go
expect_code 0 timeout -k 2 60 "$MLPIPE" run second.yaml
expect_out "1 ran"
expect_equal "$(cat second.begun)" 25 "how often the second step began, with the token"

# That it waits cannot be written down (here: a folder is in the way): it waits and begins all the same.
rm first.go first.begun second.begun second.go
mkdir -p "$second_job/waits/in-the-way"
"$MLPIPE" run first.yaml --regenerate-outputs >first.log 2>&1 </dev/null &
first=$!
wait_until 30 test -e first.begun
touch second.go
"$MLPIPE" run second.yaml --regenerate-outputs >second.log 2>&1 </dev/null &
second=$!
wait_until 30 test -e "$second_job/job"
sleep 1  # some looks at the slots
kill -0 "$second" || fail "the second run ended while its step waited: $(cat second.log)"
[[ -d $second_job/waits/in-the-way && ! -e second.begun ]] || fail "nothing was in the way of a step that waits"
touch first.go
wait "$first" || fail "the first run: $(cat first.log)"
wait "$second" || fail "the second run: $(cat second.log)"
