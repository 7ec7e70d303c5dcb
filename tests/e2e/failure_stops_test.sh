#!/usr/bin/env bash
# After a failure nothing new starts, what runs finishes and counts, and the next run goes on.
. "$(dirname "$0")/running.sh"

cat >p.yaml <<Y
settings: {default_compute_target: local}
parameters: {code: 3}
steps:
  bad: {command: '$(until_go bad); exit \${{parameters.code}}'}
  below: {command: '$(trace below)', depends_on: [bad]}
  beside:
    command: '$(trace beside); $(until_go beside); echo x > "\${{outputs.o}}"'
    outputs: {o: {type: uri_file}}
  after: {command: '$(trace after); cat "\${{inputs.o}}"', inputs: {o: "\${{steps.beside.outputs.o}}"}}
Y
start first run -j2 p.yaml
wait_until 20 has_trace beside
go bad
wait_until 20 step_status_is bad Failed
go beside
expect_end 1 "$driver"
expect_equal "$(ask_run latest "[steps[n]['status'] for n in ('below', 'beside', 'after')]")" \
  "['Skipped', 'Completed', 'Skipped']"
expect_traces beside
expect_code 0 mlpipe run -p code=0 p.yaml
expect_executed "after bad below"
expect_traces "after below beside"
