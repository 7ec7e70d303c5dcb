#!/usr/bin/env bash
# diff names the packages that changed between two runs, with their versions, and the steps they count for.
. "$(dirname "$0")/history.sh"
/usr/bin/python3 -m venv --without-pip env >/dev/null 2>&1 || skip "python3-venv is not installed"
site=$(echo env/lib/python3*/site-packages)
echo 'environments: {e: {type: system, python: env/bin/python3}}' >mlpipe.yaml
echo 'steps: {b: {command: "python -V", environment: e}, c: {command: "python -V; true", environment: e}}' >p.yaml
mkdir "$site/foo-1.0.dist-info" "$site/old-3.dist-info"
expect_code 0 mlpipe run p.yaml
rm -r "$site"/*.dist-info && mkdir "$site/foo-2.0.dist-info" "$site/fresh-7.dist-info"
expect_code 0 mlpipe run p.yaml
expect_code 0 mlpipe diff && expect_out "environment" && expect_out "of b, c: python packages changed"
expect_equal "$(ask "sorted((p['name'], p['before'], p['after']) for p in d['environment'][0]['packages'])" diff)" \
  "[('foo', '1.0', '2.0'), ('fresh', None, '7'), ('old', '3', None)]"
