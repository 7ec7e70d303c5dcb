#!/usr/bin/env bash
# A machine that no settings of ssh know: user, port and key come from the workspace file alone.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
# Nothing of who runs the test: not their settings, keys and agents, and not the hosts they know.
mkdir bin
cat >bin/ssh <<X
#!/bin/sh
exec $(command -v ssh) -F /dev/null -o UserKnownHostsFile="$hosts/known_hosts" -o GlobalKnownHostsFile=/dev/null \
  -o IdentitiesOnly=yes -o IdentityAgent=none "\$@"
X
chmod 755 bin/ssh
export PATH="$work/bin:$PATH"
cp "$hosts/user_key" "a key"
port=$(cat "$hosts/a.port")
me=$(id -un)
cat >p.yaml <<'Y'
steps:
  s: {compute_target: a, command: "id -un >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o, path: result}}}
Y
target() { echo "compute_targets: {a: {type: ssh, host: 127.0.0.1, $1}}" >mlpipe.yaml; }
refused() {  # refused WORDS
  expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml
  expect_err "$1"
}
target "user: $me, port: $port"
refused "it refused the login"
target "user: nobody-of-this-name, port: $port, identity_file: a key"
refused "(nobody-of-this-name@127.0.0.1): it refused the login"
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
target "user: $me, port: $port, identity_file: a key"
refused "nothing listens on port "
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_file result "$me"
expect_code 0 mlpipe compute show a
expect_out "-p $port"
expect_out "-l $me"
