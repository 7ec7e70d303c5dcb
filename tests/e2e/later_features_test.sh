#!/usr/bin/env bash
# What later versions bring is refused with its line, in both spellings.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
inputs:
  b: {type: uri_file, path: "wasbs://a@b.example.org/x.csv"}
steps:
  c: {source_directory: "git+https://example.org/x", command: "true"}
  d: {type: do_while}
  e: {type: if_else}
  f: {type: parallel_for}
  g: {command: "true", distribution: {type: ray}}
  h: {command: "true", resources: {instance_count: 2}}
END
expect_problem 2:29 "mlpipe does not read 'wasbs://a@b.example.org/x.csv' yet"
expect_problem 4:25 "mlpipe does not fetch the source directory 'git+https://example.org/x' yet"
expect_problem 5:13 "mlpipe does not know steps of type 'do_while' yet"
expect_problem 6:13 "mlpipe does not know steps of type 'if_else' yet"
expect_problem 7:13 "mlpipe does not know steps of type 'parallel_for' yet"
expect_problem 8:45 "mlpipe does not run distributions of type 'ray' yet"
expect_problem 9:52 "mlpipe does not run a step on several instances yet"
cat >bad.yaml <<'END'
type: pipeline
jobs:
  a: {type: do_while}
END
expect_problem 3:13 "mlpipe does not know steps of type 'do_while' yet"
cat >bad.yaml <<'END'
trigger: {type: cron, expression: "* * * * *"}
create_job: ./pipeline.yml
END
expect_problem 1:1 "this is a schedule, not a pipeline"

# Read and checked, but not run: validate has nothing to say, run refuses.
cat >sweep.yaml <<'END'
steps:
  a:
    type: sweep
    sampling_algorithm: random
    search_space: {x: {type: choice, values: [1, 2]}}
    objective: {primary_metric: m, goal: maximize}
    trial: {command: "echo ${{search_space.x}}"}
END
expect_code 0 mlpipe validate sweep.yaml
expect_code 2 mlpipe run sweep.yaml
expect_err "sweep.yaml:2:3: error: mlpipe does not run steps of type 'sweep' yet (step 'a')"
[[ ! -e .mlpipe ]] || fail "a refused run made .mlpipe"
