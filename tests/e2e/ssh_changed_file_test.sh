#!/usr/bin/env bash
# Of a folder only the files whose bytes a machine has in no object are sent to it, and fetched from it; what is there is copied
# there, and counts only if it is what it should be. Bytes are counted on their way into and out of ssh.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
mkdir bin there back
cat >bin/ssh <<X
#!/usr/bin/env bash
exec 3<&0
exec "$(command -v ssh)" "\$@" < <(exec tee "$work/there/\$\$" <&3 2>/dev/null) > >(exec tee "$work/back/\$\$" 2>/dev/null) 3<&-
X
chmod +x bin/ssh
export PATH="$work/bin:$PATH"
counted() { find "$1" -type f -printf '%s\n' | awk '{sum += $1} END {print sum + 0}'; }  # counted there|back
run_and_count() {  # run_and_count FILE [OPTION...]: the sizes are in $there and $back
  find there back -type f -delete
  expect_code 0 mlpipe run "$@"
  there=$(counted there) back=$(counted back)
}
expect_between() { (($2 <= $1 && $1 < $3)) || fail "$4: $1 bytes, not $2 to $3"; }
random() { head -c "$1" /dev/urandom; }  # random BYTES
sums() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum); }
expect_right() { cmp <(sums data) sums.txt || fail "$1: the step did not see what the folder holds"; }

cat >helper.yaml <<'Y'
steps: {s: {compute_target: a, command: "true"}}
Y
cat >p.yaml <<'Y'
steps:
  sum:
    compute_target: a
    inputs: {data: {path: data}}
    command: cd ${{inputs.data}} && find . -type f | LC_ALL=C sort | xargs sha256sum >${{outputs.sums}}
    outputs: {sums: {type: uri_file, path: sums.txt}}
Y
mkdir -p data/deep
for i in {1..200}; do random 20000 >data/deep/$i; done
random 500000 >data/large
expect_code 0 mlpipe run helper.yaml  # brings the helper

run_and_count p.yaml
expect_between "$there" 4500000 4700000 "the first time"
expect_right "the first time"

random 20000 >data/deep/100
run_and_count p.yaml
expect_between "$there" 20000 60000 "with one file changed"
expect_right "with one file changed"

mv data/large data/renamed
cp data/renamed data/deep/copied
chmod +x data/deep/1
run_and_count p.yaml
expect_between "$there" 1 40000 "with a file renamed and copied"
expect_right "with a file renamed and copied"

# Other bytes in all copies of a file that would be taken from there.
store="$(remote_root a)/objects"
chmod -R u+w "$store"
mapfile -t copies < <(find "$store" -path '*/content/deep/7')
((${#copies[@]} == 3)) || fail "there are ${#copies[@]} objects with the file, not 3"
for copy in "${copies[@]}"; do random 20000 >"$copy"; done
echo more >>data/deep/8
run_and_count p.yaml
expect_between "$there" 40000 80000 "with one file changed and another one damaged over there"
expect_right "with a file damaged over there"

# Sources, which come from the store.
mkdir src
for i in {1..30}; do random 10000 >src/$i; done
cat >sources.yaml <<'Y'
steps:
  s:
    compute_target: a
    source_directory: src
    command: sha256sum [0-9]* >${{outputs.sums}}
    outputs: {sums: {type: uri_file, path: sums.txt}}
Y
run_and_count sources.yaml
expect_between "$there" 300000 330000 "sources the first time"
random 10000 >src/3
run_and_count sources.yaml
expect_between "$there" 10000 40000 "sources with one file changed"
cmp <(cd src && sha256sum [0-9]*) sums.txt || fail "the step did not see its sources"

# Two folders of one step that share files.
mkdir one two
for i in {1..50}; do random 20000 | tee one/$i >two/another$i; done
cat >two.yaml <<'Y'
steps:
  both:
    compute_target: a
    inputs: {one: {path: one}, two: {path: two}}
    command: cat ${{inputs.one}}/* ${{inputs.two}}/* | wc -c >${{outputs.size}}
    outputs: {size: {type: uri_file, path: size.txt}}
Y
run_and_count two.yaml
expect_between "$there" 1000000 1060000 "two folders of the same files"
expect_file size.txt 2000000

# The objects go while the machine is at work with them: all is sent again.
cat >gone.yaml <<'Y'
steps:
  first:
    compute_target: a
    inputs: {one: {path: one}}
    command: chmod -R u+w ~/.cache/mlpipe/workspaces/*/objects && rm -r ~/.cache/mlpipe/workspaces/*/objects/*; echo >${{outputs.done}}
    outputs: {done: {type: uri_file}}
  second:
    compute_target: a
    inputs: {done: "${{steps.first.outputs.done}}", data: {path: data}}
    command: cd ${{inputs.data}} && find . -type f | LC_ALL=C sort | xargs sha256sum >${{outputs.sums}}
    outputs: {sums: {type: uri_file, path: sums.txt}}
Y
run_and_count gone.yaml
expect_between "$there" 4500000 4800000 "after what was there has gone"
expect_right "after what was there has gone"

# The other way: an output of which this machine has nearly all.
cat >back.yaml <<'Y'
parameters: {word: one}
steps:
  make:
    compute_target: a
    command: >-
      for i in $(seq 100); do seq $i 4000 >${{outputs.o}}/from$i; done; echo ${{parameters.word}} >${{outputs.o}}/word
    outputs: {o: {type: uri_folder, path: made}}
Y
run_and_count back.yaml
expect_between "$back" 1800000 2000000 "an output that is fetched the first time"
copy=$(find .mlpipe/objects -path '*/content/from17')
chmod u+w "$copy"
tr 1 2 <"$copy" >other
cat other >"$copy"
run_and_count back.yaml -p word=two
expect_between "$back" 18000 60000 "an output of which one file is new, and one was damaged here"
expect_file made/word two
cmp <(seq 17 4000) made/from17
