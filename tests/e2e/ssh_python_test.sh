#!/usr/bin/env bash
# The Python of a machine behind SSH, and its packages, count for reuse as those of this one do: a package that is added there
# makes the step run again, two machines that differ do not share results, and two that do not differ do.
. "$(dirname "$0")/lib.sh"
. "$REPOSITORY/tests/e2e/ssh.sh"
start_hosts a b
for name in a b; do
  /usr/bin/python3 -m venv --without-pip "$hosts/$name.home/env" >/dev/null 2>&1 || skip "python3-venv is not installed"
  sed -i "s|host: $name,|host: $name, python: $hosts/$name.home/env/bin/python3,|" mlpipe.yaml
done
put() {  # put MACHINE VERSION: of the package foo
  local site
  site=$(echo "$hosts/$1.home/env/lib/python3"*/site-packages)
  rm -rf "$site"/foo*
  mkdir "$site/foo-$2.dist-info"
  echo "V = '$2'" >"$site/foo.py"
}
mkdir src
echo 'import foo, shutil, sys; print(foo.V, sys.prefix, shutil.which("python"), shutil.which("python3"))' >src/say.py
pipeline() {  # pipeline MACHINE
  cat >p.yaml <<Y
steps:
  say:
    compute_target: $1
    source_directory: src
    command: "python -B say.py >\${{outputs.o}}"
    outputs: {o: {type: uri_file, file_name: o, path: result}}
Y
}
runs() {  # runs WORDS: it ran now, and its Python said so
  expect_executed say
  expect_equal "$(cut -d ' ' -f 1 result)" "$1" "version of the package over there"
}
put a 1.0
put b 1.0
pipeline a
expect_code 0 mlpipe run p.yaml
runs 1.0
expect_equal "$(cut -d ' ' -f 2 result)" "$hosts/a.home/env" "the Python of the step"
for field in 3 4; do
  found=$(cut -d ' ' -f $field result)
  [[ $("$found" -c 'import sys; print(sys.prefix)') == "$hosts/a.home/env" ]] || fail "first in PATH is '$found'"
done
expect_code 0 mlpipe run p.yaml
expect_out "reused"

# The same over there is the same; another version is not.
pipeline b
expect_code 0 mlpipe run p.yaml
expect_executed ""
put b 2.0
expect_code 0 mlpipe run p.yaml
runs 2.0
expect_code 0 mlpipe show latest say
expect_out "foo"
pipeline a
expect_code 0 mlpipe run p.yaml
expect_executed ""

# One package more.
mkdir "$(echo "$hosts/a.home/env/lib/python3"*/site-packages)/bar-3.0.dist-info"
expect_code 0 mlpipe run p.yaml
runs 1.0
expect_code 0 mlpipe show latest say
expect_out "bar"
