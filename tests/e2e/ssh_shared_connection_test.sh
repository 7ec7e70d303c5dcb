#!/usr/bin/env bash
# The user's settings let all their logins share one connection (ControlMaster). Ours goes over one that is there, which
# may be the only way in for who logs in with a second factor, and is never the one that others go over: it ends with the run.
. "$(dirname "$0")/running.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
sed -i "s|^Host \*|&\n  ControlMaster auto\n  ControlPath $work/shared\n  ControlPersist 60|" "$hosts/ssh_config"
by_hand() { ssh -F "$hosts/ssh_config" "$@"; }
cat >p.yaml <<Y
parameters: {word: none}
steps:
  there:
    compute_target: a
    command: '$(trace began); $(until_go on); echo \${{parameters.word}} >\${{outputs.o}}'
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
run() { timeout -k 2 60 "$MLPIPE" run p.yaml -p word="$1"; }

# Nobody is logged in: ours is no master, whatever the settings say.
start first run p.yaml -p word=first
wait_until 30 has_trace began
[[ ! -e shared ]] || fail "mlpipe shares its own connection"
go on
expect_end 0 "$driver"
expect_file result first

# Somebody is: no second login, which would be refused here.
by_hand -fN a
at_end+=(leave_master)
leave_master() { by_hand -O exit a 2>/dev/null; }
mv "$hosts/authorized_keys" keys
touch "$hosts/authorized_keys"
expect_code 0 run second
expect_file result second
[[ -e shared ]] || fail "the shared connection ended with the run"

# It ends under a step: the step goes on, and the run logs in by itself.
rm go-on traces
start third run p.yaml -p word=third
wait_until 30 has_trace began
mv keys "$hosts/authorized_keys"
by_hand -O exit a
wait_until 30 grep -q "compute target 'a': connected again" third.err
go on
expect_end 0 "$driver"
expect_traces began
expect_file result third

# It takes no session more: ours is another connection. So is each when a connection takes only one session, and the
# helper has to be brought.
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
echo "MaxSessions 1" >"$hosts/a.extra"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
by_hand a sleep 1000 </dev/null &
background+=("$!")
wait_until 30 test -e shared
expect_code 0 run fourth
expect_file result fourth
rm -r "$hosts/a.home/.cache"
expect_code 0 run fifth
expect_file result fifth
