#!/usr/bin/env bash
# run --only S --shell: what the shell sees is what the step sees, its command can be run there, and nothing is recorded.
. "$(dirname "$0")/lib.sh"
export PASSED_ON="a  b" NOT_PASSED=x
mkdir train && cat >train/train.sh <<'END'
{ pwd | sed 's/-shell//'; ls; cat "$1"; env | grep -vE '^(_|SHLVL|PWD|OLDPWD|TERM|.*RUN_ID|LESS|PAGER|EDITOR|COLORTERM)='; } | sed "s#-shell/#/#" >"$2"
echo "two words: $3"
exit "$(cat outputs/code 2>/dev/null || echo 0)"
END
cat >p.yaml <<'END'
steps:
  prep: {command: 'echo prepared > "${{outputs.o}}"', outputs: {o: {type: uri_file, file_name: o.txt}}}
  train:
    source_directory: ./train
    script_name: train.sh
    arguments: ["${{inputs.i}}", "${{outputs.m}}", "it's $HOME"]
    inputs: {i: "${{steps.prep.outputs.o}}"}
    outputs: {m: {type: uri_file, file_name: m.txt, path: m.txt}}
    environment_variables: {OWN: "1 2"}
    pass_environment: [PASSED_ON]
  other: {command: 'touch here; echo "$MLPIPE_STEP" > seen; exit 4'}
END
# What it needs has to be there first.
expect_code 2 mlpipe run p.yaml --only train --shell
expect_err "step 'prep'"
expect_err "run it first"
expect_equal "$(mlpipe runs 2>/dev/null | tail -n +2 | wc -l)" 0 "runs after a refused shell"

expect_code 0 mlpipe run p.yaml --until train
expect_code 0 mlpipe run p.yaml --only train --shell <<'END'
echo before: $(ls -A $MLPIPE_OUTPUT_m)
../step
echo "NOT_PASSED=${NOT_PASSED:-}"
exit 9
END
expect_err "step 'train', ready in $work/.mlpipe/work/"
expect_err "take its earlier result: reused from run"
expect_err "$work/.mlpipe/objects/"
expect_err "/bin/bash train.sh "
expect_err "'it'\\''s \$HOME'"
expect_out "two words: it's \$HOME"
expect_out "NOT_PASSED="
expect_equal "$(mlpipe runs | tail -n +2 | wc -l)" 1 "runs after the shell"
expect_equal "$(find .mlpipe/work -maxdepth 1 -name '*-shell*')" "" "directories left"

# The same in a run and by hand: working directory, files, input, environment.
directory=$(mlpipe run p.yaml --only train --shell --keep 2>&1 </dev/null | sed -n 's/^its directory is kept: //p')
[[ -d $directory/code ]] || fail "--keep did not keep $directory"
expect_code 0 mlpipe run p.yaml --only train --shell <<<"../step >$work/step_said; cat \"\$MLPIPE_OUTPUT_m\" >$work/by_hand"
diff m.txt by_hand || fail "by hand it sees something else"

# A step that would run; variables set in the shell reach its command; a failing command is no failure.
expect_code 0 mlpipe run p.yaml --only other --shell <<<'../step; echo "code $?"; ls; cat seen'
expect_err "a run would execute it"
expect_out "code 4"
expect_out "here"
expect_out "other"
expect_equal "$(mlpipe runs | tail -n +2 | wc -l)" 1 "runs"
# Its kept directory after a failure is not touched.
expect_code 1 mlpipe run p.yaml --only other
kept=$(sed -n 's/^ *its directory is kept: //p' err)
expect_err "mlpipe run p.yaml --only other --shell"
touch "$kept/code/mine"
expect_code 0 mlpipe run p.yaml --only other --shell <<<'ls' && [[ -e $kept/code/mine ]] || fail "the shell changed what the attempt left"

for options in "--shell" "--only train --only prep --shell" "--only train --shell --json" "--only train --shell --from train" \
  "--only train --shell --dry-run"; do
  # shellcheck disable=SC2086  # words on purpose
  expect_code 2 mlpipe run p.yaml $options && expect_err "--shell"
done
expect_code 2 mlpipe run p.yaml --only trian --shell && expect_err "did you mean 'train'?"
