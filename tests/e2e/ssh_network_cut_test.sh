#!/usr/bin/env bash
# The network to a machine behind SSH goes silent: nothing is refused, nothing comes. That is noticed while a step runs and
# while data are on the way; once the network is back, the runs go on by themselves, and each step runs once.
. "$(dirname "$0")/own_network.sh"
unshare --net sleep infinity &
far=$!
background+=("$far")
is_apart() { [[ $(readlink "/proc/$far/ns/net") != "$(readlink /proc/self/ns/net)" ]]; }
wait_until 10 is_apart
on_far_side() { nsenter --net="/proc/$far/ns/net" "$@"; }
ip link add near type veth peer name far netns "$far" 2>/dev/null || skip "veth pairs cannot be made here"
ip address add 10.77.0.1/24 dev near
ip link set near up
on_far_side ip address add 10.77.0.2/24 dev far
on_far_side ip link set far up

start_hosts a
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
on_far_side ip link set lo up
echo "ListenAddress 10.77.0.2:$(cat "$hosts/a.port")" >"$hosts/a.extra"
sed -i 's/127\.0\.0\.1/10.77.0.2/' "$hosts/ssh_config" "$hosts/known_hosts"
on_far_side "$REPOSITORY/tests/support/sshd.sh" again "$hosts" a
head -c 300000000 /dev/zero | tr '\0' x >big  # so much that it can be caught on the way
mkdir other
cp mlpipe.yaml other/
cat >p.yaml <<Y
steps:
  there:
    compute_target: a
    command: "$(trace began); $(until_go on); echo made >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
cat >other/p.yaml <<Y
steps:
  sum:
    compute_target: a
    inputs: {big: {type: uri_file, path: ../big}}
    command: "$(trace sum); sha256sum <\${{inputs.big}} >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
start first run p.yaml
running=$driver
wait_until 30 has_trace began
start second run other/p.yaml
sending=$driver
on_the_way() { find "$hosts"/a.home/.cache/mlpipe/workspaces/*/work/scratch -path '*/content/*' -size +1M | grep -q .; }
wait_until 30 on_the_way
on_far_side ip link set far down
for run in first second; do
  wait_until 90 grep -q "compute target 'a': the connection is lost (Timeout, server 10.77.0.2 not responding.); trying again" $run.err
done
[[ ! -e result && ! -e other/result ]] || fail "the network was not cut"
on_far_side ip link set far up
for run in first second; do wait_until 60 grep -q "compute target 'a': connected again" $run.err; done
go on
expect_end 0 "$running"
expect_end 0 "$sending"
expect_traces "began sum"
expect_file result made
expect_equal "$(cat other/result)" "$(sha256sum <big)" "the sum of what came"
