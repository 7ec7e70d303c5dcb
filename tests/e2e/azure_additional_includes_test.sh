#!/usr/bin/env bash
# Files beside the sources are seen by the step and count for reuse.
. "$(dirname "$0")/azure.sh"
use_azure additional_includes
expect_runs pipelines/pipeline.yml "alone component job"
expect_outputs
expect_all_reused pipelines/pipeline.yml
echo 3 >>shared/numbers.txt
expect_code 0 mlpipe run --local pipelines/pipeline.yml
expect_executed "alone component"
sed -i 's/hello/good day/' shared/common/words.py
expect_code 0 mlpipe run --local pipelines/pipeline.yml
expect_executed "component job"
printf '1\n2\n3\ngood day report\n' >expected/component.report
printf 'good day report\n' >expected/job.report
expect_outputs
[[ ! -e parts/src/common && ! -e parts/src/numbers.txt ]] || fail "the source directory was changed"
