#!/usr/bin/env bash
# Sourced by tests of inputs with an address: faults.sh, and a web server on loopback.
# shellcheck source=faults.sh
. "$(dirname "${BASH_SOURCE[0]}")/faults.sh"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

# Serves the folder `served` (tests/support/http_server.py says how) until the test ends; sets `url`.
start_server() {
  mkdir -p "$work/served"
  mkfifo "$work/server_in"
  python3 "$REPOSITORY/tests/support/http_server.py" "$work/served" <"$work/server_in" >"$work/server_out" &
  background+=($!)
  exec {server}>"$work/server_in"
  wait_until 20 grep -q PORT "$work/server_out"
  # shellcheck disable=SC2034
  url=http://127.0.0.1:$(sed -n 's/PORT //p' "$work/server_out")
}
stop_server() {
  exec {server}>&-
  wait "${background[-1]}" || true
}
requests() { wc -l <"$work/served/.requests"; }

# A pipeline that copies what is at an address.
copy_of() {  # copy_of "$url/files/a.csv" >p.yaml
  cat <<END
steps:
  copy:
    command: 'cat \${{inputs.raw}} > \${{outputs.o}}; basename \${{inputs.raw}} >&2'
    inputs: {raw: {type: uri_file, path: "$1"}}
    outputs: {o: {type: uri_file}}
END
}
