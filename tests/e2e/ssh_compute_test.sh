#!/usr/bin/env bash
# compute test of machines behind SSH: what is found of a good one, and what is said where something is wrong.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
cp mlpipe.yaml good.yaml
tested() { expect_code "$1" timeout -k 2 60 "$MLPIPE" compute test "${@:2}"; }
level() {  # level TARGET CHECK
  { timeout -k 2 60 "$MLPIPE" compute test "$1" --json || true; } | /usr/bin/python3 -c '
import json, sys
print(*[c["level"] for c in json.load(sys.stdin)["compute_targets"][0]["checks"] if c["name"] == sys.argv[1]])' "$2"
}
configured() { sed "s|host: a,|host: a, $1,|" good.yaml >mlpipe.yaml; }  # configured SETTINGS: also of a

# A good one; nothing was there before, and no run is needed.
tested 0 a
expect_out "logged in to '$(uname -n)'"
expect_out "brought now; Linux "
expect_out ", $(uname -m)"
expect_out "none yet: the first run makes it in '$hosts/a.home/.cache/mlpipe/workspaces'"
expect_out "it agrees with ours"
expect_out "'/bin/bash'"
expect_out "('/usr/bin/python3')"
expect_out "1 compute target: 0 problems, 0 warnings"
tested 0 a b
expect_out "was there already"
expect_out "brought now"
expect_out "2 compute targets"
tested 0 a --json
expect_schema compute-test
tested 0  # with local
expect_out "3 compute targets: 0 problems"
[[ -z $(find "$hosts/a.home/.cache/mlpipe" -name '.try*') ]] || fail "what was tried was left"

# What is wrong over there.
configured "cpus: 100000, gpus: [99], python: /nonexistent/python"
tested 3 a
expect_out "it shares out 100000 cpus"
expect_out "there is no GPU 99 on that machine"
expect_out "there is no interpreter '/nonexistent/python'"
expect_equal "$(level a python)" problem "level of a wrong python of the target"
echo 'environments: {e: {type: system, python: /nonexistent/e}, f: {type: system, python: /usr/bin/python3}}' >>good.yaml
configured "python: /usr/bin/python3"
tested 0 a
expect_equal "$(level a 'environment e')" warning "level of a python that another machine may have"
expect_equal "$(level a 'environment f')" ok "level of a python that is there"
chmod 777 "$hosts/a.home/.cache/mlpipe/helpers"
tested 0 a
expect_out "'$hosts/a.home/.cache/mlpipe/helpers' is another user's, or others may write to it"
chmod 700 "$hosts/a.home/.cache/mlpipe/helpers"
configured "root: /proc/nowhere"
tested 3 a
expect_out "the folder of \`root:\` cannot be made"

# Slots that a step holds over there.
cp good.yaml mlpipe.yaml
echo "steps: {s: {command: 'touch $work/begun; sleep 1000', compute_target: a}}" >slow.yaml
"$MLPIPE" run slow.yaml >/dev/null 2>&1 &
background+=("$!")
wait_until 30 test -e begun
tested 0 a
expect_out "taken by runs of this user: 1 cpu"
expect_code 0 mlpipe cancel latest

# It is not reached: list and show do not mind.
mv "$hosts/authorized_keys" keys
touch "$hosts/authorized_keys"
tested 3 a
expect_out "it refused the login"
expect_out "see that \`ssh -F $hosts/ssh_config a\` works without asking anything"
expect_equal "$(level a connection)" problem "level of a refused login"
mv keys "$hosts/authorized_keys"
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
tested 3 a b
expect_out "nothing listens on port "
expect_out "2 compute targets: 1 problem"
expect_equal "$(level b connection)" ok "level of the other machine"
tested 3 a --json
expect_schema compute-test
expect_code 0 mlpipe compute list
expect_code 0 mlpipe compute show a
expect_out "-F $hosts/ssh_config"
tested 2 b c
expect_err "there is no compute target 'c' in mlpipe.yaml"
