#!/usr/bin/env bash
# GPUs: concurrent steps get distinct devices, within those that the caller has.
. "$(dirname "$0")/running.sh"

mkdir code
cat >code/use.sh <<'S'
touch "$1/has-$CUDA_VISIBLE_DEVICES"
until [[ -e $1/go-all ]]; do sleep 0.02; done
S
spec() {
  echo 'steps:'
  for i in 1 2 3; do
    echo "  s$i: {source_directory: code, script_name: use.sh, arguments: ['$work', '$1$i'], resources: {gpus: 1}}"
  done
}
devices() { [[ $(find . -maxdepth 1 -name 'has-*' | sort | paste -sd' ') == "$1" ]]; }
spec a >p.yaml
CUDA_VISIBLE_DEVICES=7 start run run -j8 p.yaml
wait_until 20 devices ./has-7  # nothing is configured: left alone
go all
expect_end 0 "$driver"
rm has-* go-all
echo 'compute_targets: {local: {type: local, gpus: [0, 1, 2, 3]}}' >mlpipe.yaml
spec b >p.yaml
CUDA_VISIBLE_DEVICES=1,3,5 start run run -j8 p.yaml
wait_until 20 devices "./has-1 ./has-3"
go all
expect_end 0 "$driver"
devices "./has-1 ./has-3" || fail "devices: $(ls has-*)"
expect_equal "$(ask_run latest "[s['status'] for s in steps.values()]")" \
  "['Completed', 'Completed', 'Completed']"
