#!/usr/bin/env bash
# `mlpipe help` lists commands and topics, explains each of them, and knows the nearest word.
. "$(dirname "$0")/lib.sh"

expect_code 0 mlpipe help
mapfile -t topics < <(sed -n '/^Topics/,$s/^  \([a-z-]*\) .*/\1/p' "$work/out")
mapfile -t commands < <(sed -n '/^Commands/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p' "$work/out")
for topic in spec reuse registry expressions workspace variables exit-codes files disk debugging isolation components remote; do
  [[ " ${topics[*]} " == *" $topic "* ]] || fail "no topic '$topic' in the list: ${topics[*]}"
done
for file in "$REPOSITORY"/src/cli/help/*.txt; do
  [[ " ${topics[*]} " == *" $(basename "$file" .txt) "* ]] || fail "$file is no topic"
  # The manual page indents examples more.
  too_long=$(LC_ALL=C.UTF-8 awk '/^```/ { example = !example } example && length > 71' "$file")
  [[ -z $too_long ]] || fail "too long for the manual page, in $file: $too_long"
done
for topic in "${topics[@]}"; do
  expect_code 0 mlpipe help "$topic"
  (($(wc -l <"$work/out") > 10)) || fail "hardly anything about '$topic'"
  too_long=$(LC_ALL=C.UTF-8 awk 'length > 80' "$work/out")
  [[ -z $too_long ]] || fail "'$topic' has lines longer than 80: $too_long"
  [[ ! -s $work/err ]] || fail "something on stderr: $(cat "$work/err")"
done

((${#commands[@]} > 8)) || fail "few commands: ${commands[*]}"
for command in "${commands[@]}"; do
  diff <(mlpipe help "$command") <(mlpipe "$command" --help) || fail "help $command is not its --help"
done

expect_code 2 mlpipe help spce
expect_err "no command and no topic is called 'spce' (did you mean 'spec'?); \`mlpipe help\` lists them"
expect_code 2 mlpipe help rnu
expect_err "(did you mean 'run'?)"
[[ ! -s $work/out ]] || fail "an error on stdout"

# Narrower on a narrow terminal; what has to be typed stays whole.
script -qec "stty cols 40; '$MLPIPE' help reuse" typescript </dev/null | tr -d '\r' >narrow
too_long=$(LC_ALL=C.UTF-8 awk 'length > 40 && !/^    mlpipe /' narrow)
[[ -z $too_long ]] || fail "longer than the terminal is wide: $too_long"
grep -qx '    mlpipe why latest train             # why it ran in the newest run' narrow || fail "a line was cut"
