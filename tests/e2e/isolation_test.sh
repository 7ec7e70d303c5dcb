#!/usr/bin/env bash
# isolation: declared: a step sees what it declares, at the same paths as ever, and nothing else; it counts for reuse.
. "$(dirname "$0")/isolated.sh"
export HOME=$work/home
mkdir -p data src shared "$HOME/sub"
echo raw >data/raw.csv; echo other >data/other.csv; echo mine >"$HOME/mine"; echo json >shared/f.json
mkdir data/folder; echo deep >data/folder/deep
cat >src/all.sh <<'END'
set -eu
cat "$1" "$2/deep" "$MLPIPE_INPUT_made" "$3"
cat SHARED
[[ $(ls -A "$HOME") == "" ]]; echo own >"$HOME/own"; cat "$HOME/own"
[[ $(ls -A /tmp | grep -v "^tmp\.") == "" ]]; echo tmp >/tmp/t; cat /tmp/t
echo changed >>"$3"; tail -n1 "$3"
echo t >"$TMPDIR/t"; echo kept >outputs/kept
test -w . && test -w /dev/null && test -r /dev/urandom && test -d /dev/shm && test -r /proc/self/status
for path in "$1" "$2/new" /new /usr/new /etc/new /srv/new /home/new; do
  if (echo x >>"$path") 2>/dev/null; then echo "could write $path"; fi
done
(echo x >WORK/new; echo x >WORK/data/new) 2>/dev/null || true  # at most into a /tmp of its own
pwd | sed 's#.*/work/[0-9a-f]*/##'
echo "$MLPIPE_OUTPUT_out" | sed 's#.*/work/[0-9a-f]*/##'
echo out >"$MLPIPE_OUTPUT_out/file"
END
sed -i "s#SHARED#$work/shared/f.json#; s#WORK#$work#g" src/all.sh
cat >p.yaml <<'END'
steps:
  make: {command: 'echo made > "${{outputs.o}}"', outputs: {o: {type: uri_file}}, isolation: declared}
  all:
    source_directory: ./src
    script_name: all.sh
    arguments: ["${{inputs.raw}}", "${{inputs.folder}}", "${{inputs.copy}}"]
    inputs:
      raw: {type: uri_file, path: data/raw.csv}
      folder: {type: uri_folder, path: data/folder}
      copy: {type: uri_file, path: data/other.csv, mode: download}
      made: "${{steps.make.outputs.o}}"
    outputs: {out: {type: uri_folder, path: ./result}}
    hash_paths: [../shared/f.json]
    isolation: declared
END
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe logs latest all --stdout
expect_file out "raw
deep
made
other
json
own
tmp
changed
code
outputs/out"
expect_file result/file out
[[ ! -e new && ! -e data/new ]] || fail "it could write into the workspace"
expect_file data/other.csv other
expect_equal "$(ls -A "$HOME" | paste -sd' ')" "mine sub" "what lies in the home"
expect_equal "$(find .mlpipe/work -mindepth 1 -maxdepth 1 ! -name '*scratch*' | wc -l)" 0 "directories that were left"
expect_code 0 mlpipe get latest all.outputs kept
expect_file kept/kept kept

# It counts for reuse: turned off the step runs, turned on again its result is there.
expect_code 0 mlpipe run p.yaml
expect_executed ""
expect_code 0 mlpipe run p.yaml --set steps.make.isolation=none
expect_executed "make"
expect_code 0 mlpipe why latest make
expect_out "'isolation: declared' is gone"
expect_code 0 mlpipe run p.yaml
expect_executed ""

# What is not declared is not there, and the message says what to do about it.
cat >bad.yaml <<END
settings: {continue_on_step_failure: true}
steps:
  bash: {command: 'cat $work/data/raw.csv', isolation: declared}
  home: {command: 'cat ~/mine /nonexistent', isolation: declared}
  python: {command: 'python3 -c "open(\\"$work/data/other.csv\\")"', isolation: declared}
  quiet: {command: 'cat $work/data/raw.csv 2>/dev/null || echo "no such file" > "\${{outputs.o}}"', outputs: {o: {type: uri_file}}, isolation: declared}
  open: {command: 'cat $work/data/raw.csv'}
  link: {command: 'ln -s $work/data/raw.csv "\${{outputs.o}}/l"', outputs: {o: {type: uri_folder}}, isolation: declared}
  output: {command: 'cat $work/data/raw.csv > /dev/null || exit 0', outputs: {o: {type: uri_file}}, isolation: declared}
END
expect_code 1 mlpipe run bad.yaml
says="which exists but is not declared: add it to inputs, or to hash_paths"
expect_err "step 'bash' failed: exit code 1; isolated, it names '$work/data/raw.csv', $says"
expect_err "step 'home' failed: exit code 1; isolated, it names '$HOME/mine', $says"
expect_err "step 'python' failed: exit code 1; isolated, it names '$work/data/other.csv', $says"
expect_err "; isolated, it names '$work/data/raw.csv', $says"
expect_no_err "/nonexistent',"
expect_err "its output 'o' holds a link to '$work/data/raw.csv', which exists but is not declared"
expect_executed "open quiet"
expect_equal "$(ask_run latest "'it names' in steps['output']['message']")" True "hint of a missing output"
