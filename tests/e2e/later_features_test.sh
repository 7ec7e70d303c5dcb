#!/usr/bin/env bash
# What later versions bring is refused with its line, in both spellings.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
inputs:
  a: {type: uri_file, path: "azureml:data:1"}
  b: {type: uri_file, path: "https://example.org/x.csv"}
steps:
  c: {component: ./c.yaml}
  d: {type: sweep}
  e: {type: parallel}
  f: {type: automl}
  g: {command: "true", distribution: {type: mpi}}
END
expect_problem 2:29 "mlpipe does not read 'azureml:data:1' yet"
expect_problem 3:29 "mlpipe does not read 'https://example.org/x.csv' yet"
expect_problem 5:7 "mlpipe does not run 'component' yet"
expect_problem 6:13 "mlpipe does not run steps of type 'sweep' yet"
expect_problem 7:13 "mlpipe does not run steps of type 'parallel' yet"
expect_problem 8:13 "mlpipe does not run steps of type 'automl' yet"
expect_problem 9:24 "mlpipe does not run 'distribution' yet"
cat >bad.yaml <<'END'
type: pipeline
jobs:
  a: {type: sweep}
  b: {component: "azureml:x:1"}
END
expect_problem 3:13 "mlpipe does not run steps of type 'sweep' yet"
expect_problem 4:7 "mlpipe does not run 'component' yet"
