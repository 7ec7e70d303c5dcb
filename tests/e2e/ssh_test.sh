#!/usr/bin/env bash
# A pipeline over two machines behind SSH: data flows between them, results are reused, metrics, logs and artifacts come back.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
mkdir src
echo "print('from the sources')" >src/say.py
seq 10 >data.csv
mkdir -p folder/deep
echo x >folder/deep/file
ln -s deep/file folder/link
cat >p.yaml <<'Y'
parameters: {word: hello}
inputs: {table: {type: uri_file, path: data.csv}}
steps:
  make:
    compute_target: a
    source_directory: src
    inputs: {t: "${{parent.inputs.table}}", f: {path: folder, mode: download}}
    command: |
      echo ${{parameters.word}} in $HOME
      python say.py
      wc -l <${{inputs.t}} >${{outputs.n}}
      echo more >>${{inputs.f}}/deep/file; readlink ${{inputs.f}}/link >>${{outputs.n}}
      mkdir -p outputs; echo kept >outputs/artifact
      echo '{"name": "lines", "value": 10}' >>$MLPIPE_METRICS
      echo warned >&2
    outputs: {n: {type: uri_file, file_name: n.txt}}
  use:
    compute_target: b
    inputs: {n: "${{steps.make.outputs.n}}"}
    command: "cat ${{inputs.n}} >${{outputs.all}}/copy; echo $HOME"
    outputs: {all: {type: uri_folder}}
  here:
    inputs: {all: "${{steps.use.outputs.all}}"}
    command: "cat ${{inputs.all}}/copy >${{outputs.o}}; echo $HOME"
    outputs: {o: {type: uri_file, file_name: o, path: result.txt}}
Y
expect_code 0 mlpipe run p.yaml
expect_out "3 ran"
printf '10\ndeep/file\n' >want
cmp want result.txt
expect_equal "$(ask_run latest "[(s['step'], s['attempts'][0]['compute_target']) for s in run['steps']]")" \
  "[('make', 'a'), ('use', 'b'), ('here', 'local')]" "where the steps ran"
expect_code 0 mlpipe show latest
[[ $(grep -cE "^ *(make|use) .* [ab] +first run" out) == 2 ]] || fail "show does not say where they ran"
expect_code 0 mlpipe show latest use && grep -qE "^ +1 +Completed +b " out || fail "show STEP does not say where it ran"
expect_code 0 mlpipe logs latest make
expect_out "hello in $hosts/a.home"
expect_out "from the sources"
expect_code 0 mlpipe logs latest make --stderr
expect_out "warned"
expect_code 0 mlpipe logs latest use
expect_out "$hosts/b.home"
expect_code 0 mlpipe metrics latest
expect_out "lines"
[[ -n $(find .mlpipe/objects -name artifact) ]] || fail "the artifact did not come back"
wait_until 20 no_jobs_left
expect_equal "$(stat -c %a "$(remote_root a)")" 700 "rights of the folder over there"

# Nothing is done twice, nothing is sent twice.
expect_code 0 mlpipe run p.yaml
expect_out "all 3 steps reused"
sent=$(find "$(remote_root a)/objects" -newer result.txt -name content | wc -l)
expect_code 0 mlpipe run p.yaml -p word=bye
expect_out "1 ran, 2 reused"
expect_equal "$(find "$(remote_root a)/objects" -newer result.txt -name content | wc -l)" "$sent" "objects that were sent again"
expect_code 0 mlpipe run p.yaml --local -p word=bye
expect_out "reused"

# A failing step: its exit code, its log, and no result.
sed -i 's/^      python say.py/      python say.py; exit 3/' p.yaml
expect_code 1 mlpipe run p.yaml
expect_err "exit code 3"
expect_code 0 mlpipe logs latest make
expect_out "from the sources"

# One that ends with 0 and makes no output has failed; the next run tries it anew.
cat >forgets.yaml <<Y
steps:
  s:
    compute_target: a
    command: "if [[ -e $work/second ]]; then echo x >\${{outputs.o}}; fi; touch $work/second"
    outputs: {o: {type: uri_file, file_name: o}}
Y
expect_code 1 mlpipe run forgets.yaml
expect_err "did not make its output 'o'"
expect_code 0 mlpipe run forgets.yaml
expect_out "1 ran"

# What is damaged over there is sent again.
sed -i 's/; exit 3//' p.yaml
chmod -R u+w "$(remote_root a)/objects"
find "$(remote_root a)/objects" -type f -name data.csv -exec sh -c 'echo 11 >>"$1"' - {} \;
expect_code 0 mlpipe run p.yaml -p word=again
cmp want result.txt

# An input that changes is another one there too.
seq 11 >data.csv
expect_code 0 mlpipe run p.yaml
expect_equal "$(head -1 result.txt)" 11 "lines after the change"

# Steps one after the other have one keeper over there, or few.
{
  echo "steps:"
  echo "  s0: {compute_target: a, command: 'echo \$PPID >>$work/keepers; echo >\${{outputs.o}}', outputs: {o: {type: uri_file}}}"
  for i in {1..7}; do
    echo "  s$i: {compute_target: a, inputs: {i: '\${{steps.s$((i - 1)).outputs.o}}'}, command: 'echo \$PPID >>$work/keepers; echo $i >\${{outputs.o}}', outputs: {o: {type: uri_file}}}"
  done
} >chain.yaml
expect_code 0 mlpipe run chain.yaml
expect_out "8 ran"
(($(sort -u keepers | wc -l) < 8)) || fail "each step had a keeper of its own"
