#!/usr/bin/env bash
# `run --from-run`: the pipeline, its components, its code and its values as they were, whatever the files say now.
. "$(dirname "$0")/lib.sh"

mkdir -p prep train
cat >p.yml <<'Y'
inputs:
  rate: 3
  word: {type: string}
  table: {type: uri_file, path: table.csv}
jobs:
  prep:
    type: command
    component: ./prep/prep.yml
    inputs: {word: '${{parent.inputs.word}}', table: '${{parent.inputs.table}}'}
  train:
    type: command
    code: ./train
    command: bash train.sh ${{inputs.rate}} ${{inputs.clean}} >${{outputs.model}}
    environment: {image: any}
    inputs: {rate: '${{parent.inputs.rate}}', clean: '${{parent.jobs.prep.outputs.clean}}'}
    outputs: {model: {type: uri_file}}
Y
cat >prep/prep.yml <<'Y'
type: command
inputs: {word: {type: string}, table: {type: uri_file}}
outputs: {clean: {type: uri_file}}
code: .
command: bash prep.sh ${{inputs.word}} ${{inputs.table}} >${{outputs.clean}}
environment: {image: any}
Y
for _ in $(seq 1000); do echo '# a large file is recorded once, beside the others'; done >>prep/prep.yml
echo 'environments: {"*": {}}' >mlpipe.yaml
echo 'echo "$1"; cat "$2"' >prep/prep.sh
echo 'echo "rate $1"; cat "$2"' >train/train.sh
echo 1,2 >table.csv
echo 'word: hello' >values.yaml

git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm first
expect_code 0 mlpipe run p.yml --params values.yaml -p rate=5
first=$(mlpipe runs --json | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
commit=$(git rev-parse HEAD)
model() { rm -rf got && mlpipe get latest train.model got >/dev/null && paste -sd' ' got/*; }
expect_equal "$(model)" "rate 5 hello 1,2" "model"

# Everything is another thing now, or gone.
echo 'jobs: {other: {command: "false"}}' >p.yml
echo 'type: pipeline' >prep/prep.yml
echo 'exit 1' >prep/prep.sh
rm -r train values.yaml
git -c user.name=a -c user.email=a@b commit -qam second

expect_code 0 mlpipe plan --from-run "$first" --check
expect_code 0 mlpipe run --from-run "${first:0:5}"
expect_out "all 2 steps reused"
expect_err "'p.yml' and the code are taken as they were in run $first"
expect_equal "$(model)" "rate 5 hello 1,2" "model of the repetition"
expect_equal "$(ask_run latest "run['properties']['mlpipe.from_run'] + ' ' + run['properties']['azureml.git.commit']")" \
  "$first $commit" "what it repeats, and its code"
expect_code 0 mlpipe show latest
expect_out "repeats     $first"

# A value is changed; only what needs it runs, with the code of then. A repetition can be repeated.
expect_code 0 mlpipe run --from-run latest -p rate=7
expect_executed train
expect_equal "$(model)" "rate 7 hello 1,2" "model with another rate"
expect_code 0 mlpipe run --from-run latest --regenerate-outputs
expect_executed "prep train"
expect_equal "$(model)" "rate 7 hello 1,2" "the rate stays as the repeated run had it"

# What is asked for now wins over what the run was given, from a file of values too.
echo 'rate: 9' >new.yaml
expect_code 0 mlpipe run --from-run latest --params new.yaml
expect_equal "$(model)" "rate 9 hello 1,2" "model with the rate of a new file"

# Data are references: what lies there now counts, and is told.
echo 8,9 >table.csv
expect_code 0 mlpipe run --from-run "$first"
expect_equal "$(model)" "rate 5 hello 8,9" "model of new data"
echo 6,6 >other.csv
expect_code 0 mlpipe run --from-run "$first" -i table=other.csv
expect_equal "$(model)" "rate 5 hello 6,6" "model of other data"

# A run that failed half-way: what never began is kept too, also by gc.
mkdir late && echo 'cat "$1" >"$2"' >late/late.sh
cat >q.yaml <<'Y'
inputs: {ok: {type: uri_file, path: ok}}
steps:
  a: {command: 'grep -q yes ${{inputs.ok}} && echo a >${{outputs.x}}', inputs: {ok: '${{parent.inputs.ok}}'}, outputs: {x: {type: uri_file}}}
  b: {source_directory: late, command: 'bash late.sh ${{inputs.x}} ${{outputs.y}}', inputs: {x: '${{steps.a.outputs.x}}'}, outputs: {y: {type: uri_file}}}
Y
echo no >ok
expect_code 1 mlpipe run q.yaml
rm -r late q.yaml
echo yes >ok
expect_code 0 mlpipe gc --older-than 30d
expect_code 0 mlpipe run --from-run latest
expect_executed "a b"

# A step whose code is a folder, beside one that takes just this folder from around it: each has its own.
mkdir -p two/train
echo 'print("inner")' >two/train/t.py
echo 'print("outer")' >two/t.py
cat >two.yml <<'Y'
jobs:
  a: {code: ./two, include: [train], command: 'python3 train/t.py >${{outputs.o}}', environment: {image: any}, outputs: {o: {type: uri_file}}}
  b: {code: ./two/train, command: 'python3 t.py >${{outputs.o}}', environment: {image: any}, outputs: {o: {type: uri_file}}}
  c: {code: ./two/t.py, additional_includes: [./two/train], command: 'python3 t.py >${{outputs.o}}; cat train/t.py', environment: {image: any}, outputs: {o: {type: uri_file}}}
Y
expect_code 0 mlpipe run two.yml
rm -r two
expect_code 0 mlpipe run --from-run latest --regenerate-outputs
expect_executed "a b c"
for each in "a inner" "b inner" "c outer"; do
  rm -rf got && mlpipe get latest "${each% *}.o" got >/dev/null
  expect_equal "$(cat got/*)" "${each#* }" "what step ${each% *} made again"
done

# What cannot be written down as text runs, and says later that it cannot be repeated.
echo 'steps: {s: {command: "echo ${{parameters.t}} >${{outputs.o}}", outputs: {o: {type: uri_file}}}}' >t.yaml
sed -i '1iparameters: {t: x}' t.yaml
expect_code 0 mlpipe run t.yaml -p t=$'\xff\xfe'
expect_code 2 mlpipe run --from-run latest
expect_err "is not recorded"

# Errors.
expect_code 2 mlpipe run --from-run latest p.yml
expect_err "SPEC and --from-run cannot be used together"
expect_code 2 mlpipe run
expect_err "SPEC is missing or empty: name the pipeline file, or --from-run RUN"
expect_code 2 mlpipe run --from-run nosuchrun
expect_err "nosuchrun"
expect_code 2 mlpipe run --from-run "$first" -p rat=7
expect_err "no parameter 'rat' (did you mean 'rate'?)"

# A record that is not whole is no pipeline.
/usr/bin/python3 -c "import sqlite3
database = sqlite3.connect('.mlpipe/mlpipe.db')
database.execute(\"UPDATE texts SET text = replace(text, 'prep.sh', 'prop.sh') WHERE text LIKE '%# a large file%'\")
database.commit()"
expect_code 3 mlpipe run --from-run "$first"
expect_err "cannot be read: its record in the database is damaged"
