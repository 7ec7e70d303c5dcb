#!/usr/bin/env bash
# Words that published files use: `code:` that is one file, {value: X}, the type path, any mode, unknown keys.
. "$(dirname "$0")/azure.sh"
use_azure words_of_files
expect_runs pipeline.yml "count show"
expect_err "the parameter 'kind' takes lines or words, not 'other'"
expect_err "unknown key 'comment' in the step 'count', which has no effect"
expect_outputs
[[ ! -e data/new ]] || fail "rw_mount is a copy of the step's own"
expect_all_reused pipeline.yml

# Of the folder around it nothing counts but that file.
echo changed >>src/other.sh
echo changed >>part/other.py
sed -i 's/name: count/name: counts/' part/count.yml
expect_all_reused pipeline.yml
echo 'echo end' >>src/show.sh
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count show"
echo '# changed' >>part/count.py
expect_code 0 mlpipe run --local pipeline.yml
expect_executed count
echo 'one more' >>part/more.txt
expect_code 0 mlpipe run --local pipeline.yml
expect_executed count
echo 'cat "$1"/*' >src/show.sh
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count show"

# Registered, it is kept as it is now.
expect_code 0 mlpipe component create -f part/count.yml
expect_code 0 mlpipe component show counts
sed -i 's,component: ./part/count.yml,component: azureml:counts:1,' pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
echo 'broken(' >part/count.py
expect_all_reused pipeline.yml
echo 'cat "$1"/*; echo last' >src/show.sh
expect_code 0 mlpipe run --local pipeline.yml
expect_executed "count show"
