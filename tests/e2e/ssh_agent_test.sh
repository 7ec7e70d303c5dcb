#!/usr/bin/env bash
# The key to a machine is in an ssh-agent and nowhere else, as with a key that a passphrase guards: runs log in by it, also
# those that are queued; and the agent is not handed on, even if the user's settings do so.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
eval "$(ssh-agent -a "$work/agent" -s)" >/dev/null  # sets SSH_AUTH_SOCK
background+=("$SSH_AGENT_PID")
ssh-add -q "$hosts/user_key"
rm "$hosts/user_key"
sed -i 's/IdentityFile .*/IdentityFile none/; s/IdentitiesOnly yes/IdentitiesOnly no\n  ForwardAgent yes/' "$hosts/ssh_config"
cat >p.yaml <<'Y'
parameters: {word: none}
steps:
  there:
    compute_target: a
    command: 'echo ${{parameters.word}} [${SSH_AUTH_SOCK:-}] >${{outputs.o}}'
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
expect_code 3 env -u SSH_AUTH_SOCK timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "it refused the login"
expect_err "load it into ssh-agent"
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p word=run
expect_file result "run []"
expect_code 0 timeout -k 2 60 "$MLPIPE" compute test a
expect_code 0 mlpipe publish p.yaml --endpoint E
expect_code 0 mlpipe submit E -p word=queued
is_made() { [[ $(cat result) == "queued []" ]]; }
wait_until 60 is_made
