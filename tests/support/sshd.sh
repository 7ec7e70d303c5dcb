#!/usr/bin/env bash
# Real sshds on loopback, each a machine of its own as far as mlpipe can tell: own home directory, own slots.
#   sshd.sh start DIR NAME...   after it, `ssh -F DIR/ssh_config NAME true`; DIR/NAME.home is its home directory
#   sshd.sh stop DIR [NAME...]  ends them and what they serve; without names all
#   sshd.sh again DIR NAME      starts one that was stopped, on the port it had
# DIR/NAME.extra may hold further lines for sshd_config before it is started, DIR/HOST.home is made unless it is there.
# Ends with 125 where there is no sshd.
set -euo pipefail
command=${1:?start, again or stop} dir=$(realpath "${2:?a folder}")
shift 2
[[ -x /usr/sbin/sshd ]] || { echo "sshd.sh: no /usr/sbin/sshd: install openssh-server" >&2; exit 125; }

end_tree() {  # end_tree PID: it and all below it; not what keeps a job, which is a daemon and goes on
  local child words=()
  mapfile -d '' -t words 2>/dev/null <"/proc/$1/cmdline" || true
  [[ ${words[0]:-} != mlpipe-job ]] || return 0
  kill -STOP "$1" 2>/dev/null || true  # it must not start another one meanwhile
  for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do end_tree "$child"; done
  kill -KILL "$1" 2>/dev/null || true
}

stop_host() {
  local pid
  [[ -s $dir/$1.pid ]] || return 0
  pid=$(cat "$dir/$1.pid")
  end_tree "$pid"
  for _ in {1..500}; do  # a kill is no end yet: until then the port is taken
    readlink "/proc/$pid/exe" >/dev/null 2>&1 || break
    sleep 0.01
  done
  rm -f "$dir/$1.pid"
}

free_port() {  # below those that the kernel gives to any connection: it must be free again after a stop
  /usr/bin/python3 - <<'P'
import random, socket
end = min(32768, int(open("/proc/sys/net/ipv4/ip_local_port_range").read().split()[0]))
while True:
    port = random.randrange(end // 2, end)
    try:
        socket.socket().bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)
P
}

start_host() {  # the port is in DIR/NAME.port
  local name=$1
  # Options must come before the configuration's own: sshd takes the first.
  {
    cat "$dir/$name.extra" 2>/dev/null || true
    cat <<C
ListenAddress 127.0.0.1:$(cat "$dir/$name.port")
HostKey $dir/$name.host_key
PidFile $dir/$name.pid
AuthorizedKeysFile $dir/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UseDNS no
PrintMotd no
MaxStartups 100:30:200
SetEnv "HOME=$dir/$name.home" "MLPIPE_SLOT_DIRECTORY=$dir/$name.slots"
C
  } >"$dir/$name.sshd_config"
  /usr/sbin/sshd -f "$dir/$name.sshd_config" -E "$dir/$name.log" </dev/null
  for _ in {1..200}; do
    [[ ! -s $dir/$name.pid ]] || return 0
    sleep 0.02
  done
  cat "$dir/$name.log" >&2
  return 1
}

case $command in
  start)
    mkdir -p /run/sshd  # its folder for privilege separation, fixed when it was built
    chmod 700 "$dir"
    [[ -e $dir/user_key ]] || ssh-keygen -q -t ed25519 -N '' -f "$dir/user_key" -C mlpipe-test
    cp "$dir/user_key.pub" "$dir/authorized_keys"
    for name in "$@"; do
      [[ -e $dir/$name.host_key ]] || ssh-keygen -q -t ed25519 -N '' -f "$dir/$name.host_key" -C "$name"
      free_port >"$dir/$name.port"
      mkdir -p "$dir/$name.home" "$dir/$name.slots"
      chmod 700 "$dir/$name.slots"
      echo "[127.0.0.1]:$(cat "$dir/$name.port") $(cut -d' ' -f1,2 "$dir/$name.host_key.pub")" >>"$dir/known_hosts"
      printf 'Host %s\n  HostName 127.0.0.1\n  Port %s\n' "$name" "$(cat "$dir/$name.port")" >>"$dir/ssh_config.hosts"
      start_host "$name"
    done
    {
      cat "$dir/ssh_config.hosts"
      cat <<C
Host *
  User $(id -un)
  IdentityFile "$dir/user_key"
  IdentitiesOnly yes
  StrictHostKeyChecking yes
  UserKnownHostsFile "$dir/known_hosts"
  GlobalKnownHostsFile /dev/null
  KexAlgorithms curve25519-sha256
C
    } >"$dir/ssh_config"
    ;;
  again) for name in "$@"; do start_host "$name"; done ;;
  stop)
    if [[ $# == 0 ]]; then
      for file in "$dir"/*.pid; do [[ ! -e $file ]] || stop_host "$(basename "$file" .pid)"; done
    fi
    for name in "$@"; do stop_host "$name"; done
    ;;
  *) exit 2 ;;
esac
