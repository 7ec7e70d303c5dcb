#!/usr/bin/env bash
# path: what somebody writes in the very moment in which an output takes its place is never lost, also if mlpipe is killed then.
. "$(dirname "$0")/lib.sh"
compiler=$(command -v cc || command -v gcc || command -v clang) || skip "no C compiler for the library that stands in the way"
"$compiler" -shared -fPIC -o watch.so "$REPOSITORY/tests/support/trade_watch.c" -ldl
if nm -D "$MLPIPE" | grep -q __asan_init; then skip "a sanitized program takes no preloaded library"; fi
cat >p.yaml <<'END'
parameters: {n: 1, m: 1}
outputs: {f: {type: uri_file, path: pub/f}, d: {type: uri_folder, path: pub/d}}
steps:
  file: {command: "echo ${{parameters.n}} >${{outputs.f}}", outputs: {f: "${{parent.outputs.f}}"}}
  folder:
    command: "for i in 1 2 3; do echo ${{parameters.m}} >${{outputs.d}}/$i; done"
    outputs: {d: "${{parent.outputs.d}}"}
END
cat >other.yaml <<'END'
steps: {s: {command: "true"}}
END
begin() { rm -rf pub .mlpipe && expect_code 0 mlpipe run p.yaml && expect_file pub/f 1; }
watched() { LD_PRELOAD=$PWD/watch.so mlpipe run p.yaml "$@"; }  # the renames of a copy: whole, trade, (back,) may go
beside() { find pub -name '.mlpipe*' | wc -l; }
clean() { expect_equal "$(beside)" 0 "$1: what lies beside" && expect_equal "$(ls .mlpipe/copies)" "" "$1: notes"; }

begin; BEFORE2="echo theirs >>pub/f" expect_code 0 watched -p n=2
expect_err "was made or changed while the output was being copied"
expect_equal "$(cat pub/f)" $'1\ntheirs' "written before the trade" && clean "written before the trade"

begin; BEFORE2="echo new >pub/d/new" expect_code 0 watched -p m=2
expect_equal "$(cat pub/d/new pub/d/1)" $'new\n1' "a folder written to before the trade" && clean "a folder"

begin; BEFORE2="echo one >>pub/f" AFTER2="echo two >>pub/f" expect_code 0 watched -p n=2
expect_equal "$(cat pub/f)" $'1\none' "written before and after the trade"
expect_equal "$(cat pub/.mlpipe-*-whole)" $'2\ntwo' "what was written after the trade"
expect_err "what was written last lies at '$PWD/pub/.mlpipe-"
expect_code 0 mlpipe run other.yaml
mlpipe doctor >doctor.txt 2>&1 || true
grep -q "what somebody wrote at '$PWD/pub/f' lies at '$PWD/pub/.mlpipe-" doctor.txt || fail "doctor does not say so: $(cat doctor.txt)"
rm pub/.mlpipe-*-whole
expect_code 0 mlpipe run other.yaml && clean "after it was removed"

begin; BEFORE2="mkdir archive; mv pub/f archive; ln -s ../archive/f pub/f" expect_code 0 watched -p n=2
[[ -L pub/f ]] || fail "a link that somebody put there was taken for the output"
clean "a link"; rm -r archive

# Killed in the middle: the next run of anything puts it in order.
begin; BEFORE1=KILL expect_code 137 watched -p n=2
expect_equal "$(beside)" 1 "copies that are being made"
expect_code 0 mlpipe gc --dry-run --json
expect_equal "$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["leftovers"]["count"])')" 1 "what gc would remove"
expect_code 0 mlpipe gc && clean "removed by gc"
begin; AFTER1=KILL expect_code 137 watched -p n=2
expect_equal "$(beside)" 1 "copies before a trade"
expect_code 0 mlpipe run other.yaml && expect_file pub/f 1 && clean "killed before the trade"
begin; AFTER2=KILL expect_code 137 watched -p n=2
expect_code 0 mlpipe run other.yaml && expect_file pub/f 2 && clean "killed after the trade"
begin; BEFORE2="echo theirs >pub/f" AFTER2=KILL expect_code 137 watched -p n=2
expect_code 0 mlpipe run other.yaml && expect_file pub/f theirs && clean "killed after a trade with what somebody wrote"
begin; rm pub/d/2; AFTER2=KILL expect_code 137 watched -p m=2
expect_code 0 mlpipe run other.yaml && expect_file pub/d/2 2 && clean "killed after a trade with a part"
begin; AFTER2=KILL expect_code 137 watched -p n=2
mv pub away && expect_code 0 mlpipe run other.yaml && mv away pub
expect_code 0 mlpipe run other.yaml && clean "the disk was away meanwhile"

# Where only the plain rename is known: the copy is whole, taken back, then old aside, new in place, old may go.
export PLAIN=1
begin; expect_code 0 watched -p n=2 && expect_file pub/f 2 && clean "plain"
begin; BEFORE3="echo theirs >>pub/f" expect_code 0 watched -p n=2
expect_equal "$(cat pub/f)" $'1\ntheirs' "plain: written before" && clean "plain: written before"
begin; AFTER3="mkdir pub/d; echo theirs >pub/d/x" expect_code 3 watched -p m=2
expect_file pub/d/x theirs && clean "plain: somebody was faster"
