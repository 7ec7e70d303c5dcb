#!/usr/bin/env bash
# Helper, ssh and sshd are killed while a step runs and while data are on the way: the run connects again and completes,
# each step runs once, and what comes out is whole.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
printf 'Host a\n  ProxyCommand /usr/bin/python3 "%s/tests/support/slow_way.py" %%h %%p "%s/slow"\n' "$REPOSITORY" "$work" |
  cat - "$hosts/ssh_config" >with_slow_way
mv with_slow_way "$hosts/ssh_config"
head -c 100000000 /dev/zero | tr '\0' x >big  # 5 s, while the way is slow: so it can be met there
cat >p.yaml <<Y
parameters: {word: one}
steps:
  there:
    compute_target: a
    inputs: {big: {type: uri_file, path: big}}
    command: "$(trace began); $(until_go '${{parameters.word}}'); cat \${{inputs.big}} >\${{outputs.o}}; echo \${{parameters.word}} >>\${{outputs.o}}; echo last line"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
{ cat big; echo one; } >want

kill_helper() { kill -KILL "$(helper_pid a)"; }
kill_ssh() { kill -KILL "$(pgrep -P "$driver" -x ssh)"; }
kill_session() { kill -KILL "$(ps -o ppid= -p "$(helper_pid a)")"; }
lost_times() { [[ $(grep -c "the connection is lost" "$1.err") == "$2" && $(grep -c "connected again" "$1.err") == "$2" ]]; }
touch since
on_the_way() {  # on_the_way STORE-FOLDER: bytes of the object come there just now
  find "$1/work/scratch" -path '*/content/*' -size +1M -newer since 2>/dev/null | grep -q .
}
on_the_way_there() { on_the_way "$(remote_root a)"; }

# On the way there: first the helper, then ssh.
touch slow
start first run p.yaml
wait_until 30 on_the_way_there
kill_helper
wait_until 30 lost_times first 1
touch since  # what the killed helper left is no sign
wait_until 30 on_the_way_there
kill_ssh
wait_until 30 lost_times first 2
rm slow

# While the step runs: the helper, and what sshd has for this connection.
wait_until 30 has_trace began
kill_helper
wait_until 30 lost_times first 3
kill_session
wait_until 30 lost_times first 4

# On the way back.
touch slow
go one
wait_until 30 on_the_way .mlpipe
kill_helper
wait_until 30 lost_times first 5
rm slow
expect_end 0 "$driver"
grep -q "1 ran" first.out || fail "not one step: $(cat first.out)"
expect_traces began
cmp want result
expect_code 0 mlpipe logs latest there --stdout
expect_equal "$(cat out)" "last line" "what it wrote"
expect_code 0 mlpipe verify --deep
