#!/usr/bin/env bash
# `helper:` of a target: the right one is brought and used; one for another architecture, one that speaks another version, and
# one whose words cannot be read are told by the target's name, with what to do. So is a user whose ssh starts a command of its own.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<'Y'
parameters: {helper: none}
steps:
  s: {compute_target: a, command: "echo ${{parameters.helper}} >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o, path: result}}}
Y
printf 'Host a\n  RemoteCommand exec tmux\n' | cat - "$hosts/ssh_config" >with_command
cp with_command "$hosts/ssh_config"
helpers() { find "$hosts/a.home/.cache/mlpipe/helpers" -type f; }
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p helper=own
expect_file result own
cp "$(helpers)" right
{ cat right; echo; } >longer  # another file that is as good
sed -i 's/host: a,/host: a, helper: longer,/' mlpipe.yaml
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml -p helper=longer
expect_file result longer
expect_equal "$(helpers | wc -l)" 2 "helpers over there"

refused() {  # refused HELPER WORDS
  sed -i "s/helper: [a-z]*,/helper: $1,/" mlpipe.yaml
  expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml -p helper="$1"
  expect_err "compute target 'a': $2"
}
/usr/bin/python3 - <<'P'
helper = bytearray(open("right", "rb").read())
helper[18:20] = (183 if helper[18] != 183 else 62).to_bytes(2, "little")  # e_machine: aarch64
open("foreign", "wb").write(helper)
P
refused foreign "it is a machine of another kind than this one ("
expect_err "Exec format error): build mlpipe_helper there and name it with \`helper:\`"
printf '#!/bin/sh\necho "mlpipe-helper speaks 99999"\nexec cat >/dev/null\n' >newer
refused newer "the helper over there speaks another version of the protocol: \`helper:\` must name one of this mlpipe"
mkdir served
chmod 755 right
says=$(./right serve "$work/served" </dev/null | head -n 1 | tr -d '\0')
printf '#!/bin/sh\necho "%s"\nprintf "\\377\\377\\377\\377\\377"\nexec cat >/dev/null\n' "$says" >damaged
refused damaged "what the helper over there says first cannot be read: see that nothing else"
sed -i "s/helper: [a-z]*,/helper: absent,/" mlpipe.yaml
expect_code 2 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "name a mlpipe_helper that was built for that machine"
