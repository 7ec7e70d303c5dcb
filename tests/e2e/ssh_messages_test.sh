#!/usr/bin/env bash
# What is said of compute targets behind SSH when something is asked that cannot be: it names what is wrong at its place, and what
# can be done instead.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a
cat >p.yaml <<'Y'
parameters: {word: one}
steps:
  s: {compute_target: a, command: "date +%N >${{outputs.o}}; echo ${{parameters.word}}", outputs: {o: {type: uri_file, file_name: o}}}
Y
expect_code 0 mlpipe run p.yaml
run=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')

# A step there is not run again here; what is said instead works.
for arguments in "s" "p.yaml s"; do
  expect_code 2 mlpipe verify $arguments
  expect_err "step 's' runs on the compute target 'a', and verify runs steps again on this machine only"
  if grep -q -e --local err; then fail "it is told to be compared with another machine: $(cat err)"; fi
done
expect_err "\`mlpipe run $work/p.yaml --only s --from s\` runs it again over there, and marks it as varying"
expect_code 0 mlpipe run "$work/p.yaml" --only s --from s
expect_err "its results vary"
# What lies there alone is not called damaged.
run=$("$MLPIPE" runs --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["runs"][0]["run_id"])')
expect_code 2 mlpipe verify --local p.yaml s
expect_err "its output 'o' lies on another machine only ("
expect_err "\`mlpipe get $run s.o DIR\` brings it here"
expect_code 0 mlpipe get "$run" s.o copy
expect_code 1 mlpipe verify --local p.yaml s

# A target that is not there: those that are, and how one is added.
sed 's/compute_target: a/compute_target: gpu-box/' p.yaml >unknown.yaml
expect_code 2 mlpipe run unknown.yaml
expect_err "unknown.yaml:3:3: error: step 's' names the compute target 'gpu-box', which mlpipe.yaml does not have"
expect_err "'a'"
expect_err "known: name "
expect_err "gpu-box: {type: local}"
expect_err "or {type: ssh, host: NAME} for a machine that you can log in to"

# A key that is not there: ssh may have others, so it is no error. `validate` and `compute test` say it, and the first run that
# goes to the machine; if that gets in, no later one does.
rm -rf .mlpipe
sed -i 's|host: a,|host: a, identity_file: keys/mine,|' mlpipe.yaml
column=$(($(sed -n 2p mlpipe.yaml | grep -bo 'keys/mine' | cut -d: -f1) + 1))
for command in validate run; do
  expect_code 0 mlpipe $command p.yaml
  expect_err "mlpipe.yaml:2:$column: warning: the identity_file '$work/keys/mine' does not exist: that of the compute target 'a'"
done
expect_code 0 mlpipe run p.yaml --regenerate-outputs
expect_no_err identity_file
expect_code 0 mlpipe plan p.yaml
expect_no_err identity_file
expect_code 0 mlpipe compute test a
expect_out "the identity_file '$work/keys/mine' does not exist"
mkdir -p keys/mine
expect_code 0 mlpipe validate p.yaml
expect_err "is not a file"
rmdir keys/mine
cp "$hosts/"*key keys/mine 2>/dev/null || ssh-keygen -q -t ed25519 -N '' -f keys/mine
expect_code 0 mlpipe validate p.yaml
if grep -q identity_file err; then fail "a key that is there is warned of: $(cat err)"; fi
