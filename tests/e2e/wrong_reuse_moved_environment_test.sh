#!/usr/bin/env bash
# Would break a key of the environment's name: what `image:latest` is for containers is an interpreter's path
# here. Behind the same path is another version, then another package.
. "$(dirname "$0")/lib.sh"
/usr/bin/python3 -m venv --without-pip first >/dev/null 2>&1 || skip "python3-venv is not installed"
/usr/bin/python3 -m venv --without-pip second >/dev/null
for each in first second; do
  site=$(echo "$each"/lib/python3*/site-packages)
  mkdir "$site/foo-$each.dist-info" && echo "V = '$each'" >"$site/foo.py"
done
ln -s first current
cat >mlpipe.yaml <<'END'
environments: {latest: {type: system, python: current/bin/python3}}
END
mkdir src && echo 'import foo; print(foo.V)' >src/say.py
cat >p.yaml <<'END'
steps:
  say: {source_directory: src, script_name: say.py, environment: latest}
END
expect_code 0 mlpipe run p.yaml
expect_equal "$(mlpipe logs latest say --stdout)" first
ln -sfn second current
expect_code 0 mlpipe run p.yaml
expect_executed say
expect_equal "$(mlpipe logs latest say --stdout)" second
ln -sfn first current
expect_code 0 mlpipe run p.yaml
expect_executed ""
