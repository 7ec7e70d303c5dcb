#!/usr/bin/env bash
# Sourced after lib.sh by the tests of compute targets behind SSH: the machines a and b, each a real sshd on loopback.
hosts=${work:?as lib.sh sets it}/hosts
stop_hosts() { "$REPOSITORY/tests/support/sshd.sh" stop "$hosts"; }
start_hosts() {  # start_hosts NAME...
  mkdir -p "$hosts"
  local code=0
  "$REPOSITORY/tests/support/sshd.sh" start "$hosts" "$@" || code=$?
  [[ $code != 125 ]] || skip "there is no sshd"
  [[ $code == 0 ]] || fail "sshd does not start"
  at_end+=(stop_hosts)
  {
    echo "compute_targets:"
    for name in "$@"; do echo "  $name: {type: ssh, host: $name, ssh_config: $hosts/ssh_config}"; done
  } >mlpipe.yaml
}
remote_root() { echo "$hosts/$1.home/.cache/mlpipe/workspaces/"*; }  # remote_root NAME
jobs_on() { find "$(remote_root "$1")/jobs" -mindepth 1 -maxdepth 1 | wc -l; }
no_jobs_left() { [[ $(jobs_on a) == 0 && $(jobs_on b) == 0 ]]; }  # a helper ends its work after the run
no_steps_on() {  # no_steps_on NAME: no process of a step works there
  [[ -z $(find /proc -maxdepth 2 -name cwd -lname "$(remote_root "$1")/work/*" 2>/dev/null || true) ]]
}
helper_pid() {  # helper_pid NAME: of the helper that serves there
  local process words
  for process in /proc/[0-9]*; do
    [[ $(readlink "$process/exe" 2>/dev/null) == "$hosts/$1.home/.cache/mlpipe/helpers/"* ]] || continue
    mapfile -d '' -t words <"$process/cmdline" 2>/dev/null || continue
    [[ ${words[1]:-} != serve ]] || echo "${process#/proc/}"
  done
}
