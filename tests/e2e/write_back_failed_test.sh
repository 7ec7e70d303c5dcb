#!/usr/bin/env bash
# A copy to path: that cannot be written is told with exit code 3; the result is kept and put there later.
. "$(dirname "$0")/lib.sh"
cat >p.yaml <<'END'
outputs: {f: {type: uri_file, path: published/deep/f.txt}}
steps:
  s: {command: "echo 1 >${{outputs.f}}", outputs: {f: "${{parent.outputs.f}}"}}
END
echo "in the way" >published
expect_code 3 mlpipe run p.yaml && expect_err "output 'f' could not be copied" && expect_executed s
expect_equal "$(ask_run latest "run['status']")" Completed "the steps are done all the same"
expect_code 3 mlpipe run p.yaml && expect_executed ""
rm published
expect_code 0 mlpipe run p.yaml && expect_executed "" && expect_file published/deep/f.txt 1
