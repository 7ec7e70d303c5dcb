#!/usr/bin/env bash
# `python` and .py scripts work where only python3 is on PATH, with the interpreter the environment names.
. "$(dirname "$0")/lib.sh"
mkdir bin
for tool in bash sh cat env; do ln -s "$(command -v $tool)" bin/; done
ln -s /usr/bin/python3 bin/python3
echo 'import sys; print("script", sys.version_info[0])' >s.py
cat >p.yaml <<'END'
steps:
  command: {command: "python -c 'import sys; print(\"command\", sys.executable)'"}
  script: {source_directory: ., include: [s.py], script_name: s.py}
  named: {command: "python -c 'print(1)'; python3 -c 'import sys; print(sys.executable)'", environment: mine}
END
/usr/bin/python3 -m venv --without-pip "mine venv" || skip "needs venv"
printf 'environments: {mine: {type: system, python: "%s"}}\n' "$work/mine venv/bin/python3" >mlpipe.yaml
PATH=$work/bin expect_code 0 "$MLPIPE" run p.yaml
expect_code 0 mlpipe logs latest command && expect_out "command "
expect_code 0 mlpipe logs latest script && expect_out "script 3"
expect_code 0 mlpipe logs latest named && expect_out "$work/mine venv/bin/python3"
rm bin/python3
PATH=$work/bin expect_code 2 "$MLPIPE" run p.yaml
expect_err "python" && expect_err "PATH"
