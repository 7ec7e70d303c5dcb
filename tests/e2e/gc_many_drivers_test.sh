#!/usr/bin/env bash
# Runs and gcs over each other without a pause: every run does what it should, and no record is left without its outputs.
. "$(dirname "$0")/collecting.sh"
mkdir -p p
for i in 1 2 3; do
  cat >p/$i.yaml <<YAML
steps:
  same: {command: "yes same | head -c 20000 >\${{outputs.o}}", outputs: {o: {type: uri_file}}}
  own: {command: "cat \${{inputs.s}} >\${{outputs.o}}; echo $i >>\${{outputs.o}}", inputs: {s: "\${{steps.same.outputs.o}}"}, outputs: {o: {type: uri_file}}}
  copy: {command: "cat \${{inputs.s}} >\${{outputs.o}}; : $i", inputs: {s: "\${{steps.same.outputs.o}}"}, outputs: {o: {type: uri_file}}}
  all:
    command: "cat \${{inputs.a}} \${{inputs.b}} | wc -c >\${{outputs.o}}"
    inputs: {a: "\${{steps.own.outputs.o}}", b: "\${{steps.copy.outputs.o}}"}
    outputs: {o: {type: uri_file, path: ./out$i}}
YAML
done
end=$((SECONDS + 12))
runs_of() {
  while ((SECONDS < end)); do
    rm -f "p/out$1"
    "$MLPIPE" run -C . "p/$1.yaml" >"run$1.out" 2>"run$1.err" || { cp "run$1.err" "broken$1"; return 1; }
    [[ $(cat "p/out$1") == 40002 ]] || { echo "out$1: $(cat "p/out$1")" >"broken$1"; return 1; }
    echo >>"count$1"
  done
}
collects() {
  while ((SECONDS < end)); do
    # shellcheck disable=SC2086
    "$MLPIPE" gc $1 >"gc.$2" 2>&1 || { cp "gc.$2" "broken.gc.$2"; return 1; }
    echo >>"count.gc"
  done
}
expect_code 0 mlpipe run -C . p/1.yaml
workers=()
for i in 1 2 3; do runs_of $i & workers+=($!); done
collects "--older-than 0s" a & workers+=($!)
collects "--max-size 0" b & workers+=($!)
background+=("${workers[@]}")
for pid in "${workers[@]}"; do wait "$pid" || true; done
[[ -z $(ls broken* 2>/dev/null) ]] || { tail -n 20 broken*; fail "something broke"; }
for file in count1 count2 count3 count.gc; do
  [[ $(wc -l <$file) -gt 3 ]] || fail "$file: only $(wc -l <$file) rounds"
done
echo "rounds: $(wc -l count*)"
mlpipe gc >/dev/null  # settles what waited
expect_whole_store
for i in 1 2 3; do expect_code 0 mlpipe run -C . p/$i.yaml; expect_file p/out$i 40002; done
expect_code 0 mlpipe gc --older-than 0s
expect_equal "$(objects)" 0 "objects left"
