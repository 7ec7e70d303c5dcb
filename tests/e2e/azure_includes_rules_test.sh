#!/usr/bin/env bash
# What `additional_includes` names is taken as a source of its own would be, and told by its own paths.
. "$(dirname "$0")/lib.sh"

git init -q .
mkdir -p shared/common/outputs shared/common/sub parts/code/outputs
echo '*.tmp' >shared/.gitignore && mkdir -p parts/code && echo words >parts/code/.amlignore  # holds in code only
echo one >shared/common/words && echo local | tee shared/common/x.tmp shared/common/sub/y.tmp >shared/common/outputs/o
cp -r shared/common/outputs/o parts/code/outputs/o && echo main >parts/code/main && echo 1 >shared/numbers.tmp
cat >parts/part.yml <<'END'
type: command
code: ./code
additional_includes: [../shared/common, ../shared/numbers.tmp]
outputs: {o: {type: uri_file}}
command: find . -type f | sort >${{outputs.o}}
END
sed "s/^code: .*/display_name: other/" parts/part.yml >parts/other.yml
echo 'jobs: {a: {component: parts/part.yml}, b: {component: parts/other.yml}}' >p.yml
sees() {  # sees a.o "files": what the step saw in the newest run
  rm -rf got && mlpipe get latest "$1" got >/dev/null
  expect_equal "$(tr '\n' ' ' <got/o)" "$2" "files of $1"
}

# The rules around an added folder hold in it, outputs/ is left out of each; a file that is named is taken.
expect_code 0 mlpipe run --local p.yml
sees a.o "./.amlignore ./common/words ./main ./numbers.tmp "
sees b.o "./common/words ./numbers.tmp "
echo new | tee shared/common/x.tmp shared/common/outputs/o shared/common/new.tmp >parts/code/outputs/o
expect_code 0 mlpipe run --local p.yml && expect_executed ""

# An edit is told by the file, in each component that has it.
echo two >>shared/common/words
expect_code 0 mlpipe plan --local p.yml
expect_equal "$(grep -c 'source directory changed: common/words changed (line 2)' out)" 2 "reasons of the plan"
expect_code 0 mlpipe run --local p.yml && expect_executed "a b"
expect_equal "$(ask_run latest "steps['b']['reason']")" "source directory changed: common/words changed (line 2)"
echo 2 >>shared/numbers.tmp && rm shared/.gitignore
expect_code 0 mlpipe plan --local p.yml
expect_out "common/sub/y.tmp is new"
expect_out "numbers.tmp changed (line 2)"
echo '*.tmp' >shared/.gitignore
expect_code 0 mlpipe run --local p.yml && expect_executed "a b"

# What is wrong is named where it is; nothing of it is in the way afterwards.
mkfifo shared/common/sub/pipe
expect_code 2 mlpipe run --local p.yml && expect_err "'$work/shared/common/sub/pipe' is neither a file nor a folder"
rm shared/common/sub/pipe && ln -s gone shared/common/link
expect_code 2 mlpipe run --local p.yml && expect_err "'$work/shared/common/link' leads to '$work/shared/common/gone'"
rm shared/common/link && mv shared/numbers.tmp numbers
expect_code 2 mlpipe run --local p.yml
expect_err "parts/part.yml:3:41: error: '../shared/numbers.tmp' of 'additional_includes' does not exist"
mv numbers shared/numbers.tmp
expect_code 0 mlpipe run --local p.yml && expect_executed ""
