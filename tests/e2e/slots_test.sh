#!/usr/bin/env bash
# max_concurrent_steps and -j say how many steps run at a time, over all drivers.
. "$(dirname "$0")/running.sh"

mkdir code
cat >code/busy.sh <<'S'
touch "$1/running-$2"
count=$(find "$1" -name 'running-*' | wc -l)
echo "$count" >>"$1/traces"
if [[ -n $3 ]]; then until [[ -e $1/go-all ]]; do sleep 0.02; done; fi
rm "$1/running-$2"
S
spec() {  # spec NAME [wait]
  echo 'steps:'
  for i in {1..6}; do
    echo "  s$i: {source_directory: code, script_name: busy.sh, arguments: ['$work', $1$i, '${2:-}']}"
  done
}
echo 'compute_targets: {local: {type: local, max_concurrent_steps: 1}}' >mlpipe.yaml
spec a >a.yaml
expect_code 0 mlpipe run a.yaml
expect_traces "1 1 1 1 1 1"
rm traces mlpipe.yaml
spec b wait >b.yaml
spec c wait >c.yaml
running() { [[ $(find . -name 'running-*' | wc -l) == "$1" ]]; }
start b run -j2 b.yaml
b=$driver
start c run -j2 c.yaml
wait_until 20 running 2
wait_until 20 test -e c.err
go all
expect_end 0 "$b"
expect_end 0 "$driver"
expect_equal "$(wc -l <traces), $(sort -rn traces | head -n 1)" "12, 2" "steps, most at a time"
