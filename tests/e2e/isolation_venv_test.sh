#!/usr/bin/env bash
# The interpreter of an isolated step is there with its packages: of a venv in the home, and what a user installed.
. "$(dirname "$0")/isolated.sh"
export HOME=$work/home
mkdir -p "$HOME" src
/usr/bin/python3 -m venv --without-pip --system-site-packages "$HOME/envs/one" || skip "no python3-venv"
site=$(echo "$HOME"/envs/one/lib/python3.*/site-packages)
echo 'VALUE = "of the venv"' >"$site/ofvenv.py"
user=$(/usr/bin/python3 -c 'import site; print(site.getusersitepackages())')
mkdir -p "$user" "$HOME/project"
echo 'VALUE = "of the user"' >"$user/ofuser.py"
echo 'VALUE = "of a project"' >"$HOME/project/linked.py"
echo "$HOME/project" >"$user/linked.pth"
ln -s envs/one "$HOME/link"
cat >src/main.py <<'END'
import json, multiprocessing, os, sys
import own, ofvenv
assert sys.prefix != sys.base_prefix, sys.prefix
def square(x): return x * x
if __name__ == "__main__":
    with multiprocessing.Pool(2) as pool:
        print(ofvenv.VALUE, own.VALUE, pool.map(square, [2, 3]))
    print(os.listdir(os.path.expanduser("~/envs")), os.path.exists(os.path.expanduser("~/project")))
END
echo 'VALUE = "own"' >src/own.py
cat >mlpipe.yaml <<END
isolation: declared
environments:
  venv: {type: system, python: $HOME/envs/one/bin/python}
  link: {type: system, python: $HOME/link/bin/python3}
END
cat >p.yaml <<'END'
settings: {continue_on_step_failure: true}
steps:
  script: {source_directory: ./src, script_name: main.py, environment: venv}
  command: {source_directory: ./src, command: 'python main.py && python3 -c "import ofvenv"', environment: venv}
  link: {source_directory: ./src, script_name: main.py, arguments: [other], environment: link}
  user: {command: 'python3 -c "import ofuser; print(ofuser.VALUE)"'}
  linked: {command: 'python3 -c "import linked"'}
END
expect_code 1 mlpipe run p.yaml
expect_executed "command link script user"
for step in script command; do
  expect_code 0 mlpipe logs latest $step --stdout
  expect_file out "of the venv own [4, 9]
['one'] False"
done
expect_code 0 mlpipe logs latest user --stdout
expect_file out "of the user"
# Sources that are only linked to count for reuse by no more than a version: they are not there.
expect_code 0 mlpipe logs latest linked --stderr
expect_out "No module named 'linked'"
expect_code 0 mlpipe run p.yaml --only linked --set steps.linked.isolation=none
