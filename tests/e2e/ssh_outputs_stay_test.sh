#!/usr/bin/env bash
# Outputs stay on the machine where they were made until somebody needs them; one that is lost there is made anew.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  make:
    compute_target: a
    command: |
      echo made; date +%N >>$HOME/made
      seq 1000 >${{outputs.big}}/numbers; echo x >${{outputs.small}}
      mkdir -p outputs; echo artifact >outputs/artifact
    outputs: {big: {type: uri_folder}, small: {type: uri_file, path: small.txt}}
  use:
    compute_target: a
    inputs: {big: "${{steps.make.outputs.big}}"}
    command: "echo ${{parameters.word}}; wc -l <${{inputs.big}}/numbers >${{outputs.n}}"
    outputs: {n: {type: uri_file, file_name: n.txt}}
Y
here() { find .mlpipe/objects -name "$1" | wc -l; }  # here NAME: how many files of that name are in the store
made() { wc -l <"$hosts/a.home/made"; }
expect_code 0 mlpipe run p.yaml
expect_out "2 ran"
expect_equal "$(here numbers) $(here n.txt) $(here artifact)" "0 0 1" "what came here: not the outputs, but the artifact"
expect_equal "$(cat small.txt)" x "what has a path"

# Reused without a word to the machine, which need not even be there.
"$REPOSITORY/tests/support/sshd.sh" stop "$hosts" a
expect_code 0 timeout -k 2 60 "$MLPIPE" run p.yaml
expect_out "all 2 steps reused"
expect_code 0 mlpipe verify
expect_out "2 objects lie only on other machines, and were not looked at"
expect_code 3 timeout -k 2 60 "$MLPIPE" get latest use.n there
expect_err "compute target 'a'"
"$REPOSITORY/tests/support/sshd.sh" again "$hosts" a

# A person, another machine and this one get them.
expect_code 0 mlpipe get latest use.n got
expect_equal "$(cat got/n.txt)" 1000 "the output that was got"
cat >>p.yaml <<'Y'
  there:
    compute_target: b
    inputs: {n: "${{steps.use.outputs.n}}", big: "${{steps.make.outputs.big}}"}
    command: "cat ${{inputs.n}} >${{outputs.o}}; wc -l <${{inputs.big}}/numbers >>${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o.txt}}
  home:
    inputs: {o: "${{steps.there.outputs.o}}"}
    command: "cat ${{inputs.o}} >${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: home.txt, path: home.txt}}
Y
expect_code 0 mlpipe run p.yaml
expect_out "2 ran, 2 reused"
expect_equal "$(paste -sd ' ' home.txt)" "1000 1000" "what flowed from a to b to here"
expect_equal "$(made)" 1 "times that make ran"

# Lost everywhere: found when it is needed, and made anew, of itself.
chmod -R u+w "$(remote_root a)/objects" "$(remote_root b)/objects" .mlpipe/objects
find "$(remote_root a)/objects" "$(remote_root b)/objects" .mlpipe/objects -type f -name numbers -delete
expect_code 0 mlpipe run p.yaml
expect_out "all 4 steps reused"
expect_code 0 mlpipe run p.yaml -p word=two
expect_err "its output for step 'use' is missing or damaged in the store: it runs again"
expect_equal "$(made)" 2 "times that make ran, after its output was lost"
expect_equal "$(here numbers)" 0 "the output that was made anew stays there too"

# What is lost here is not lost while the machine has it.
chmod -R u+w .mlpipe/objects
find .mlpipe/objects -type f -name n.txt -delete
expect_code 0 mlpipe run p.yaml -p word=two
expect_out "all 4 steps reused"
expect_code 0 mlpipe get latest use.n again
expect_equal "$(cat again/n.txt)" 1000 "the output that was lost here"

# A file that is there for all to see.
sed -i '/^  a:/s/}$/, fetch: always}/' mlpipe.yaml
expect_code 0 mlpipe run p.yaml -p word=three
expect_code 0 mlpipe run p.yaml -p word=three --regenerate-outputs
expect_equal "$(here numbers)" 1 "the output that is always fetched"
sed -i 's/fetch: always/fetch: sometimes/' mlpipe.yaml
expect_code 2 mlpipe run p.yaml
expect_err "'fetch' must be always or when_needed"
expect_err "mlpipe.yaml:2:"
