#!/usr/bin/env bash
# A machine that only another one reaches: the user's ssh_config leads over that one (ProxyJump), and mlpipe need not know.
. "$(dirname "$0")/own_network.sh"
new_network() {  # sets `network` to the pid of a process in a network of its own
  unshare --net sleep infinity &
  network=$!
  background+=("$network")
  wait_until 10 is_apart
  in_network "$network" ip link set lo up
}
is_apart() { [[ $(readlink "/proc/$network/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }
in_network() { nsenter --net="/proc/$1/ns/net" "${@:2}"; }
new_network
gate=$network
new_network
far=$network
ip link add near type veth peer name outside netns "$gate" 2>/dev/null || skip "veth pairs cannot be made here"
in_network "$gate" ip link add inside type veth peer name far netns "$far"
ip address add 10.77.0.1/24 dev near
ip link set near up
for address in outside/10.77.0.2 inside/10.78.0.1; do
  in_network "$gate" ip address add "${address#*/}/24" dev "${address%/*}"
  in_network "$gate" ip link set "${address%/*}" up
done
in_network "$far" ip address add 10.78.0.2/24 dev far
in_network "$far" ip link set far up

start_hosts gate a
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts"
move() {  # move NAME NETWORK ADDRESS: its sshd to there
  echo "ListenAddress $3:$(cat "$hosts/$1.port")" >"$hosts/$1.extra"
  sed -i "s/\[127\.0\.0\.1\]:$(cat "$hosts/$1.port") /[$3]:$(cat "$hosts/$1.port") /" "$hosts/known_hosts"
  sed -i "/^Host $1\$/,/Port/s/127\.0\.0\.1/$3/" "$hosts/ssh_config"
  in_network "$2" "$REPOSITORY/tests/support/sshd.sh" again "$hosts" "$1"
}
move gate "$gate" 10.77.0.2
move a "$far" 10.78.0.2
echo "compute_targets: {a: {type: ssh, host: a, ssh_config: $hosts/ssh_config, reconnect_timeout: 60s}}" >mlpipe.yaml
head -c 3000000 /dev/urandom >data
cat >p.yaml <<Y
inputs: {data: {type: uri_file, path: data}}
steps:
  sum:
    compute_target: a
    inputs: {data: "\${{parent.inputs.data}}"}
    command: "$(trace began); $(until_go on); sha256sum <\${{inputs.data}} >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
# Without the way over the gate nothing leads there.
expect_code 3 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_err "compute target 'a': the network is not reachable"
sed -i 's/^Host a$/Host a\n  ProxyJump gate/' "$hosts/ssh_config"

# The gate is lost under a step, which goes on; both logins are made again.
start first run p.yaml
wait_until 60 has_trace began
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" gate
wait_until 60 grep -q "compute target 'a': the connection is lost" first.err
go on
in_network "$gate" "$REPOSITORY/tests/support/sshd.sh" again "$hosts" gate
expect_end 0 "$driver"
expect_traces began
expect_equal "$(cat result)" "$(sha256sum <data)" "what was made behind the gate"

# What is wrong at the gate is said of the gate.
mv "$hosts/authorized_keys" keys
touch "$hosts/authorized_keys"
expect_code 3 timeout -k 2 60 "$MLPIPE" compute test a
expect_out "it refused the login"
expect_out "@10.77.0.2: Permission denied"
mv keys "$hosts/authorized_keys"
sed -i '/^\[10\.77/d' "$hosts/known_hosts"
expect_code 3 timeout -k 2 60 "$MLPIPE" compute test a
expect_out "its host key is not known here"
# Nobody is asked, on no terminal and in no window: ssh's own BatchMode does not reach the ssh that goes to the gate.
sed -i 's/StrictHostKeyChecking yes/StrictHostKeyChecking ask/' "$hosts/ssh_config"
printf '#!/bin/sh\ntouch "%s/asked"\nsleep 100\n' "$work" >askpass
chmod 755 askpass
expect_code 3 env DISPLAY=:0 SSH_ASKPASS="$work/askpass" timeout -k 2 30 script -qec "'$MLPIPE' compute test a" /dev/null
expect_out "its host key is not known here"
[[ ! -e asked ]] || fail "a window asked"
