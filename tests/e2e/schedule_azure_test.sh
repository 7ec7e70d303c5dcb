#!/usr/bin/env bash
# Schedule files as `az ml schedule create` takes them: both forms of a trigger, create_job in its three shapes, Windows'
# names of zones; the SDK's older form; a recurrence alone.
. "$(dirname "$0")/lib.sh"
expect_json() {  # expect_json NAME "question about s"
  local got
  got=$(mlpipe schedule show "$1" --json | /usr/bin/python3 -c 'import json,sys; s = json.load(sys.stdin); print(eval(sys.argv[1]))' "$2")
  expect_equal "$got" "$3" "$2 of $1"
}
mkdir -p jobs
cat >jobs/pipeline.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json
type: pipeline
display_name: hello
inputs:
  greeting: hello
  when: never
  table: {type: uri_file, path: table.csv}
jobs:
  say:
    type: command
    command: cat ${{inputs.table}} && echo ${{inputs.greeting}} ${{inputs.when}} > ${{outputs.said}}
    environment: azureml:any@latest
    compute: azureml:cpu-cluster
    inputs: {greeting: '${{parent.inputs.greeting}}', when: '${{parent.inputs.when}}', table: '${{parent.inputs.table}}'}
    outputs: {said: {type: uri_file}}
Y
echo 1 >jobs/table.csv
echo 2 >other.csv
printf 'compute_targets: {"*": {type: local}}\nenvironments: {"*": {type: system}}\n' >mlpipe.yaml
cat >path.yml <<'Y'
$schema: https://azuremlschemas.azureedge.net/latest/schedule.schema.json
name: by_path
display_name: By path
description: every working day
trigger:
  type: recurrence
  frequency: week
  interval: 1
  schedule:
    hours: [4, 5]
    minutes: [0, 30]
    week_days: [monday, tuesday]
  start_time: "2026-01-05T10:00:00"
  time_zone: "Pacific Standard Time"
create_job: ./jobs/pipeline.yml
Y
cat >inline.yml <<'Y'
name: with_changes
trigger:
  type: cron
  expression: "0 * * * *"
  start_time: "2026-01-05T10:00:00-04:00"
  time_zone: "Eastern Standard Time"
create_job:
  type: pipeline
  job: ./jobs/pipeline.yml
  experiment_name: scheduled
  tags: {by: schedule}
  settings: {default_compute: azureml:other, continue_on_step_failure: true}
  inputs:
    greeting: bye
    when: ${{creation_context.trigger_time}}
    table: {type: uri_file, path: other.csv}
Y
expect_code 0 mlpipe schedule create -f path.yml
expect_json by_path "s['spec_file'].endswith('jobs/pipeline.yml'), s['description'], s['enabled']" "(True, 'every working day', True)"
expect_code 0 mlpipe schedule simulate by_path --from 2026-03-02 --to 2026-03-09
expect_equal "$(wc -l <out)" 8 "times in a week"
expect_out "2026-03-02T12:00:00Z  2026-03-02 04:00 America/Los_Angeles"
expect_code 0 mlpipe schedule create -f inline.yml
expect_json with_changes "s['parameters']['greeting'], s['experiment'], s['tags'], s['inputs']['table'].endswith('/other.csv')" \
  "('bye', 'scheduled', {'by': 'schedule'}, True)"
expect_code 0 mlpipe schedule trigger with_changes
run=$(cat out)
wait_for_run "$run"
mlpipe get "$run" say.said got >/dev/null
grep -Eq '^bye 20.*T.*Z$' got/* || fail "it said: $(cat got/*)"
expect_equal "$(mlpipe logs "$run" say --stdout)" 2 "the data that it read"
expect_equal "$(ask_run "$run" "[run['experiment'], run['tags']]")" "['scheduled', {'by': 'schedule'}]" "experiment and tags"

# A job that ran before, as Azure's `azureml:JOB`; it is kept from gc.
sed -e "s,job: ./jobs/pipeline.yml,job: azureml:$run," -e 's/with_changes/by_job/' -e '/default_compute/d' inline.yml >job.yml
expect_code 0 mlpipe schedule create -f job.yml
expect_json by_job "s['from_run'], s['spec_file']" "('$run', None)"
rm -r jobs
expect_code 0 mlpipe schedule trigger by_job -p greeting=again
again=$(cat out)
wait_for_run "$again"
rm -r got && mlpipe get "$again" say.said got >/dev/null
grep -q '^again ' got/* || fail "it said: $(cat got/*)"
expect_code 2 mlpipe delete --yes "$run"
expect_err pinned
sed -e "s,azureml:$run,azureml:nothing," -e 's/by_job/other/' job.yml >no.yml
expect_code 2 mlpipe schedule create -f no.yml
expect_err "there is no run and no endpoint 'nothing'"

# A recurrence alone, and the SDK's older form, which do not say what is run.
printf 'frequency: Day\ninterval: 2\nhours: [3]\nminutes: [15]\ntime_zone: UTC\n' >recurrence.yaml
printf 'steps: {s: {command: "true"}}\n' >p.yaml
expect_code 0 mlpipe schedule create alone --spec p.yaml --file recurrence.yaml
expect_json alone "s['when']" "every 2 days at 03:15, UTC"
cat >v1.yaml <<'Y'
Schedule:
  description: older
  recurrence: {frequency: Week, interval: 1, time_of_day: "10:30", week_days: [Friday]}
  pipeline_parameters: {}
Y
expect_code 0 mlpipe schedule create older --spec p.yaml --file v1.yaml
expect_json older "s['when'], s['description']" "('every week on Friday at 10:30, UTC', 'older')"
printf 'name: x\ntrigger: {type: cron, expression: "0 25 * * *"}\ncreate_job: p.yaml\n' >bad.yml
expect_code 2 mlpipe schedule create -f bad.yml
expect_err "bad.yml:2:"
expect_err "hour"
printf 'name: x\ntrigger: {type: recurrence, frequency: minute, interval: 5, schedule: {hours: [1]}}\ncreate_job: gone.yaml\n' >bad.yml
expect_code 2 mlpipe schedule create -f bad.yml
expect_err "hours"
expect_err "gone.yaml"
