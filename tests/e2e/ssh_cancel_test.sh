#!/usr/bin/env bash
# One signal ends a run also while it sends, fetches, or makes its first connection to a machine: what is on the way is given up,
# and what runs over there is still asked to end.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i 's/host: a,/host: a, max_concurrent_steps: 4,/' mlpipe.yaml
cp "$hosts/ssh_config" good_config
way() {  # way COMMAND: to the machine
  { printf 'Host a\n  ProxyCommand %s\n' "$1"; cat good_config; } >"$hosts/ssh_config"
}
is_canceled() {
  expect_equal "$(ask_run latest "run['status']")" Canceled "status of the run"
  expect_equal "$(ask_run latest "steps['$1']['status']")" Canceled "status of the step"
}
on_the_way() { [[ -n $(find "$1/work/scratch" -path '*/content/*' -size +1M 2>/dev/null || true) ]]; }  # on_the_way STORE-FOLDER
nothing_on_the_way() { [[ -z $(find "$1/work/scratch" -type f 2>/dev/null || true) ]]; }

# The first connection: nobody answers.
way "sh -c 'touch \"$work/asked\"; while read -r line; do :; done'"
cat >p.yaml <<Y
steps:
  s: {compute_target: a, command: "echo x >\${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
Y
start first run p.yaml
wait_until 30 test -e asked
kill -TERM "$driver"
expect_end 143 "$driver"
is_canceled s

# On the way there, most of a minute from its end, beside a step that runs.
way "/usr/bin/python3 \"$REPOSITORY/tests/support/slow_way.py\" %h %p \"$work/slow\""
truncate -s 1G big
cat >p.yaml <<Y
steps:
  runs:
    compute_target: a
    command: "trap '$(trace ended); exit 1' TERM; $(trace began); $(until_go never)"
  ready: {command: "$(until_go ready); echo x >\${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
  sent:
    compute_target: a
    inputs: {big: {type: uri_file, path: big}, r: "\${{steps.ready.outputs.o}}"}
    command: "$(trace sent)"
Y
touch slow
start second run p.yaml
wait_until 30 has_trace began
go ready
there=$(remote_root a)
wait_until 60 on_the_way "$there"
kill -TERM "$driver"
expect_end 143 "$driver"
is_canceled sent
expect_traces "began ended"
[[ -z $(find "$there/objects" -name big) ]] || fail "all of it was sent"
wait_until 30 nothing_on_the_way "$there"

# On the way back.
cat >p.yaml <<Y
steps:
  make: {compute_target: a, command: "truncate -s 1G \${{outputs.o}}", outputs: {o: {type: uri_file, file_name: big}}}
  use: {inputs: {o: "\${{steps.make.outputs.o}}"}, command: "$(trace used)"}
Y
start third run p.yaml
wait_until 60 on_the_way .mlpipe
kill -TERM "$driver"
expect_end 143 "$driver"
is_canceled use
expect_traces "began ended"
[[ -z $(find .mlpipe/objects -name big) ]] || fail "all of it was fetched"
nothing_on_the_way .mlpipe || fail "half of it was left"
expect_equal "$(ask_run latest "steps['make']['status']")" Completed "status of what it needs"
