#!/usr/bin/env bash
# submit --params: as `run` reads the file, when the run is submitted; -p wins.
. "$(dirname "$0")/lib.sh"

cat >p.yaml <<'Y'
parameters: {rate: 0.5, rounds: 3, word: hello, quick: false, free: {type: string, default: x}}
steps: {s: {command: "echo ${{parameters.rate}} ${{parameters.rounds}} ${{parameters.word}} ${{parameters.quick}} ${{parameters.free}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}}
Y
expect_code 0 mlpipe publish p.yaml --endpoint e -p rounds=4
said() { rm -rf got && mlpipe get "$1" s.o got >/dev/null && cat got/o; }
printf 'rate: 1e-3\nword: True\nquick: true\nfree: "a b"\n' >v.yaml
printf 'word: later\n' >w.yaml
expect_code 0 mlpipe run p.yaml --params v.yaml -p rounds=4 -q
by_run=$(said latest)
expect_code 0 mlpipe submit e --params v.yaml --wait
expect_equal "$(said "$(cat out)")" "$by_run" "as run reads them"
expect_err "nothing was to be done"
expect_code 0 mlpipe submit e --params v.yaml --params w.yaml -p rate=2 --wait
expect_equal "$(said "$(cat out)")" "2 4 later true a b" "what wins"

# From another directory, and what is promised stays what it was.
mkdir elsewhere
printf 'word: then\n' >elsewhere/v.yaml
id=$(cd elsewhere && mlpipe submit -C .. e --params v.yaml)
printf 'word: now\n' >elsewhere/v.yaml
wait_for_run "$id"
expect_equal "$(said "$id")" "0.5 4 then false x" "the values of the submit"
printf 'word: one\n' >v.yaml
id=$(mlpipe submit e --params v.yaml --idempotency-key k)
expect_equal "$(mlpipe submit e --params v.yaml --idempotency-key k)" "$id" "the same values"
printf 'word: two\n' >v.yaml
expect_code 2 mlpipe submit e --params v.yaml --idempotency-key k
expect_err "'word' was 'one' then, and is 'two' now"

refused() {  # refused "message" "content of the file"
  printf "%s\n" "$2" >bad.yaml
  expect_code 2 mlpipe submit e --params bad.yaml
  expect_err "$1"
  [[ ! -s out ]] || fail "a run was promised: $(cat out)"
}
refused "bad.yaml:2:1: error: the pipeline has no parameter 'rat' (did you mean 'rate'?)" $'word: a\nrat: 1'
refused "bad.yaml:1:7: error: the parameter 'rate' takes a number, not 'fast'" 'rate: fast'
refused "a parameter file must be a map, not a list" '- rate'
expect_code 2 mlpipe submit e --params gone.yaml
expect_err "gone.yaml"
expect_code 2 mlpipe submit f --params w.yaml
expect_err "there is no endpoint 'f'"
