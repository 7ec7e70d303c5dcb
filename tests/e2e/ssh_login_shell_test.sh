#!/usr/bin/env bash
# Whatever the login shell of a machine is, and whatever it prints at the beginning: the helper is brought and works.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<'Y'
parameters: {login: none}
steps:
  there:
    compute_target: a
    command: "echo it is ${{parameters.login}} >${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
sed -i "s|host: a|host: a, root: \"$hosts/a.home/it is a root\"|" mlpipe.yaml
tried=0
for shell in sh dash bash busybox mksh zsh fish csh tcsh; do
  program=$(command -v "$shell") || continue
  [[ $shell != busybox ]] || program+=" sh"
  "$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
  rm -rf "$hosts/a.home/it is a root"
  # As sshd starts a login shell, after words of its own without an end of line.
  echo "ForceCommand printf 'Welcome to '; echo 'a strange shell' >&2; exec $program -c \"\$SSH_ORIGINAL_COMMAND\"" >"$hosts/a.extra"
  "$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
  expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p login="$shell"
  expect_file result "it is $shell"
  tried=$((tried + 1))
done
((tried >= 2)) || fail "no shells to try"
