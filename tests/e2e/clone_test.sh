#!/usr/bin/env bash
# `clone RUN DIR`: the pipeline with its components and its code as they were, laid out so that it runs.
. "$(dirname "$0")/lib.sh"

mkdir -p flow/prep/lib flow/data shared other
cat >flow/p.yml <<'Y'
inputs:
  rate: 3
  table: {type: uri_file, path: data/table.csv}
jobs:
  prep:
    type: command
    component: ./prep/prep.yml
    inputs: {table: '${{parent.inputs.table}}'}
  train:
    type: command
    code: ../other
    command: bash train.sh ${{inputs.rate}} ${{inputs.clean}} >${{outputs.model}}
    environment: {image: any}
    inputs: {rate: '${{parent.inputs.rate}}', clean: '${{parent.jobs.prep.outputs.clean}}'}
    outputs: {model: {type: uri_file}}
Y
cat >flow/prep/prep.yml <<'Y'
type: command
inputs: {table: {type: uri_file}}
outputs: {clean: {type: uri_file}}
code: .
additional_includes: [../../shared/common.sh]
command: bash lib/prep.sh ${{inputs.table}} >${{outputs.clean}}
environment: {image: any}
Y
echo 'environments: {"*": {}}' >mlpipe.yaml
echo '. ./common.sh; cat "$1"' >flow/prep/lib/prep.sh
chmod +x flow/prep/lib/prep.sh
ln -s train.sh other/link
echo 'echo common' >shared/common.sh
echo 'echo "rate $1"; cat "$2"' >other/train.sh
echo 1,2 >flow/data/table.csv
expect_code 0 mlpipe run flow/p.yml -p rate=5
run=$(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')

echo 'exit 1' >flow/prep/lib/prep.sh
rm -r other
echo 'jobs: {}' >flow/p.yml

expect_code 0 mlpipe clone "$run" copy
for file in flow/prep/prep.yml flow/prep/lib/prep.sh shared/common.sh other/train.sh flow/p.yml other/link; do
  [[ -e copy/$file ]] || fail "no $file in the clone: $(find copy)"
done
expect_equal "$(find copy -type f | wc -l)" 5 "files in the clone"
expect_file copy/flow/prep/lib/prep.sh '. ./common.sh; cat "$1"'
[[ -x copy/flow/prep/lib/prep.sh && -w copy/flow/prep/lib/prep.sh ]] || fail "the mode of prep.sh"
expect_equal "$(readlink copy/other/link)" train.sh "a link of the sources"
expect_equal "$(readlink copy/flow/data/table.csv)" "$work/flow/data/table.csv" "the data"
expect_out "flow/data/table.csv is a link: data are not copied"
command=$(sed -n 's/^run it as it was: //p' out)
expect_equal "$command" "mlpipe run -C $work $work/copy/flow/p.yml -p rate=5" "the command"

# It is the same work: all of it is reused. In a workspace of its own it runs.
expect_code 0 bash -c "$(printf 'mlpipe() { %q "$@"; }; ' "$MLPIPE")$command"
expect_out "all 2 steps reused"
cp mlpipe.yaml copy/
expect_code 0 mlpipe run copy/flow/p.yml -p rate=6
expect_code 0 mlpipe -C copy get latest train.model got
expect_equal "$(paste -sd' ' got/*)" "rate 6 common 1,2" "model made by the clone"

expect_code 0 mlpipe clone "$run" copy2 --json
expect_schema clone
expect_equal "$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["files"])')" 6 "files told"

# Sources one in the other, with a link to a folder; a file that says a whole path; data beside the pipeline's folder.
mkdir -p flow2 tree/src/sub && ln -s sub tree/src/data && echo x >tree/src/sub/x && echo y >beside.csv
cat >flow2/q.yaml <<Y
inputs: {d: {type: uri_file, path: ../beside.csv}}
steps:
  a: {source_directory: ../tree, command: cat src/data/x}
  b: {source_directory: ../tree/src, command: cat data/x}
  c: {source_directory: $work/tree/src/sub, command: 'cat x \${{inputs.d}}', inputs: {d: '\${{parent.inputs.d}}'}}
Y
expect_code 0 mlpipe run flow2/q.yaml
expect_code 0 mlpipe clone latest copy4
expect_equal "$(readlink copy4/tree/src/data)" sub "a link to a folder"
expect_equal "$(readlink copy4/beside.csv)" "$work/beside.csv" "data beside the pipeline"
expect_out "$work/tree/src/sub is named by its whole path"

# Errors, with nothing written.
expect_code 2 mlpipe clone "$run" copy
expect_err "is not empty; name a new folder"
expect_code 2 mlpipe clone "$run" mlpipe.yaml
expect_err "it is no folder; name a new folder"
expect_code 2 mlpipe clone nosuchrun copy3
[[ ! -e copy3 ]] || fail "copy3 was made"
rm -rf .mlpipe/objects
expect_code 2 mlpipe clone "$run" copy3
expect_err "not in the store any more"
[[ ! -e copy3 ]] || fail "copy3 was made"
