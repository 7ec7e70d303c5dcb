#!/usr/bin/env bash
# What an ignore file leaves out reaches no step and reruns none; .amlignore wins over .gitignore, .mlpipeignore over both.
. "$(dirname "$0")/lib.sh"
mkdir -p src/big src/sub && touch src/big/data src/sub/keep.log
# shellcheck disable=SC2016  # mlpipe expands it
echo 'steps: {s: {source_directory: src, command: "find . -type f | sort >${{outputs.o}}", outputs: {o: {type: uri_file}}}}' >p.yaml
sees() {  # sees "files": what the step saw in the newest run
  rm -rf got && mlpipe get latest s.o got >/dev/null
  expect_equal "$(tr '\n' ' ' <got/o)" "$1" "files of the step"
}
printf '*.log\nbig/\n' >src/.gitignore
echo 1 >src/a.log && echo 1 >src/main
expect_code 0 mlpipe run p.yaml && sees "./.gitignore ./main "
echo 2 >src/a.log && echo 2 >src/new.log && echo 2 >src/big/data && mkdir src/__pycache__ && touch src/__pycache__/x.pyc
mkdir src/outputs && echo local >src/outputs/x
expect_code 0 mlpipe run p.yaml && expect_executed ""
printf '*.log\n!keep.log\n' >src/.amlignore                # big/ is not left out by this one
expect_code 0 mlpipe run p.yaml && expect_executed s
sees "./.amlignore ./.gitignore ./big/data ./main ./sub/keep.log "
echo 3 >src/big/data
expect_code 0 mlpipe run p.yaml && expect_executed s && expect_out "1 ran"
expect_equal "$(ask_run latest "steps['s']['reason']")" "source directory changed: big/data changed (line 1)"
printf 'main\n' >src/.mlpipeignore
expect_code 0 mlpipe run p.yaml && expect_executed s
sees "./.amlignore ./.gitignore ./.mlpipeignore ./a.log ./big/data ./new.log ./sub/keep.log "
