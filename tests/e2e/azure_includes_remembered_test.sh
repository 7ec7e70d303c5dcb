#!/usr/bin/env bash
# A plan after a run opens no file that `additional_includes` names: all hashes are remembered.
. "$(dirname "$0")/azure.sh"
command -v strace >/dev/null || skip "no strace"
strace -f -o /dev/null true 2>/dev/null || skip "this machine does not let programs be traced"
use_azure additional_includes
sleep 2.1  # so old that hashes are remembered
expect_code 0 mlpipe run --local pipelines/pipeline.yml
opened() {  # the shared files and sources that a plan opens; leaks cannot be looked for under strace
  ASAN_OPTIONS=detect_leaks=0 expect_code 0 strace -f -e trace=open,openat -o trace "$MLPIPE" plan --local pipelines/pipeline.yml
  grep -oE '(numbers\.txt|words\.py|report\.py)"' trace | sort -u | tr -d '\n' || true
}
expect_equal "$(opened)" "" "files opened by a plan that finds nothing changed"
touch shared/common/words.py
expect_equal "$(opened)" 'words.py"' "files opened after an edit"
