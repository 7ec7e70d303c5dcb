#!/usr/bin/env bash
# verify STEP runs a step again beside what is stored and compares; nothing but "varying" is recorded, nothing left.
. "$(dirname "$0")/history.sh"

mkdir src
cat >src/make.sh <<'END'
echo "run in $PWD" >"$2"
mkdir -p "$1/d" "$1/empty"; echo a >"$1/d/a"; echo b >"$1/b"; ln -s b "$1/link"
echo one >logs/log; echo two >outputs/left
case $(cat "$VARIANT") in
  fail) echo "cannot go on" >&2; exit 7 ;;
  less) rm "$1/d/a" ;;
  more) echo x >"$1/new" ;;
  link) ln -sfn d "$1/link" ;;
  mode) chmod +x "$1/b" ;;
  kind) rm "$1/b"; mkdir "$1/b" ;;
  logs) echo other >logs/log ;;
  none) rm "$2" ;;
  slow) echo $$ >"$VARIANT.pid"; sleep 1000 & sleep 1000 ;;
esac
END
cat >p.yaml <<END
parameters: {word: one}
steps:
  before: {command: 'echo \${{parameters.word}} > \${{outputs.o}}', outputs: {o: {type: uri_file}}}
  make:
    source_directory: src
    script_name: make.sh
    arguments: ["\${{outputs.tree}}", "\${{outputs.place}}"]
    inputs: {i: "\${{steps.before.outputs.o}}"}
    outputs: {tree: {type: uri_folder}, place: {type: uri_file}}
    environment_variables: {VARIANT: $work/variant}
  always: {command: 'date +%N > \${{outputs.o}}', outputs: {o: {type: uri_file}}, allow_reuse: false}
END
echo equal >variant
refused "there are no runs in the workspace" verify
refused "there are no runs in the workspace" verify make
expect_code 2 mlpipe verify p.yaml make
expect_err "would have to run"
expect_code 0 mlpipe run p.yaml -p word=two
runs_before=$(ask "len(d['runs'])" runs)

# As in the newest run that has it: with its parameters; by file with the file's own.
expect_code 0 mlpipe verify make
expect_out "tree: equal (2 files"
expect_out "place: equal"
expect_out "./logs: equal"
expect_code 2 mlpipe verify p.yaml make
expect_code 0 mlpipe verify p.yaml make -p word=two -n 2
expect_equal "$(grep -c 'tree: equal' out)" 2 "times"
[[ -z $(find .mlpipe/work -mindepth 1 -maxdepth 1 -not -name scratch) ]] || fail "left: $(ls .mlpipe/work)"

differs() {  # differs VARIANT "what is said": and what is stored stays
  echo "$1" >variant
  expect_code 1 mlpipe verify make
  expect_out "$2"
  expect_out "its results vary"
  echo equal >variant
  expect_code 0 mlpipe verify make
}
differs less "d/a: a file that is not there now"
differs more "new: a file that was not there before"
differs link "link: leads to 'b' before, to 'd' now"
differs mode "b: executable now"
differs kind "b: a file before, a folder now"
# What is left in ./logs is told and does not count.
echo logs >variant
expect_code 0 mlpipe verify make
expect_out "./logs: differs (no output that counts)"
expect_out "text: line 1: 'one' before, 'other' now"
# Failures: told, and the directory stays for a look.
echo fail >variant
expect_code 1 mlpipe verify make
expect_out "make failed, unlike in run"
expect_out "exit code 7"
expect_out "cannot go on"
expect_err "its directory is kept: "
kept=$(sed -n 's/^its directory is kept: //p' err)
[[ -f $kept/context.json ]] || fail "not kept: $kept"
# That takes the usual directory: the next one has its own, and a path in an output is no sign of varying.
/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect(".mlpipe/mlpipe.db"); d.execute("UPDATE results SET varying = 0"); d.commit()'
echo equal >variant
expect_code 1 mlpipe verify make
expect_out "place: differs"
expect_out "holds the path of the directory it ran in"
expect_equal "$(ask_run latest "steps['make']['varying']")" False "varying"
[[ -f $kept/context.json ]] || fail "what was kept is gone"
rm -rf "$kept"
echo none >variant
expect_code 1 mlpipe verify make
expect_out "did not make its output 'place'"
rm -rf .mlpipe/work/*-verify "$kept"
# --keep leaves what was made.
echo equal >variant
expect_code 0 mlpipe verify make --keep
kept=$(sed -n 's/^its directory is kept: //p' err)
expect_file "$kept/outputs/tree/b" b
chmod -R u+w "$kept" && rm -rf "$kept"

# Where a run would make it anew whatever is stored, it is compared all the same.
{ echo 'settings: {regenerate_outputs: true}'; cat p.yaml; } >anew.yaml
expect_code 0 mlpipe verify anew.yaml make -p word=two

# Wrong use.
refused "no run has a step 'mak' (did you mean 'make'?)" verify mak
refused "STEP is missing" verify p.yaml
refused "no step 'mak' (did you mean 'make'?)" verify p.yaml mak
refused "--deep and STEP cannot be used together" verify make --deep
refused "--keep is about a step" verify --keep
refused "there is no stored result of step 'always'" verify p.yaml always
refused "-n: expected a whole number, at least 1, not '0'" verify make -n 0
# An input that is lost, an output that is damaged: nothing to compare with.
object=$(find .mlpipe/objects -path '*/content/d/a')
chmod u+w "$object" && echo evil >"$object"
expect_code 3 mlpipe verify make
expect_err "its output 'tree' was damaged and has been set aside"
expect_code 2 mlpipe verify make
expect_err "there is no stored result"
expect_code 0 mlpipe run p.yaml -p word=two
expect_equal "$(ask "len(d['runs'])" runs)" "$((runs_before + 1))" "recorded runs"

# --set and --local of the run count as well: without them there is nothing to compare with.
mkdir elsewhere && cd elsewhere
echo 'compute_targets: {box: {type: ssh, host: nowhere.invalid}}' >mlpipe.yaml
echo 'steps: {there: {command: "echo $MODE > ${{outputs.o}}", outputs: {o: {type: uri_file}}, compute_target: box}}' >q.yaml
expect_code 0 mlpipe run q.yaml --local --set steps.there.environment_variables.MODE=set
expect_code 0 mlpipe verify there
expect_out "o: equal"
expect_code 2 mlpipe verify q.yaml there --local
expect_err "there is no stored result of step 'there'"
expect_code 0 mlpipe verify there --set steps.there.environment_variables.MODE=set
