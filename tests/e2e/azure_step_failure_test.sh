#!/usr/bin/env bash
# continue_on_step_failure, written as Python writes it: what does not need the failed step runs.
. "$(dirname "$0")/azure.sh"
use_azure continue_on_step_failure
expect_code 1 mlpipe run --local pipeline.yml
expect_equal "$(ask_run latest "steps['needs_it']['status']")" Skipped
expect_equal "$(ask_run latest "steps['other']['status']")" Completed
expect_code 0 mlpipe get latest other.o got
cmp expected/other.o got/o

# A step to which the failed one is optional goes on without it; when that succeeds, it runs with it.
expect_equal "$(ask_run latest "steps['may_use_it']['status']")" Completed
expect_code 0 mlpipe get latest may_use_it.o without
expect_file without/o "begin end"
expect_code 1 mlpipe run --local pipeline.yml
expect_err "goes on without its optional input 'i', since step 'fails' did not succeed"
expect_equal "$(ask_run latest "steps['may_use_it']['reused']")" True
sed -i 's/echo "no luck" >&2; exit 3/echo luck > ${{outputs.o}}/' pipeline.yml
expect_code 0 mlpipe run --local pipeline.yml
expect_code 0 mlpipe get latest may_use_it.o with
grep -q "begin .*/o end" with/o || fail "it did not get the input: $(cat with/o)"

# Not without continue_on_step_failure, and not where the input is needed outside of an optional part.
sed -i 's/echo luck.*/exit 3/; s/True/False/' pipeline.yml
expect_code 1 mlpipe run --local pipeline.yml -j 1
expect_equal "$(ask_run latest "steps['may_use_it']['status']")" Skipped
