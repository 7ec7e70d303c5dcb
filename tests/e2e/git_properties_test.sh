#!/usr/bin/env bash
# A run in a git repository records where it came from, without credentials; one elsewhere records nothing.
. "$(dirname "$0")/lib.sh"
mkdir repository && cd repository
echo 'steps: {s: {command: "true", source_directory: src}}' >p.yaml && mkdir src && echo 'x = 1' >src/s.py
expect_code 0 mlpipe run p.yaml
expect_equal "$(ask_run latest "[n for n in run['properties'] if 'git' in n and 'note' not in n and 'answered' not in n]")" "[]" "outside of git"
git init -q -b topic && git config user.email a@b && git config user.name n
git remote add origin https://me:hunter2@example.com/team/repo.git
git add p.yaml src && git commit -qm one
property() { ask_run latest "run['properties'].get('$1')"; }
expect_code 0 mlpipe run p.yaml
for name in azureml.git.repository_uri mlflow.source.git.repoURL; do
  expect_equal "$(property $name)" https://example.com/team/repo.git "$name"
done
expect_equal "$(property azureml.git.commit) $(property mlflow.source.git.commit)" "$(git rev-parse HEAD) $(git rev-parse HEAD)"
expect_equal "$(property azureml.git.branch) $(property azureml.git.dirty)" "topic False"
expect_equal "$(property mlpipe.git.diff)" None "diff of a clean tree"

echo 'x = 2' >src/s.py
expect_code 0 mlpipe run p.yaml
expect_equal "$(property azureml.git.dirty)" True
expect_equal "$(ask_run latest "'+x = 2' in run['git_diff'] and '-x = 1' in run['git_diff']")" True "the diff"
expect_code 0 mlpipe show && expect_out "with uncommitted changes"
! grep -rqa hunter2 .mlpipe || fail "the credential is stored: $(grep -rla hunter2 .mlpipe)"
echo 'git_diff: false' >mlpipe.yaml
expect_code 0 mlpipe run p.yaml && expect_equal "$(ask_run latest "run['git_diff']")" None "diff switched off"
export AZUREML_GIT_BRANCH=told AZUREML_GIT_BUILD_ID=77
expect_code 0 mlpipe run p.yaml && expect_equal "$(property azureml.git.branch) $(property azureml.git.build_id)" "told 77"

# Of a run that is killed, too, where git answers soon (on a machine under load it may not, each time).
unset AZUREML_GIT_BRANCH AZUREML_GIT_BUILD_ID
echo "steps: {s: {command: 'touch $work/begun; sleep 60'}}" >slow.yaml
git add -A && git commit -qm two
for _ in 1 2 3 4 5; do
  rm -f "$work/begun"
  "$MLPIPE" run slow.yaml >slow.txt 2>&1 </dev/null &
  driver=$!
  wait_until 30 test -e "$work/begun"
  kill -9 $driver
  wait $driver || true
  found=$(property azureml.git.commit)
  [[ $found == None ]] || break
done
expect_equal "$found" "$(git rev-parse HEAD)" "the commit of a killed run"
