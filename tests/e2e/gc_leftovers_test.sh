#!/usr/bin/env bash
# gc removes what killed programs left: half-made objects, private directories, what a killed gc had put away; damaged objects after a week.
. "$(dirname "$0")/collecting.sh"
{ echo steps:; sized_step a 5; } >p.yaml
expect_code 0 mlpipe run p.yaml
echo 'steps: {bad: {command: "exit 1"}}' >bad.yaml
expect_code 1 mlpipe run bad.yaml
failed=$(newest)
kept=$(echo .mlpipe/work/????????????????????????????????)
[[ -d $kept ]] || fail "no directory of the failed step"

mkdir -p .mlpipe/work/scratch/mlpipe-Killed/content .mlpipe/work/0123456789abcdef0123456789abcdef/code .mlpipe/trash/work-1-x
mkdir -p .mlpipe/work/0123456789abcdef0123456789abcdef-shell .mlpipe/quarantine/new .mlpipe/quarantine/old
echo 1 >.mlpipe/work/scratch/mlpipe-Killed/content/part
chmod 555 .mlpipe/work/scratch/mlpipe-Killed/content
# An object that a killed gc had put away although a result refers to it, and one that nothing knows.
object=$(echo .mlpipe/objects/??/????????????????????????????????)
read -r object _ <<<"$object"
mv "$object" .mlpipe/trash/
mkdir -p .mlpipe/trash/00000000000000000000000000000000/content .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff/content
expect_equal "$(ask "d['directories']['count'], d['leftovers']['count'], d['objects']['count']" gc --dry-run)" "(2, 2, 2)" "what would go"
[[ -d .mlpipe/work/scratch/mlpipe-Killed ]] || fail "a dry run removed something"
expect_code 0 mlpipe gc
expect_whole_store
[[ -d $object ]] || fail "what a result refers to was not put back"
expect_equal "$(ls .mlpipe/work/scratch .mlpipe/trash)" $'.mlpipe/trash:\n\n.mlpipe/work/scratch:' "what is left"
expect_equal "$(find .mlpipe/work -mindepth 1 -maxdepth 1 | sort)" "$(printf '%s\n' "$kept" .mlpipe/work/scratch | sort)" "directories"
[[ ! -e .mlpipe/objects/ff/ffffffffffffffffffffffffffffffff ]] || fail "an object that nobody knows is there"
expect_equal "$(ls .mlpipe/quarantine)" $'new\nold' "damaged objects, not old enough"
expect_code 0 mlpipe run p.yaml && expect_executed ""

# With an age the rest goes; and the failed step's directory with its run.
expect_code 0 mlpipe gc --older-than 1d && expect_equal "$(ls .mlpipe/quarantine)" $'new\nold' "of today"
expect_code 0 mlpipe gc --older-than 0s
expect_equal "$(ls .mlpipe/quarantine)" "" "damaged objects"
[[ ! -e $kept ]] || fail "an old directory of a failed step is there"
expect_code 1 mlpipe run bad.yaml
[[ -d $kept ]] || fail "no directory of the failed step"
expect_code 0 mlpipe gc && [[ -d $kept ]] || fail "gc took what one may look at"
expect_code 0 mlpipe delete latest "$failed" --yes
expect_code 0 mlpipe gc
[[ ! -e $kept ]] || fail "a deleted run's directory is there"
