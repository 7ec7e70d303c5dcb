#!/usr/bin/env bash
# cpus and memory of a target are shared out; a step that asks for more than there is gets all.
. "$(dirname "$0")/running.sh"

echo 'compute_targets: {local: {type: local, cpus: 4, memory: 4GB, max_concurrent_steps: 4}}' >mlpipe.yaml
mkdir code
cat >code/busy.sh <<'S'
exec 9>>"$1/lock"
count() { flock 9; echo $(($(cat "$1/$2-now" 2>/dev/null || echo 0) + $3)) >"$1/$2-now"; cat "$1/$2-now" >>"$1/$2"; flock -u 9; }
count "$1" "$2" "$3"
sleep 0.1
count "$1" "$2" "-$3"
S
spec() {  # spec KIND "resources" AMOUNT…
  local i=0 kind=$1 amount
  shift
  echo 'steps:'
  for amount in "$@"; do
    echo "  s$((++i)): {source_directory: code, script_name: busy.sh, arguments: ['$work', $kind, $amount]," \
      "resources: {$kind: $amount$([[ $kind == cpus ]] || echo GB)}, environment_variables: {I: '$i'}}"
  done
}
spec memory 3 2 1 3 1 2 >memory.yaml
expect_code 0 mlpipe run memory.yaml
[[ $(sort -rn memory | head -n 1) -le 4 ]] || fail "too much memory at a time: $(cat memory)"
spec cpus 8 1 >cpus.yaml
expect_code 0 mlpipe run cpus.yaml
expect_err "asks for more than compute target 'local' has: it gets all there is"
