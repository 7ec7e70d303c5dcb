#!/usr/bin/env bash
# continue_on_step_failure, as a setting and as a flag: all that does not need the failed step runs.
. "$(dirname "$0")/running.sh"

spec() {
  cat <<Y
settings: {continue_on_step_failure: $1}
steps:
  bad: {command: 'exit 3'}
  below: {command: 'true', depends_on: [bad]}
  deeper: {command: 'true', depends_on: [below, other]}
  other: {command: '$(trace "other-$1")'}
  another: {command: '$(trace "another-$1")', depends_on: [other]}
Y
}
spec true >setting.yaml
spec false >flag.yaml
expect_code 1 mlpipe run -j1 setting.yaml
expect_executed "another other"
expect_equal "$(ask_run latest "[steps[n]['status'] for n in ('bad', 'below', 'deeper')]")" \
  "['Failed', 'Skipped', 'Skipped']"
expect_equal "$(ask_run latest "steps['below']['message']")" "step 'bad' did not succeed"
expect_code 1 mlpipe run -j1 flag.yaml
expect_equal "$(ask_run latest "steps['another']['status']")" Skipped
expect_code 1 mlpipe run -j1 --continue-on-step-failure flag.yaml
expect_equal "$(ask_run latest "steps['another']['status'], steps['below']['status']")" \
  "('Completed', 'Skipped')"
expect_traces "another-false another-true other-false other-true"
