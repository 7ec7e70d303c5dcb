#!/usr/bin/env bash
# gc --max-size gives up first what takes the least time to make again for each byte, and counts what results share right.
. "$(dirname "$0")/collecting.sh"
{ echo steps:; sized_step cheap 100; sized_step dear 100; sized_step small 2; } >p.yaml
expect_code 0 mlpipe run p.yaml
set_durations cheap=1 dear=1000 small=1   # small takes as long as cheap, and frees a fiftieth
size=$(store_bytes)
expect_equal "$(gone --dry-run --max-size 10GB)" "" "with room for all"
expect_equal "$(gone --dry-run --max-size "$((size - 1))B")" cheap "one byte less than there is"
expect_equal "$(gone --dry-run --max-size "$((size - 101 * 4096))B")" cheap "as much as without it"
expect_equal "$(gone --dry-run --max-size 300kB)" "cheap dear small" "less than the dearest"
expect_equal "$(gone --dry-run --max-size 0)" "cheap dear small" "no room"
expect_equal "$(gone --max-size "$((size - 101 * 4096))B")" "cheap" "what went"
(($(store_bytes) <= size - 101 * 4096)) || fail "the store takes $(store_bytes)"
expect_whole_store
expect_code 0 mlpipe run p.yaml && expect_executed cheap

# Two steps make the same bytes: one alone frees nothing, so both count together: 2 s for 100 blocks, against 1.5.
rm -rf .mlpipe
cat >p.yaml <<'YAML'
steps:
  one: {command: "yes same | head -c 409600 >${{outputs.out}}; : 1", outputs: {out: {type: uri_file}}}
  two: {command: "yes same | head -c 409600 >${{outputs.out}}; : 2", outputs: {out: {type: uri_file}}}
  alone: {command: "yes other | head -c 409600 >${{outputs.out}}", outputs: {out: {type: uri_file}}}
YAML
expect_code 0 mlpipe run p.yaml
set_durations one=1 two=1 alone=1.5
expect_equal "$(gone --dry-run --max-size 450kB)" alone "the cheaper of the two objects"
set_durations alone=2.5
expect_equal "$(gone --dry-run --max-size 450kB)" "one two" "both that share one"

# What is pinned stays, and that it does not fit is told.
expect_code 0 mlpipe pin latest
expect_code 0 mlpipe gc --max-size 1kB --json
expect_err "the store does not fit into 1.0 kB"
expect_equal "$(/usr/bin/python3 -c 'import json; d = json.load(open("out")); print(d["fits"], d["results"])')" "False []"
expect_code 0 mlpipe run p.yaml && expect_executed ""
for bad in 50 5XB 1.2.3GB x; do
  expect_code 2 mlpipe gc --max-size "$bad"
  expect_err "--max-size '$bad': " && expect_err "nothing was removed"
done
expect_err "it does not begin with a number"
expect_code 2 mlpipe gc --max-size "" && expect_err "--max-size: expected what the store may take"

# What only steps hold that did not complete goes by age alone: that is said, not that something was pinned.
rm -rf .mlpipe && mkdir src && printf 'x%.0s' {1..40960} >src/big
echo 'steps: {bad: {source_directory: src, command: "false"}}' >bad.yaml
expect_code 1 mlpipe run bad.yaml
expect_code 0 mlpipe gc --max-size 1kB
expect_err "are sources of steps that did not complete, which go by --older-than"
expect_no_err "pinned"
expect_code 0 mlpipe gc --max-size 1kB --older-than 0d
expect_no_err "does not fit"
