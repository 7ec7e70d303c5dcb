#!/usr/bin/env bash
# -p, --params, -i, --set, --compute-target, --experiment and --tag change a run, and show --json tells.
. "$(dirname "$0")/lib.sh"
mkdir elsewhere && echo base >base.txt && echo other >elsewhere/other.txt
cat >mlpipe.yaml <<'END'
compute_targets: {local: {type: local}, second: {type: local}}
END
cat >p.yaml <<'END'
name: over
tags: {kept: "yes"}
parameters: {a: 1, b: x, c: 0.5}
inputs: {d: {type: uri_file, path: base.txt}}
steps:
  s: {command: "cat ${{inputs.d}}; echo ${{parameters.a}} ${{parameters.b}} ${{parameters.c}} $MLPIPE_EXPERIMENT",
      inputs: {d: "${{parent.inputs.d}}"}}
END
printf 'a: 5\nb: from file\n' >params.yaml
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe logs latest s && expect_out "1 x 0.5 over"
(cd elsewhere && expect_code 0 mlpipe run ../p.yaml --params ../params.yaml -p a=7 -i d=other.txt \
  --set steps.s.resources.cpus=2 --set settings.continue_on_step_failure=true --compute-target second \
  --experiment trial --tag nightly --tag owner=me)
expect_code 0 mlpipe logs latest s
expect_out "7 from file 0.5 trial" && expect_out "other"
expect_equal "$(ask_run latest "run['experiment'], run['tags']")" "('trial', {'kept': 'yes', 'nightly': '', 'owner': 'me'})"
spec=$(ask_run latest "json.dumps(run['resolved_spec'])")
for part in '"second"' '"from file"' '"cpus": 2' elsewhere/other.txt; do
  [[ $spec == *"$part"* ]] || fail "not in the resolved spec: $part: $spec"
done
expect_code 2 mlpipe run p.yaml -p aa=1 && expect_err "did you mean 'a'?"
expect_code 2 mlpipe run p.yaml -p a=1.5 && expect_err "type: number"
expect_code 2 mlpipe run p.yaml -i nope=base.txt && expect_err "nope"
expect_code 2 mlpipe run p.yaml -i d=gone.txt && expect_err "gone.txt"
expect_code 2 mlpipe run p.yaml --set steps.t.resources.cpus=2 && expect_err "steps.t"
expect_code 2 mlpipe run p.yaml --compute-target secund && expect_err "did you mean 'second'?"
expect_code 2 mlpipe run p.yaml -p novalue && expect_err "NAME=VALUE"
