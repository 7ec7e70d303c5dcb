#!/usr/bin/env bash
# A script that cannot be started is the step's failure, and the message says why.
. "$(dirname "$0")/running.sh"

mkdir code
printf '#!/nowhere/interpreter\n' >code/bad_shebang
printf 'echo neither\n' >code/no_shebang
chmod +x code/*
cat >p.yaml <<'Y'
settings: {continue_on_step_failure: true}
steps:
  shebang: {source_directory: code, script_name: bad_shebang}
  neither: {source_directory: code, script_name: no_shebang}
  missing: {command: 'exec /nowhere/program'}
Y
expect_code 1 mlpipe run p.yaml
expect_err "the interpreter that its first line names does not exist"
expect_err "neither a program nor a script that begins with '#!'"
expect_err "step 'missing' failed: exit code 127"
chmod -x code/no_shebang
got=0
mlpipe run p.yaml >out 2>err || got=$?
[[ $got == 1 || $got == 2 ]] || fail "exit code $got"
grep -qiE "permission|execut" err || { cat err; fail "it does not say that the script is not executable"; }
