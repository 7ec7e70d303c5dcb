#!/usr/bin/env bash
# A compute target or environment that mlpipe.yaml does not have is told with the lines to add.
. "$(dirname "$0")/faults.sh"

cat >bad.yaml <<'END'
steps:
  a: {command: "true", compute_target: gpu-box, environment: sklearn}
END
expect_problem 2:3 "step 'a' names the compute target 'gpu-box', which mlpipe.yaml does not have"
expect_err "  compute_targets:"
expect_err "    gpu-box: {type: local}"
expect_err "    sklearn: {type: system}"
# Once for a name that several steps use.
cat >many.yaml <<'END'
steps:
  a: {command: "true", compute_target: gpu-box}
  b: {command: "true", compute_target: gpu-box}
  c: {command: "true", compute_target: gpu-box, environment: sklearn}
END
expect_code 2 mlpipe run many.yaml
expect_equal "$(grep -c "gpu-box', which" err) $(grep -c -- --local err)" "1 2" "messages"
expect_err "many.yaml:2:3: error: steps 'a', 'b', 'c' name the compute target 'gpu-box', which mlpipe.yaml does not have"
expect_err '("*" in the place of gpu-box stands for every name)'
expect_code 0 mlpipe run --local bad.yaml
rm -rf .mlpipe
cat >mlpipe.yaml <<'END'
compute_targets:
  gpu-box: {type: slurm, partition: gpu}
environments:
  sklearn: {type: conda, file: sklearn.yaml}
END
expect_code 2 mlpipe run bad.yaml
expect_err "mlpipe.yaml:2:3: error: the compute target 'gpu-box' has the type 'slurm', which this mlpipe does not run yet"
expect_err "mlpipe.yaml:4:3: error: the environment 'sklearn' has the type 'conda', which this mlpipe does not run yet"
