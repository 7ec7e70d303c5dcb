#!/usr/bin/env bash
# What `graph` cannot do it says, with what it can; on a narrow terminal no line is too wide.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
echo 'steps: {a: {command: "true"}, b: {command: "true", depends_on: [a]}}' >p.yaml
expect_code 2 mlpipe graph && expect_err "nothing to draw" && expect_err "--status RUN"
expect_code 2 mlpipe graph p.yaml --format png && expect_err "--format: expected one of text, dot, mermaid, svg, not 'png'" && expect_err "mermaid"
expect_code 2 mlpipe graph p.yaml -o g.png && expect_err "'.png'" && expect_err ".svg" && [[ ! -e g.png ]]
expect_code 2 mlpipe graph p.yaml -o graph && expect_err "no suffix" && [[ ! -e graph ]]
expect_code 0 mlpipe graph p.yaml --format dot -o graph && grep -q '^digraph' graph
expect_code 2 mlpipe graph p.yaml --json --format svg && expect_err "cannot be used together"
expect_code 0 mlpipe graph p.yaml --json -o g.json && grep -q '"edges"' g.json
expect_code 2 mlpipe graph none.yaml && expect_err "none.yaml"
expect_code 3 mlpipe graph p.yaml -o nowhere/g.svg && expect_err "nowhere/g.svg"
expect_code 0 mlpipe graph --set steps.a.command=false p.yaml && expect_out "false"

# 40 steps that all need several others: more lanes than 30 columns hold.
{
  echo "steps:"
  for i in {0..39}; do
    needs=""
    for ((j = i % 5; j < i; j += 5)); do needs+="${needs:+, }a_step_with_a_name_$j"; done
    echo "  a_step_with_a_name_$i: {command: echo a command that is long, depends_on: [$needs]}"
  done
} >wide.yaml
for columns in 20 30 80; do
  TERM=xterm script -qec "stty cols $columns; '$MLPIPE' graph wide.yaml" /dev/null </dev/null >typed
  sed 's/\x1b\[[0-9;]*m//g; s/\r$//' typed >plain
  expect_equal "$(grep -c a_step plain)" 40 "steps at $columns columns"
  /usr/bin/python3 -c 'import sys; sys.exit(max(len(line.rstrip("\n")) for line in open("plain", encoding="utf-8")) > int(sys.argv[1]))' "$columns" ||
    fail "wider than $columns columns"
done
