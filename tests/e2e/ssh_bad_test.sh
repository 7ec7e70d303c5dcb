#!/usr/bin/env bash
# What can be wrong with a machine behind SSH is told in plain words, and is no hang.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<'Y'
steps:
  s: {compute_target: a, command: "echo hi >${{outputs.o}}", outputs: {o: {type: uri_file, file_name: o}}}
Y
cp mlpipe.yaml good.yaml
refused() {  # refused WORDS: of the workspace as it is now
  expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml --regenerate-outputs
  expect_err "$1"
}
sed "s/host: a/host: no-such-machine.invalid/" good.yaml >mlpipe.yaml
refused "there is no machine of this name"
cp good.yaml mlpipe.yaml
mv "$hosts/authorized_keys" keys
touch "$hosts/authorized_keys"
refused "it refused the login"
mv keys "$hosts/authorized_keys"
mv "$hosts/known_hosts" known
touch "$hosts/known_hosts"
refused "its host key is not known here"
sed 's/AAAA[^ ]*/AAAAC3NzaC1lZDI1NTE5AAAAIBvzEnIAmnAt3mMmI4SxAUDZV4dQGyVb4wIZRYzOz3Yg/' known >"$hosts/known_hosts"
refused "its host key is another one than before (Offending ED25519 key in $hosts/known_hosts:1)"
! grep -q 'x0d' err || fail "what ssh said is not told as a terminal shows it: $(cat err)"
# What is advised leads to a login, though the machine's name there is not that of the settings.
remove=$(sed -n 's/.*remove the old key with `\([^`]*\)`.*/\1/p' err)
[[ -n $remove ]] || fail "it is not told how to remove the key: $(cat err)"
bash -c "$remove" >/dev/null 2>&1 || fail "what is advised does not work: $remove"
refused "its host key is not known here"
mv known "$hosts/known_hosts"
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
refused "nothing listens on port "
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
sed "s|host: a|host: a, root: /proc/nowhere|" good.yaml >mlpipe.yaml
refused "the folder of \`root:\` cannot be made"

cp good.yaml mlpipe.yaml
mkdir without_ssh
for program in bash git python3 env; do ln -s "$(command -v "$program")" without_ssh/; done
expect_code 3 env PATH="$work/without_ssh" "$MLPIPE" run p.yaml
expect_err "compute target 'a': there is no program 'ssh' on PATH: install openssh-client"

# A banner, blanks in the home directory.
cp good.yaml mlpipe.yaml
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
mkdir "$hosts/a home"
echo 'echo "Welcome to the machine"; echo "it says a lot" >&2' >"$hosts/a home/.bashrc"
printf 'SetEnv "HOME=%s/a home" "MLPIPE_SLOT_DIRECTORY=%s/a.slots"\n' "$hosts" "$hosts" >"$hosts/a.extra"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_out "1 ran"
[[ -d "$hosts/a home/.cache/mlpipe/workspaces" ]] || fail "nothing lies in the home directory with a blank"

# A machine without the programs that bring the helper there.
mkdir "$work/tools"
cp "$hosts/a home/.bashrc" bashrc
echo "PATH=$work/tools" >>"$hosts/a home/.bashrc"
sed "s|host: a|host: a, root: $hosts/a home/fresh|" good.yaml >mlpipe.yaml
refused "compute target 'a': it lacks the program 'mkdir', which is needed to bring the helper there"
for program in mkdir cat rm; do ln -s "$(command -v "$program")" "$work/tools/"; done
refused "it lacks the program 'wc'"
mv bashrc "$hosts/a home/.bashrc"
cp good.yaml mlpipe.yaml

# One session is enough for steps side by side: each that mlpipe begins goes through one connection here, which takes one.
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
sed -i '1i MaxSessions 1' "$hosts/a.extra"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
ssh -F "$hosts/ssh_config" -M -S "$work/master" -N -f a </dev/null >/dev/null 2>&1
end_master() { ssh -F "$hosts/ssh_config" -S "$work/master" -O exit a 2>/dev/null; }
at_end+=(end_master)
cp "$hosts/ssh_config" alone
printf 'Host a\n  ControlPath "%s/master"\n  ProxyCommand false\n' "$work" | cat - alone >"$hosts/ssh_config"
sed -i 's/host: a,/host: a, max_concurrent_steps: 3,/' mlpipe.yaml
{
  echo "steps:"
  for i in 1 2 3; do
    echo "  s$i: {compute_target: a, command: 'touch $work/side-$i; until [[ -e $work/side-1 && -e $work/side-2 && -e $work/side-3 ]]; do sleep 0.02; done'}"
  done
} >side.yaml
expect_code 0 timeout -k 2 60 "$MLPIPE" run side.yaml
expect_out "3 ran"
end_master || fail "the one connection ended before"
cp alone "$hosts/ssh_config"

# The file is wrong.
wrong() {  # wrong ENTRY WORDS
  echo "compute_targets: {a: {$1}}" >mlpipe.yaml
  expect_code 2 mlpipe run p.yaml
  expect_err "$2"
  expect_err "mlpipe.yaml:1:"
}
wrong "type: ssh" "has no 'host'"
wrong "type: ssh, host: -oProxyCommand=x" "must be a name"
wrong "type: ssh, host: a, port: 70000" "65535"
wrong "type: ssh, host: a, root: relative" "must be an absolute path over there"
wrong "type: ssh, host: a, python: python3" "absolute path over there"
wrong "type: ssh, host: a, hots: a" "did you mean 'host'"
wrong "type: local, host: a" "type ssh"
cp good.yaml mlpipe.yaml
sed -i 's/{compute_target/{isolation: declared, compute_target/' p.yaml
expect_code 2 mlpipe run p.yaml
expect_err "do not do yet"
mkdir sources
sed -i 's#{isolation: declared, compute_target#{source_directory: sources, hash_paths: [../p.yaml], compute_target#' p.yaml
expect_code 2 mlpipe run p.yaml
expect_err "has \`hash_paths\`, which compute targets of type ssh do not do yet"

# What another user could have put there is not started.
sed -i 's/source_directory.*hash_paths: [^ ]* //' p.yaml
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml --regenerate-outputs
if [[ $(id -u) == 0 ]]; then
  chown nobody "$hosts/a home/.cache/mlpipe/helpers/"*
  refused "belongs to another user: set \`root:\` to a folder of your own"
fi
