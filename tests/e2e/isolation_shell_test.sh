#!/usr/bin/env bash
# run --only S --shell of an isolated step opens the shell in the same isolation.
. "$(dirname "$0")/isolated.sh"
mkdir data && echo x >data/x && echo y >data/y
cat >p.yaml <<'END'
steps:
  a:
    command: 'cat "${{inputs.x}}" > "${{outputs.o}}"; cat "${{outputs.o}}"; ls -A "$HOME" | wc -l'
    inputs: {x: {type: uri_file, path: data/x}}
    outputs: {o: {type: uri_file}}
    isolation: declared
END
export HOME=$work/home && mkdir home && touch home/a
expect_code 0 mlpipe run p.yaml --only a --shell <<END
cat $work/data/y
../step
cat $work/data/x
pwd
sleep $long & disown
END
expect_err "isolated: it sees what it declares and what is installed, nothing else"
expect_err "$work/data/y: No such file"
expect_err "ended what the shell left running"
expect_equal "$(head -n 3 out | paste -sd' ')" "x 0 x" "what the shell printed"
expect_out "/code"
expect_equal "$(find .mlpipe/work -mindepth 1 -maxdepth 1 ! -name '*scratch*' | wc -l)" 0 "directories left"
no_sleeps || fail "left: $(sleeps)"
