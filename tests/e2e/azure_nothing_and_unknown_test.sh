#!/usr/bin/env bash
# Empty values count as none, unknown settings warn, words are known in any case of letters.
. "$(dirname "$0")/azure.sh"
use_azure nothing_and_unknown
expect_runs pipeline.yml "hello"
expect_err "pipeline.yml:9:3: warning: unknown setting 'default_datestore', which has no effect (did you mean 'default_datastore'?)"
expect_err "warning: 'services' have no effect"
expect_outputs
expect_all_reused pipeline.yml
