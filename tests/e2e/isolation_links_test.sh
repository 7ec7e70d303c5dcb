#!/usr/bin/env bash
# An isolated step reads through links just what it reads without isolation.
. "$(dirname "$0")/isolated.sh"
mkdir -p real/in real/folder other pipeline/deep
echo a >real/in/a; echo b >other/b; echo c >other/c; echo d >other/d; echo f >real/folder/f
ln -s ../../other/b real/in/b                 # leaves the folder, relative
ln -s "$work/other/c" real/in/c               # … absolute
ln -s "$work/chain" real/in/d                 # … by way of another link
ln -s other/d chain
ln -s a real/in/inside
ln -s "$work/real" linked                     # the path to the input holds a link
ln -s ../real/in/a pipeline/top               # the input is a link
ln -s "$work/real/folder" real/in/folder      # to a folder
cat >pipeline/p.yaml <<'END'
steps:
  read:
    command: 'cd "${{inputs.in}}"; cat a b c d inside folder/f "${{inputs.top}}" "${{inputs.direct}}" > "${{outputs.o}}"; ls >> "${{outputs.o}}"'
    inputs:
      in: {type: uri_folder, path: ../linked/in}
      top: {type: uri_file, path: top}
      direct: {type: uri_file, path: ../real/in/a, mode: direct}
    outputs: {o: {type: uri_file, path: o.txt}}
  whole:
    command: 'cat "${{inputs.all}}/pipeline/p.yaml" "${{inputs.b}}" > "${{outputs.o}}"; pwd >> /dev/null'
    inputs: {all: {type: uri_folder, path: whole}, b: {type: uri_file, path: ../real/in/b}}
    outputs: {o: {type: uri_file}}
END
sed -i "s#path: ../real/in/a, mode: direct#path: $work/real/in/a, mode: direct#" pipeline/p.yaml
mkdir -p pipeline/whole/pipeline && echo spec >pipeline/whole/pipeline/p.yaml
cd pipeline
expect_code 0 mlpipe run p.yaml
cp o.txt without.txt
echo 'isolation: declared' >mlpipe.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "read whole"
expect_equal "$(cat o.txt)" "$(cat without.txt)" "what was read"
